"""Files of pages laid out the ordinary way, with the system's fonts made small.

WeasyPrint keeps the numbers of the glyphs it embeds, and in a font of 65,000 that takes 45 KB and more for the first
of them. Here they are numbered anew, in the fonts and on the page alike.
"""

from __future__ import annotations

import io
import re

import pikepdf
from fontTools.ttLib import TTFont

from certificates.paper.exchange import rare
from certificates.paper.exchange.glyphs import to_unicode
from certificates.paper.exchange.shape import GLYPHS, SHOWN, characters


def compact(pdf: bytes) -> bytes:
    """The same page with small fonts; the same bytes for the same page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (page,) = document.pages
        large = {
            name.removeprefix("/").encode(): font
            for name, font in page.Resources.Font.items()
            if "/FontFile3" in font.DescendantFonts[0].FontDescriptor
        }
        if not large:
            return pdf
        numbers = {name: _made_small(font) for name, font in large.items()}
        page.Contents.write(SHOWN.sub(lambda run: _renumbered(run, numbers), page.Contents.read_bytes()))
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def _made_small(font: pikepdf.Object) -> dict[bytes, bytes]:
    """Exchanges the program, widths and characters of a font; returns former → new number, as on the page."""
    texts = characters(font)
    kept = sorted(texts)
    descendant = font.DescendantFonts[0]
    file = descendant.FontDescriptor.FontFile3
    with TTFont(io.BytesIO(file.read_bytes()), lazy=True) as former:
        order, glyphs = former.getGlyphOrder(), former.getGlyphSet()
        file.write(rare.program(former, glyphs, [order[number] for number in kept]))
        widths = " ".join(str(round(glyphs[order[number]].width)) for number in kept)
    descendant.W = pikepdf.Object.parse(f"[1 [{widths}]]".encode())
    font.ToUnicode.write(to_unicode((place, texts[number]) for place, number in enumerate(kept, start=1)))
    return {b"%04x" % number: b"%04x" % place for place, number in enumerate(kept, start=1)}


def _renumbered(run: re.Match[bytes], numbers: dict[bytes, dict[bytes, bytes]]) -> bytes:
    new = numbers.get(run.group(1))
    if new is None:
        return run.group()

    def exchanged(glyphs: re.Match[bytes]) -> bytes:
        codes = glyphs.group(1)
        return b"<" + b"".join(new[codes[at : at + 4]] for at in range(0, len(codes), 4)) + b">"

    return b"/%s %s Tf\n[%s] TJ\n" % (run.group(1), run.group(2), GLYPHS.sub(exchanged, run.group(3)))
