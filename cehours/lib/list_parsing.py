"""Reads a stranger's workbook: what the fence loads. No process of ours imports it.

A small workbook may unpack to millions of cells, of which each costs hundreds of bytes here.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import repeat
from typing import Any

import openpyxl
from openpyxl.xml import DEFUSEDXML

LONGEST = 400  # characters of a cell
MOST_DIGITS = 15  # that a spreadsheet's numbers hold; further ones it turned into zeros
# What "Strict Open XML" calls the same things (ISO/IEC 29500-1 beside 29500-4).
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


def _sheets(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """The sheets that are not hidden, the one that was open first, as JSON.

    A sheet is [name, rows], a row [its place from 1, cells as text], without those in which nothing stands; of a
    sheet come at most `rows` rows and `columns` columns. A formula whose result the file does not hold comes as it
    is written, so that its row is not lost.
    """
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl reads foreign XML only with defusedxml installed")
    content, has_formulas = _transitional(content)
    values = _opened(content, data_only=True)
    formulas = _opened(content, data_only=False) if has_formulas else None
    found = []
    for sheet in sorted(values.worksheets, key=lambda each: each is not values.active):
        if sheet.sheet_state != "visible":
            continue
        written = _rows(formulas[sheet.title], facts["columns"]) if formulas else repeat(())
        rows: list[tuple[int, list[str]]] = []
        for place, (row, as_written) in enumerate(
            zip(_rows(sheet, facts["columns"]), written, strict=False), 1
        ):
            cells = [_text(value) for value in row]
            for column, formula in enumerate(as_written):
                cells[column] = cells[column] or _text(formula)
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                rows.append((place, cells))
            if len(rows) >= facts["rows"]:
                break
        found.append([sheet.title, rows])
    return {}, json.dumps(found).encode()


def _opened(content: bytes, *, data_only: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)


def _rows(sheet: Any, columns: int) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # the sheet's own claim about its size is not believed
    return iter(sheet.iter_rows(max_col=columns, values_only=True))


def _transitional(content: bytes) -> tuple[bytes, bool]:
    """The workbook with the names that openpyxl knows, and whether a sheet of it holds formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist() if _is_xml(part.filename)}
        has_formulas = any(b"<f" in part for name, part in parts.items() if "worksheets/" in name)
        if not any(name in part for part in parts.values() for name, _ in _STRICT):
            return content, has_formulas
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as rewritten:
        for filename, part in parts.items():
            for strict, plain in _STRICT:
                part = part.replace(strict, plain)
            rewritten.writestr(filename, part)
    return out.getvalue(), has_formulas


def _is_xml(filename: str) -> bool:
    return filename.endswith((".xml", ".rels"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS:
        kept = isinstance(value, int) and value % 1000  # written by a program, not by a spreadsheet
        return str(value) if kept else f"{value:.5E}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:LONGEST]


TASKS = {"sheets": _sheets}
