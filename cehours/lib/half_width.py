"""Digits, letters and signs that an input method typed in full width (ＡＢ１２－), as everybody compares them."""

from __future__ import annotations

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half_width(text: str) -> str:
    """`text` with full-width ASCII and the ideographic space in half width; nothing else changes."""
    return text.translate(_FULL_WIDTH)
