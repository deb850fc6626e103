"""Pages of providers of learning records, and of the province that keeps them."""
