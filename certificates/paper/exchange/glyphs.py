"""The two own fonts as the exchange needs them: widths as Pango reckons them, and small font programs.

A program keeps only the glyphs of one page and numbers them anew; the page goes on speaking of the font's own
numbers, which /CIDToGIDMap leads to the new ones. So the text on the page stays what WeasyPrint writes, and a
file does not grow with the place of a character in its font.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from fontTools.ttLib import TTFont

from certificates.paper import typeface

EM = 1000  # of both fonts, and of the units that PDF measures glyphs in
UNITS = 1024  # Pango counts in these parts of a CSS pixel
LESS_THAN_HALF = EM // 2 - 1
KEPT = ("head", "hhea", "maxp")
MAGIC = 0xB1B0AFBA


class Program(NamedTuple):
    """A TrueType program, and the stream that leads from the font's own numbers to those in it."""

    content: bytes
    map: bytes


class OwnFont:
    """One weight of the typeface, read once a process."""

    def __init__(self, weight: str) -> None:
        with TTFont(typeface.FILES[weight]) as font:
            order = font.getGlyphOrder()
            place = {name: number for number, name in enumerate(order)}
            self.numbers: dict[int, int] = {code: place[name] for code, name in font.getBestCmap().items()}
            metrics = [font["hmtx"][name] for name in order]
            ends = font["loca"].locations
            outlines = font.reader["glyf"]
            self._tables = {tag: font.reader[tag] for tag in KEPT}
        self.advances = [advance for advance, _ in metrics]
        self._metrics = [struct.pack(">Hh", *each) for each in metrics]
        self._outlines = [_padded(outlines[start:end]) for start, end in pairwise(ends)]

    def holds(self, text: str) -> bool:
        return all(ord(char) in self.numbers for char in text)

    def width(self, text: str, units: int) -> float:
        """CSS pixels at a type size of `units`."""
        rounded, numbers = self.rounded(units), self.numbers
        wide = sum([rounded[numbers[ord(char)]] for char in text])
        return float(wide / UNITS)

    @cache  # noqa: B019 -- there are two fonts, which live as long as the process, and a few sizes
    def rounded(self, units: int) -> list[int]:
        """Advances by glyph number in Pango's units; HarfBuzz rounds each, a half down."""
        return [(advance * units + LESS_THAN_HALF) // EM for advance in self.advances]

    def program(self, text: Iterable[str]) -> Program:
        """The font with the characters of `text` alone."""
        kept = [0, *sorted({self.numbers[ord(char)] for char in text} - {0})]
        ends, end = [0], 0
        for number in kept:
            end += len(self._outlines[number])
            ends.append(end)
        count = struct.pack(">H", len(kept))
        head, hhea, maxp = (self._tables[tag] for tag in KEPT)
        content = _sfnt(
            {
                "glyf": b"".join(self._outlines[number] for number in kept),
                "head": head[:8] + bytes(4) + head[12:],
                "hhea": hhea[:34] + count,
                "hmtx": b"".join(self._metrics[number] for number in kept),
                "loca": struct.pack(f">{len(ends)}I", *ends),
                "maxp": maxp[:4] + count + maxp[6:],
            }
        )
        leads = [0] * (kept[-1] + 1)
        for place, number in enumerate(kept):
            leads[number] = place
        return Program(content, struct.pack(f">{len(leads)}H", *leads))

    def widths(self, text: Iterable[str]) -> str:
        """The /W array of the characters that are not one em wide; /DW is 1000."""
        narrow = sorted({self.numbers[ord(char)] for char in text})
        return " ".join(
            f"{number} [{self.advances[number]}]" for number in narrow if self.advances[number] != EM
        )


@cache
def regular() -> OwnFont:
    return OwnFont("normal")


@cache
def bold() -> OwnFont:
    return OwnFont("bold")


def to_unicode(pairs: Iterable[tuple[int, str]]) -> bytes:
    """A CMap that leads glyph numbers back to characters, for whoever copies or searches the text."""
    lines = [f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for number, char in sorted(pairs)]
    blocks = [
        "\n".join([f"{len(part)} beginbfchar", *part, "endbfchar"])
        for part in (lines[start : start + 100] for start in range(0, len(lines), 100))
    ]
    return "\n".join([CMAP_HEAD, *blocks, CMAP_END]).encode()


CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange"""
CMAP_END = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _sfnt(tables: dict[str, bytes]) -> bytes:
    """A font file with correct checksums; `tables` in the order of their tags, head without its adjustment."""
    searched = 1 << (len(tables).bit_length() - 1)
    directory = [
        struct.pack(
            ">IHHHH",
            0x00010000,
            len(tables),
            searched * 16,
            searched.bit_length() - 1,
            (len(tables) - searched) * 16,
        )
    ]
    offset, bodies, total = 12 + 16 * len(tables), [], 0
    places = {}
    for tag, data in tables.items():
        body, places[tag] = _padded(data), offset
        checksum = _checksum(body)
        directory.append(struct.pack(">4sIII", tag.encode(), checksum, offset, len(data)))
        bodies.append(body)
        offset += len(body)
        total += checksum
    head = b"".join(directory)
    adjustment = (MAGIC - total - _checksum(head)) & 0xFFFFFFFF
    file = bytearray(head + b"".join(bodies))
    struct.pack_into(">I", file, places["head"] + 8, adjustment)
    return bytes(file)


def _checksum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
