"""Evidence for the journeys: small real files, made here and now."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

A4 = (620, 877)


def scan(words: str, suffix: str) -> bytes:
    """A sheet with some words on it, as PDF, PNG or JPEG."""
    sheet = Image.new("RGB", A4, "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((30, 30, A4[0] - 30, A4[1] - 30), outline="black", width=2)
    draw.text((80, 100), words, "black")
    out = io.BytesIO()
    sheet.save(out, {"pdf": "PDF", "png": "PNG", "jpg": "JPEG"}[suffix])
    return out.getvalue()
