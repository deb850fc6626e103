"""Hanzi that only the system's font holds, as a small font program of their own.

The system's font numbers 65,000 glyphs, and a subset that keeps its numbers takes 45 KB and more for one of them.
Here they are numbered from 1 in the order given.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from certificates.paper.fonts import FAMILIES, face
from certificates.paper.outlines import outlines

NAME = "CehoursRare"


@lru_cache(maxsize=256)
def regular(chars: tuple[str, ...]) -> bytes:
    """`chars` in the regular weight of the first family that certificates are set in."""
    font, glyphs = _opened()
    return program(font, glyphs, chars)


def program(font: TTFont, glyphs: Mapping[str, Any], names: Sequence[str]) -> bytes:
    """An OpenType font with the curves of `glyphs`: glyph 1 is the first of `names`; no .notdef is drawn.

    Its lines are as high as those of `font`.
    """
    em = font["head"].unitsPerEm
    order = [".notdef", *(f"rare{place}" for place in range(1, len(names) + 1))]
    drawn = {".notdef": T2CharStringPen(em, glyphs).getCharString()}
    metrics = {".notdef": (em, 0)}
    for new, name in zip(order[1:], names, strict=True):
        pen = T2CharStringPen(glyphs[name].width, glyphs)
        glyphs[name].draw(pen)
        drawn[new], metrics[new] = pen.getCharString(), (glyphs[name].width, 0)
    built = FontBuilder(em, isTTF=False)
    built.setupGlyphOrder(order)
    built.setupCFF(NAME, {}, drawn, {})
    built.setupHorizontalMetrics(metrics)
    built.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    built.setupMaxp()
    # The same characters give the same bytes, whenever they are drawn.
    built.font["head"].created = built.font["head"].modified = font["head"].modified
    built.font.recalcTimestamp = False
    out = io.BytesIO()
    built.save(out)
    return out.getvalue()


@cache
def _opened() -> tuple[TTFont, Mapping[str, Any]]:
    """The two small tables of the font, and its outlines."""
    source = face(FAMILIES[0], "Regular")
    with TTFont(source.file, fontNumber=source.number, lazy=True) as font:
        assert font["head"] and font["hhea"]
        return font, outlines(source)
