"""Telephone numbers of the mainland, in half-width digits and without blanks."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")


def is_mobile(text: str) -> bool:
    """11 digits: 13800138000."""
    return _MOBILE.fullmatch(text) is not None


def is_landline(text: str) -> bool:
    """With its area code: 0731-84900000."""
    return _LANDLINE.fullmatch(text) is not None
