"""Drawings of good papers, for whichever page names a kind of paper."""

from __future__ import annotations

from django import template

from applications.presenters.samples import sample_of

register = template.Library()
register.filter("sample_of", sample_of)
