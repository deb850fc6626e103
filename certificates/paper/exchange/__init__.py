"""Certificates printed by exchanging the texts of a page that WeasyPrint laid out (decision 0010)."""
