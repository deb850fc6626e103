"""Makes the fonts in this folder from Noto Serif CJK SC: `python -m certificates.paper.typeface.build`.

A certificate needs some hundred of the 65,000 glyphs of the system's font. A small TrueType font of the common
characters is subset faster than the large one with cubic outlines, and what ends up in the PDF is smaller.
The same source gives the same bytes.
"""

from __future__ import annotations

import argparse
import string
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from certificates.paper.fonts import face
from certificates.paper.typeface import FAMILY, FILES, FOLDER

SOURCE = "Noto Serif CJK SC"
PUNCTUATION = "·—‘’“”…、。〇《》〈〉〔〕【】「」（），：；！？×•　"
# GB/T 2312 rows: 16–55 hold the 3,755 hanzi of daily use, 56–87 the 3,008 of the second level.
FIRST_LEVEL, BOTH_LEVELS = range(16, 56), range(16, 88)
# Headings and table heads are bold, names and specialties are not.
FACES = {"normal": ("Regular", BOTH_LEVELS), "bold": ("Bold", FIRST_LEVEL)}
MOST_DEVIATION = 1.0  # of a curve turned quadratic, in units of a thousandth of the type size
NAMES = (0, 13, 14)  # copyright and licence travel with the font
MAXIMUMS = (
    *("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"),
    *("maxStackElements", "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours"),
    *("maxCompositePoints", "maxCompositeContours", "maxComponentDepth"),
)


def characters(rows: range) -> set[str]:
    return {*string.printable[:95], *PUNCTUATION, *_hanzi(rows)}


def make(weight: str, rows: range, target: Path) -> None:
    """One font with the glyphs of `characters(rows)`, with quadratic outlines and no layout tables."""
    source = face(SOURCE, weight)
    font = TTFont(source.file, fontNumber=source.number, recalcTimestamp=False)
    wanted = subset.Subsetter(_options())
    wanted.populate(text="".join(sorted(characters(rows))))
    wanted.subset(font)
    _turn_quadratic(font)
    _rename(font, weight)
    font.save(target)


def _hanzi(rows: range) -> Iterator[str]:
    for row in rows:
        for cell in range(1, 95):
            try:
                yield bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # the last row of the first level is not full


def _options() -> subset.Options:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    options.name_IDs = list(NAMES)
    options.notdef_outline = True
    return options


def _turn_quadratic(font: TTFont) -> None:
    drawn, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, MOST_DEVIATION, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
    font["maxp"].tableVersion = 0x00010000
    for name in MAXIMUMS:
        setattr(font["maxp"], name, 0)  # counted anew when the font is written
    font["maxp"].maxZones = 1
    post = font["post"]
    post.formatType, post.glyphOrder, post.extraNames, post.mapping = 3.0, order, [], {}


def _rename(font: TTFont, weight: str) -> None:
    """A name of its own, so that no system takes it for the whole font."""
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    named = {1: FAMILY, 2: weight, 3: f"{postscript};from {SOURCE}", 4: f"{FAMILY} {weight}", 6: postscript}
    for number, text in named.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to write to")
    folder: Path = parser.parse_args().into
    for key, (weight, rows) in FACES.items():
        make(weight, rows, folder / FILES[key].name)


if __name__ == "__main__":
    main()
