"""Hours and codes as the certificate pages show them."""

from __future__ import annotations

from decimal import Decimal

from django import template

import rules
from certificates.verification import holder_code as codes

register = template.Library()


@register.filter
def plain(hours: Decimal) -> str:
    """Hours as printed: 30, 12.5."""
    return rules.number_text(hours)


@register.filter
def holder_code(token: str) -> str:
    """The holder's 查验码 of a certificate."""
    return codes.code_of(token)
