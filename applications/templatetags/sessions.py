"""A filing session in words, where one chooses among several."""

from __future__ import annotations

from django import template

from applications.presenters.deadlines import window_in_words

register = template.Library()
register.filter("window_in_words", window_in_words)
