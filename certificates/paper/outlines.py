"""The outlines of an installed font, by character, read where they lie in its file.

HarfBuzz maps the file. fontTools would take it into memory whole, 50 MB for each weight of Noto, and a printing
process needs two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import uharfbuzz
from fontTools.pens.recordingPen import RecordingPen

from certificates.paper.fonts import Face

NOTDEF = 0


class Glyph:
    """As a glyph of fontTools: `width` in units of the em, and `draw`."""

    def __init__(self, font: uharfbuzz.Font, number: int) -> None:
        self._font, self._number = font, number
        self.width: int = font.get_glyph_h_advance(number)

    def draw(self, pen: Any) -> None:
        """The curves as the font has them: HarfBuzz also writes the line that closing a contour draws anyway."""
        drawn = RecordingPen()
        self._font.draw_glyph_with_pen(self._number, drawn)
        start: Any = None
        following = [name for name, _ in drawn.value[1:]]
        for (name, points), after in zip(drawn.value, [*following, ""], strict=True):
            if name == "moveTo":
                start = points
            elif name == "lineTo" and points == start and after == "closePath":
                continue
            getattr(pen, name)(*points)


class Outlines(Mapping[str, Glyph]):
    """What one weight of a family draws for a character; .notdef for one that it does not hold."""

    def __init__(self, face: Face) -> None:
        opened = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.file), face.number)
        self.em: int = opened.upem
        self._font = uharfbuzz.Font(opened)

    def __getitem__(self, char: str) -> Glyph:
        return Glyph(self._font, self._font.get_nominal_glyph(ord(char)) or NOTDEF)

    def __iter__(self) -> Iterator[str]:
        return map(chr, self._font.face.unicodes)

    def __len__(self) -> int:
        return len(self._font.face.unicodes)


@cache
def outlines(face: Face) -> Outlines:
    return Outlines(face)
