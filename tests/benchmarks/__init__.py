"""`./dev bench NAME`: one module per benchmark. Each measures ours, the naive way and the limit in one run."""
