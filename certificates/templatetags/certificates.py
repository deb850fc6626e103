"""Hours, categories and codes as the certificate pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template

from certificates import holder_code as codes
from certificates import sheet

register = template.Library()


@register.filter
def plain(hours: Decimal) -> str:
    """Hours as printed: 30, 12.5."""
    return sheet.plain(hours)


@register.filter
def named(names: Mapping[str, str], key: str) -> str:
    """A category by its name; the key itself where no policy names it any more."""
    return names.get(key, key)


@register.filter
def holder_code(token: str) -> str:
    """The holder's 查验码 of a certificate."""
    return codes.code_of(token)
