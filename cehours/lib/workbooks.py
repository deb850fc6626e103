"""One table as an .xlsx file in which no cell can act: what people typed is text, whatever it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int
# A spreadsheet reads these as the beginning of a formula, or does so once the cell is edited or saved as CSV.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
# What XML cannot hold, and halves of surrogate pairs.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT = "@"
_WIDEST, _LONGEST = 40, 32_767


def write_table(
    file: IO[bytes],
    *,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int] | None = None,
    to_fill_in: bool = False,
) -> None:
    """Writes the sheet row by row; memory does not grow with the number of rows.

    `widths` in characters, told from the headings when missing. `to_fill_in`: people type into it, so every cell
    and the first column stay text, and a number typed there keeps its digits.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths or [min(6 + 3 * len(each), _WIDEST) for each in headings], start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if to_fill_in:
        sheet.column_dimensions["A"].number_format = _TEXT
    head = [_text(sheet, heading, always=to_fill_in) for heading in headings]  # some are a stranger's own
    head = [WriteOnlyCell(sheet, value=each) if isinstance(each, str) else each for each in head]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append(
            [value if isinstance(value, int) else _text(sheet, value, always=to_fill_in) for value in row]
        )
    book.save(file)


def _text(sheet: object, value: str, *, always: bool) -> Any:
    plain = _ILLEGAL.sub("", value)[:_LONGEST]
    if not plain or not (always or _FORMULA.match(value) or plain[0] == "#"):
        return plain
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"  # openpyxl would make a formula or an error value of it
    cell.number_format = _TEXT  # stays text when somebody edits it
    cell.quotePrefix = True
    return cell
