"""The notice as rows of tests/vectors: a row's id and note name its test, its requirements mark it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent.parent / "vectors"


def rows_of(name: str) -> list[Any]:
    """The rows of one file as pytest parameters (each a dict of texts)."""
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [_parameter(row) for row in csv.DictReader(file)]


def _parameter(row: dict[str, str]) -> Any:
    required = row["requirements"].split()
    marks = [pytest.mark.requirement(*required)] if required else []
    return pytest.param(row, id=f"{row['id']} {row['note']}", marks=marks)


def facts_in(text: str) -> dict[str, object]:
    """`days=3.5; passed=yes` as facts, all still as typed."""
    pairs = (part.split("=", 1) for part in re.split(r";\s*", text) if part.strip())
    return {name.strip(): value.strip() for name, value in pairs}
