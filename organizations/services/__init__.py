"""Writes of the registry: accounts, units, members. One verb for each thing a person does."""
