"""Leaf functions of the site: they import nothing of ours, so every app may use them."""
