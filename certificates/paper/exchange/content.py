"""What stands on the page, written for another sheet exactly as WeasyPrint would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

import segno

from certificates.paper.code import QUIET
from certificates.paper.exchange.entries import Entry, Stand, is_rare
from certificates.paper.exchange.glyphs import EM, bold, regular
from certificates.paper.exchange.shape import Page, Shown

DARK = re.compile(b"\x01+")
CLOSE = 0.00001  # CSS pixels; the page says its places to a millionth


class _Gap(NamedTuple):
    """Where a text goes: the bytes before it, and the part of its entry that stands there."""

    before: bytes
    entry: int
    part: slice
    model: Shown


class Content:
    """The page's drawing with gaps for what changes within its shape; `names`: own, bold, rare → resource."""

    def __init__(self, page: Page, learnt_of: Sequence[Entry], names: Mapping[str, str]) -> None:
        self._names = names
        self._models = [texts[0] for texts in page.texts]
        self._gaps: list[_Gap] = []
        before, static = b"", iter(page.static)
        for place, (entry, texts) in enumerate(zip(learnt_of, page.texts, strict=True)):
            end = 0
            for model in texts:
                before += next(static)
                if entry.stand is Stand.FIXED:
                    before += model.raw
                    continue
                part = slice(end, None if model is texts[-1] else end + len(model.text))
                self._gaps.append(_Gap(before, place, part, model))
                before, end = b"", end + len(model.text)
        self._before_code, self._after_code = before + next(static), next(static)

    def write(self, wanted: Sequence[Entry], code: segno.QRCode, rare: Sequence[str]) -> bytes:
        """`rare`: the characters of the sheet that glyphs 1, 2, 3 … of the third font draw."""
        written = []
        for gap in self._gaps:
            entry = wanted[gap.entry]
            written.append(gap.before)
            written.append(self._text(entry, entry.text[gap.part], gap.model, wanted, rare))
        return b"".join([*written, self._before_code, drawn(code), self._after_code])

    def _text(
        self, entry: Entry, text: str, model: Shown, wanted: Sequence[Entry], rare: Sequence[str]
    ) -> bytes:
        x = model.x
        if entry.stand is Stand.RUN:
            x = number(entry.at)
        elif entry.stand is Stand.UNDER:
            x = number(self._centre(int(entry.at), wanted) - _width(entry, text, model.units) / 2)
        size = model.size.decode()
        if entry.stand is Stand.SPACED:
            shows = f"/{self._names['bold']} {size} Tf\n[{_spaced(text, model.separators)}] TJ\n"
        elif entry.bold:
            shows = f"/{self._names['bold']} {size} Tf\n[{_glyphs(text, model.units, is_bold=True)}] TJ\n"
        else:
            shows = "".join(self._shows(text, size, model.units, rare))
        return b"BT\n1 0 0 -1 %s %s Tm\n%sET\n" % (x, model.y, shows.encode())

    def _shows(self, text: str, size: str, units: int, rare: Sequence[str]) -> Iterator[str]:
        for is_foreign, chars in groupby(text, is_rare):
            part = "".join(chars)
            if is_foreign:
                array = "<" + "".join(f"{rare.index(char) + 1:04x}" for char in part) + ">"
                yield f"/{self._names['rare']} {size} Tf\n[{array}] TJ\n"
            else:
                yield f"/{self._names['own']} {size} Tf\n[{_glyphs(part, units)}] TJ\n"

    def _centre(self, above: int, wanted: Sequence[Entry]) -> float:
        model = self._models[above]
        return float(model.x) + _width(wanted[above], model.text, model.units) / 2


def _width(entry: Entry, text: str, units: int) -> float:
    font = bold() if entry.bold else regular()
    return font.width(text, units)


def _glyphs(text: str, units: int, *, is_bold: bool = False) -> str:
    """As WeasyPrint writes them: after a glyph whose width Pango rounded follows a correction of 0."""
    font = bold() if is_bold else regular()
    written = "<"
    for char in text:
        glyph = font.numbers[ord(char)]
        written += f"{glyph:04x}" if font.advances[glyph] * units % EM == 0 else f"{glyph:04x}>0<"
    return written[:-1] if written.endswith("<") else written + ">"


def _spaced(digits: str, separators: Sequence[bytes]) -> str:
    numbers = bold().numbers
    shown = [f"<{numbers[ord(digit)]:04x}>" for digit in digits]
    spaces = [each.decode() for each in separators]
    return spaces[0] + "".join(glyph + space for glyph, space in zip(shown, spaces[1:], strict=True))


def number(value: float) -> bytes:
    """A number as pydyf writes it."""
    return str(int(value)).encode() if value.is_integer() else f"{value:f}".rstrip("0").encode()


def drawn(code: segno.QRCode) -> bytes:
    """The dark modules as horizontal strokes, row by row."""
    return b"".join(
        b"%d %d.5 m\n%d %d.5 l\n" % (run.start() + QUIET, y, run.end() + QUIET, y)
        for y, row in enumerate(code.matrix, start=QUIET)
        for run in DARK.finditer(row)
    )


def same(laid_out: bytes, exchanged: bytes, rare: str | Literal[False]) -> bool:
    """Whether two pages' contents draw the same: equal but for rounding, and for the numbers of rare glyphs.

    Where the script changes, WeasyPrint ends a string and begins the next one in the same place.
    """
    one, other = (drawing.replace(b"><", b"").splitlines() for drawing in (laid_out, exchanged))
    if len(one) != len(other):
        return False
    after = f"/{rare} ".encode() if rare else b""
    return all(
        a == b or _close(a, b) or (after and former.startswith(after) and len(a) == len(b))
        for former, a, b in zip([b"", *one], one, other, strict=False)
    )


def _close(a: bytes, b: bytes) -> bool:
    """Whether two lines set a text matrix in the same place."""
    if not (a.endswith(b"Tm") and b.endswith(b"Tm")):
        return False
    (*turn, x, y, _), (*other_turn, other_x, other_y, _) = a.split(), b.split()
    return (turn, y) == (other_turn, other_y) and abs(float(x) - float(other_x)) < CLOSE
