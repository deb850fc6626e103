"""The pieces of text on a certificate in the order in which they are drawn, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from certificates.paper.exchange import lines, measures
from certificates.paper.exchange.glyphs import bold, regular
from certificates.paper.fonts import FAMILIES, coverage
from certificates.paper.sheet import Sheet, date_text

CAPTION, YEAR, SUM = "各年度认定{}", "年度", "合计"
SCAN, SEAL = "扫描二维码或打开以下网址核验：", "核认机构（盖章）"


class Stand(Enum):
    """What of a piece changes from sheet to sheet."""

    FIXED = "text and place"  # nothing: another text is another shape
    RUN = "a run of the sentence"
    UNDER = "centred under another piece"
    SPACED = "ten digits, set wide"
    LEFT = "begins where it began"
    WHOLE = "as many hanzi as before"


class Entry(NamedTuple):
    """`at`: for RUN the place in CSS pixels, for UNDER the number of the piece above."""

    text: str
    stand: Stand
    at: float = 0
    shape: object = None  # what else of it decides about the layout
    bold: bool = False


def entries(sheet: Sheet, density: str) -> list[Entry] | None:
    """All pieces of a sheet; None where it is not of the kind that is exchanged."""
    runs = lines.broken(list(sheet.sentence_parts()), density)
    if runs is None:
        return None
    found = [Entry(sheet.heading, Stand.FIXED, bold=True), Entry(sheet.title, Stand.FIXED, bold=True)]
    found += [
        Entry(run.text, Stand.RUN, run.x, (run.line, run.is_name, any(map(is_rare, run.text))))
        for run in runs
    ]
    found.append(Entry(CAPTION.format(sheet.unit), Stand.FIXED, bold=True))
    found += _table(sheet, len(found))
    found += [
        Entry(f"{sheet.number_label}：", Stand.FIXED),
        Entry(sheet.number, Stand.SPACED, bold=True),
        Entry(SCAN, Stand.FIXED),
    ]
    found += [Entry(line, Stand.LEFT) for line in measures.address_lines(sheet.verification_url)]
    seal = len(found)
    found.append(Entry(SEAL, Stand.FIXED))
    if measures.issuer_fits_a_line(sheet.issuer, density):
        found.append(Entry(sheet.issuer, Stand.UNDER, seal))
    else:
        found.append(Entry(sheet.issuer, Stand.WHOLE, shape=len(sheet.issuer)))
    found.append(Entry(date_text(sheet.issued_on), Stand.UNDER, seal))
    return found if all(_can_be_set(entry) for entry in found) else None


def is_hanzi(char: str) -> bool:
    """An ideograph of any block; all of them take one em and may begin or end a line."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def is_rare(char: str) -> bool:
    """Whether the system's font draws it, because our own does not hold it."""
    return ord(char) not in regular().numbers


def _can_be_set(entry: Entry) -> bool:
    """Whether our own fonts hold the text, but for rare hanzi in the sentence."""
    if entry.stand is Stand.RUN:
        return all(
            is_hanzi(char) and ord(char) in coverage(FAMILIES[0]) for char in filter(is_rare, entry.text)
        )
    if entry.stand is Stand.WHOLE and not all(map(is_hanzi, entry.text)):
        return False
    return (bold() if entry.bold else regular()).holds(entry.text)


def _table(sheet: Sheet, first: int) -> Iterator[Entry]:
    """Heads, years and sums; `first` is the number of the first head."""
    for head in (YEAR, *(category.name for category in sheet.categories), SUM):
        yield Entry(head, Stand.FIXED, bold=True)
    table = sheet.table()
    for year, cells in table.rows:
        yield from (Entry(cell, Stand.UNDER, first + column) for column, cell in enumerate((year, *cells)))
    yield Entry(SUM, Stand.FIXED, bold=True)
    for column, cell in enumerate(table.totals, start=1):
        yield Entry(cell, Stand.UNDER, first + column, bold=True)
