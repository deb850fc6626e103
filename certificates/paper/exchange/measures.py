"""Sizes and widths on the page, in CSS pixels and in Pango's units.

They mirror templates/certificates/pdf/sheet.css and are not believed: a page that WeasyPrint laid out in another way
is not learnt (`shapes.py`), and the tests compare.
"""

from __future__ import annotations

from certificates.paper.exchange.glyphs import UNITS, regular

MM, PT = 96 / 25.4, 96 / 72
ROOT = {"ordinary": 11.2 * PT, "dense": 9.8 * PT, "tight": 8.4 * PT}
LEFT = (13 + 17) * MM + 4 * PT  # margin, padding and frame
WIDTH = 210 * MM - 2 * LEFT
SENTENCE, INDENT = 1.22, 2  # of the root size; of the sentence's size
ISSUER, ISSUER_WIDTH = 1.15, 0.59 * WIDTH - 6 * MM
WIDE = "　"
ADDRESS, ADDRESS_WIDTH = int(8.5 * PT * UNITS), 0.41 * WIDTH
LAST_LINE = 6  # characters of the address


def sentence_units(density: str) -> int:
    """The size of the sentence in Pango's units."""
    return int(SENTENCE * ROOT[density] * UNITS)


def width(text: str, units: int) -> float:
    """CSS pixels; a character that our font does not hold takes the whole em, as every hanzi does."""
    font = regular()
    if not font.holds(text):
        text = "".join(char if ord(char) in font.numbers else WIDE for char in text)
    return font.width(text, units)


def issuer_fits_a_line(issuer: str, density: str) -> bool:
    return width(issuer, int(ISSUER * ROOT[density] * UNITS)) < ISSUER_WIDTH


def address_lines(url: str) -> list[str]:
    """The verification address cut into lines that fit its column, wherever a line is full.

    Left alone, layout engines break such an address at its hyphens, of which every token has others. The last line
    has some characters: a lone stroke under the code is overlooked, and the address typed without it.
    """
    found, line, used = [], "", 0.0
    for char in url:
        used += width(char, ADDRESS)
        if line and used > ADDRESS_WIDTH:
            found.append(line)
            line, used = "", width(char, ADDRESS)
        line += char
    short = LAST_LINE - len(line)
    if found and short > 0:
        found[-1], line = found[-1][:-short], found[-1][-short:] + line
    return [*found, line]
