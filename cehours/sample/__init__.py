"""A sample province for demonstrations: invented people and units, filed and decided through the services."""
