"""A page that WeasyPrint laid out, taken apart: what stays for every sheet of its shape, and where the rest goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pikepdf

from certificates.paper.exchange.entries import Entry, Stand
from certificates.paper.exchange.glyphs import UNITS

RUN = re.compile(rb"BT\n1 0 0 -1 ([\d.]+) ([\d.]+) Tm\n(.*?)ET\n", re.DOTALL)
SHOWN = re.compile(rb"/(\S+) ([\d.]+) Tf\n\[(.*?)\] TJ\n")
GLYPHS = re.compile(rb"<([0-9a-f]*)>")
ONE_GLYPH = re.compile(rb"<[0-9a-f]{4}>")
CODE = re.compile(rb"(?:\d+ \d+\.5 m\n\d+ \d+\.5 l\n)+(?=B\n)")
PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
FACES = {"Cehours-Song": "own", "Cehours-Song-Bold": "bold", "Noto-Serif-CJK-SC": "rare"}


class Unusual(Exception):
    """The page is not as the exchange expects; the sheet goes the ordinary way. The message is for the log."""


class Shown(NamedTuple):
    """A piece of text as the page shows it, in CSS pixels from the page's left and upper edge."""

    x: bytes
    y: bytes
    size: bytes
    text: str
    separators: list[bytes]  # what stands before, between and after its glyphs, where each stands alone
    raw: bytes

    @property
    def units(self) -> int:
        return round(float(self.size) * UNITS)


class Page(NamedTuple):
    """`static` has one piece before each text, one before the code and one after it."""

    static: list[bytes]
    texts: list[list[Shown]]  # of each entry: one, or the lines it was broken into
    code: bytes


def fonts_of(document: pikepdf.Pdf) -> dict[str, tuple[str, pikepdf.Object]]:
    """own, bold, rare → the name that the page uses, and the font. Raises Unusual for any other font."""
    found = {}
    for name, font in document.pages[0].Resources.Font.items():
        face = FACES.get(str(font.BaseFont).partition("+")[2])
        if face is None or face in found:
            raise Unusual(f"font {font.BaseFont}")
        found[face] = (name.removeprefix("/"), font)
    return found


def read(document: pikepdf.Pdf, wanted: Sequence[Entry]) -> Page:
    """Takes apart a page that shows `wanted`. Raises Unusual when it shows anything else."""
    numbers = {name.encode(): characters(font) for name, font in fonts_of(document).values()}
    content = document.pages[0].Contents.read_bytes()
    codes = list(CODE.finditer(content))
    if len(codes) != 1:
        raise Unusual("no code, or more than one")
    static, shown, end = [], [], 0
    for run in RUN.finditer(content):
        static.append(content[end : run.start()])
        shown.append(_shown(run, numbers))
        end = run.end()
    static += [content[end : codes[0].start()], content[codes[0].end() :]]
    return Page(static, _matched(shown, wanted), codes[0].group())


def characters(font: pikepdf.Object) -> dict[int, str]:
    """Glyph number → the character that it stands for."""
    return {
        int(number, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for number, text in PAIR.findall(font.ToUnicode.read_bytes())
    }


def _shown(run: re.Match[bytes], numbers: dict[bytes, dict[int, str]]) -> Shown:
    x, y, body = run.groups()
    shows = SHOWN.findall(body)
    if not shows or SHOWN.sub(b"", body):
        raise Unusual("a text that is shown in another way")
    text = ""
    for font, _, array in shows:
        codes = b"".join(GLYPHS.findall(array)).decode()
        text += "".join(numbers[font][int(codes[at : at + 4], 16)] for at in range(0, len(codes), 4))
    return Shown(x, y, shows[0][1], text, ONE_GLYPH.split(shows[0][2]), run.group())


def _matched(shown: list[Shown], wanted: Sequence[Entry]) -> list[list[Shown]]:
    found, place = [], 0
    for entry in wanted:
        start, text = place, ""
        while place < len(shown) and len(text) < len(entry.text):
            text += shown[place].text
            place += 1
        if text != entry.text or (place - start > 1 and entry.stand not in (Stand.FIXED, Stand.WHOLE)):
            raise Unusual(f"{text!r} in place of {entry.text!r}")
        found.append(shown[start:place])
    if place != len(shown):
        raise Unusual("more text than expected")
    return found
