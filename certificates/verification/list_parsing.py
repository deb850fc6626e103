"""Reads a stranger's workbook: what the fence loads. No process of ours imports it.

A small workbook may unpack to millions of cells, of which each costs hundreds of bytes here.
"""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
from openpyxl.xml import DEFUSEDXML


def _rows(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """The first sheet's cells as text, at most `rows` x `columns`, as JSON.

    A formula whose result the file does not hold comes as it is written, so that its row is not lost.
    """
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl reads foreign XML only with defusedxml installed")
    size = {"max_row": facts["rows"], "max_col": facts["columns"], "values_only": True}
    values, formulas = (
        # The sheet's own claim about its size is not believed.
        openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        .worksheets[0]
        .iter_rows(**size)
        for data_only in (True, False)
    )
    found = [
        [_text(formula if value is None else value) for value, formula in zip(*pair, strict=True)]
        for pair in zip(values, formulas, strict=True)
    ]
    return {}, json.dumps(found).encode()


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()[:60]


TASKS = {"rows": _rows}
