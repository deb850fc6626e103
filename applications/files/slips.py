"""What an earlier 学时认定单 says by itself: its range, by the file's name or its text (a guess; a person confirms it),
and the hours of its years, where it is a PDF that carries them as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cehours.lib import uploads
from cehours.lib.fence import Broken
from cehours.lib.uploads import Readable, Refused

# 2019-2023, 2019—2023 年, 自 2019年至2023年. static/js/evidence-guess.js has the same.
RANGE = re.compile(r"((?:19|20)[0-9]{2})\s*年?\s*[-_~—–－～至到]+\s*((?:19|20)[0-9]{2})")

HOURS = r"[0-9]{1,4}(?:\.[0-9])?"
SUM = "合计"


def range_in(text: str) -> tuple[int, int] | None:
    """The first range of years that a text names."""
    for found in RANGE.finditer(text):
        first, last = int(found[1]), int(found[2])
        if first <= last:
            return first, last
    return None


def range_of(file: Readable, filename: str) -> tuple[int, int] | None:
    """By the name, else by the text of a PDF, read behind the fence. None where neither says; raises nothing."""
    if named := range_in(filename):
        return named
    try:
        return range_in(text_of(uploads.read_capped(file)))
    except Refused:
        return None


def text_of(content: bytes) -> str:
    """The text layer of a PDF, read behind the fence; empty for pictures and where it cannot be read."""
    if not content.startswith(b"%PDF"):
        return ""
    try:
        told, _ = uploads.PARSERS.run("text", content)
    except Broken:
        return ""
    return str(told["text"])


def figures_in(
    text: str, *, categories: Sequence[str], holder: Sequence[str]
) -> Mapping[int, tuple[Decimal, ...]]:
    """Year → its hours by category, from the table 年度 | … | 合计 that a slip carries; empty where anything is unsure.

    `categories`: the names of the table's columns, as the policy orders them. `holder`: the ways a person's name is
    written, one of which must stand there. The table is believed as a whole or not at all: every year of the range
    that the sentence names, in order, and all its sums right.
    """
    if not any(f"，{_bare(name)}同志" in _bare(text) for name in holder if _bare(name)):
        return {}
    rows = _rows(text, ["年度", *categories, SUM])
    span = range_in(text)
    if (
        not rows
        or span is None
        or [label for label, _ in rows] != [*map(str, range(span[0], span[1] + 1)), SUM]
    ):
        return {}
    *years, (_, totals) = rows
    columns = tuple(sum(column) for column in zip(*(hours for _, hours in years), strict=True))
    if columns != totals or any(not sum(hours[:-1]) == hours[-1] > 0 for _, hours in years):
        return {}
    return {int(label): hours[:-1] for label, hours in years}


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _rows(text: str, heading: Sequence[str]) -> list[tuple[str, tuple[Decimal, ...]]]:
    """(year or 合计, figures) of the lines below the only heading of that kind, to the first that is no such line."""
    lines = [line.split() for line in text.splitlines()]
    if lines.count(list(heading)) != 1:
        return []
    found = []
    for label, *figures in filter(None, lines[lines.index(list(heading)) + 1 :]):
        if len(figures) != len(heading) - 1 or not all(re.fullmatch(HOURS, each) for each in figures):
            break
        found.append((label, tuple(map(Decimal, figures))))
    return found
