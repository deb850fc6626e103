"""One table as an .xlsx file in which no cell can act: what people typed is text, whatever it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Cell = str | int
# A spreadsheet reads these as the beginning of a formula, or does so once the cell is edited or saved as CSV.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
_TEXT = "@"
_WIDEST, _LONGEST = 40, 32_767


def write_table(
    file: IO[bytes], *, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Writes the sheet row by row; memory does not grow with the number of rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings):
        sheet.column_dimensions[chr(ord("A") + number)].width = min(6 + 3 * len(heading), _WIDEST)
    head = [WriteOnlyCell(sheet, value=heading) for heading in headings]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append([value if isinstance(value, int) else _text(sheet, value) for value in row])
    book.save(file)


def _text(sheet: object, value: str) -> object:
    plain = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
    if not plain or not (_FORMULA.match(value) or plain[0] == "#"):
        return plain
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"  # openpyxl would make a formula or an error value of it
    cell.number_format = _TEXT  # stays text when somebody edits it
    return cell
