"""The verification address as a QR code; modules are 1 unit, the quiet zone 4."""

from __future__ import annotations

import io

import segno

QUIET = 4
# Looking for the best of the eight masks takes longer than all the rest; readers take any of them.
MASK = 2


def code_of(url: str) -> segno.QRCode:
    return segno.make_qr(url, error="m", mask=MASK)


def svg(url: str) -> bytes:
    """An SVG of one path."""
    picture = io.BytesIO()
    code_of(url).save(picture, kind="svg", border=QUIET, xmldecl=False, omitsize=True)
    return picture.getvalue()
