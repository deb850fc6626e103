"""Rows and words for pages, from what is filed or typed."""
