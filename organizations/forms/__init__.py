"""Forms of the registry. They say what to do; whether it may be done, the services decide."""
