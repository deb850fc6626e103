"""The list of 已认定学时: one line for each person, year and category, as other systems report them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import rules
from cehours.lib import hours, lists
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.lists import BadLines, Column, Row
from cehours.lib.refusal import Refusal
from training.models import Source

WORDS = {
    "id_kind": ("证件类型", "证件种类"),
    "id_number": ("证件号码", "身份证号码", "身份证号", "公民身份号码"),
    "name": ("姓名",),
    "year": ("年度", "所属年度"),
    "category": ("科目", "科目类别"),
    "hours": ("学时", "学时数", "认定学时"),
    "source": ("来源", "学时来源"),
    "number": ("编号", "记录编号"),
    "title": ("名称", "培训名称", "项目名称"),
    "valid": ("有效", "是否有效"),
}
COLUMNS = tuple(WORDS)
MOST_LINES = 500_000
MOST_BYTES = 100 * 1024 * 1024
MAY_BE_EMPTY = {"title", "valid"}
LONGEST = {"name": 60, "number": 40, "title": 120}
T = TypeVar("T")
VALID = {"": True, "1": True, "true": True, "是": True, "0": False, "false": False, "否": False}


@dataclass(frozen=True)
class Line:
    """One line read and checked by itself. `number` is the record's, `place` the line in the file (from 1)."""

    place: int
    id_kind: str
    id_number: str
    name: str
    year: int
    category: str
    hours: Decimal
    source: str
    number: str
    title: str
    valid: bool


def read(content: bytes) -> list[Line]:
    """All lines of the list (.xlsx or CSV). Raises Refusal, BadLines naming every line that cannot be read."""
    columns = [Column(key, (key, *words)) for key, words in WORDS.items()]
    table = lists.read(content, columns, most_rows=MOST_LINES, most_bytes=MOST_BYTES)
    categories = _category_words()
    lines, faults = [], []
    for row in table.rows:
        try:
            lines.append(_line(row, table.headings, categories))
        except Refusal as refusal:
            faults.append((row.place, refusal.says))
    faults.extend(_twice(lines))
    if faults:
        raise BadLines(sorted(faults))
    return lines


def _line(row: Row, headings: Mapping[str, str], categories: Mapping[str, str]) -> Line:
    if row.ragged:
        raise Refusal("列数与列名一行不一致，请检查逗号和引号。")
    typed = row.cells
    for key, value in typed.items():
        if not value and key not in MAY_BE_EMPTY:
            raise Refusal(f"{headings[key]} 为空，请补上。")
        if len(value) > LONGEST.get(key, 400):
            raise Refusal(f"{headings[key]} 过长，最多 {LONGEST.get(key, 400)} 个字。")
    kinds = {**{each.value: each for each in IdKind}, **{each.label: each for each in IdKind}}
    kind = _among(typed["id_kind"], headings["id_kind"], kinds)
    sources = {**{each.value: each for each in Source}, **{each.label: each for each in Source}}
    return Line(
        place=row.place,
        id_kind=str(kind),
        id_number=validate(IdKind(kind), typed["id_number"]),
        name=typed["name"],
        year=_year(typed["year"], headings["year"]),
        category=_among(typed["category"], headings["category"], categories),
        hours=hours.parse(typed["hours"]),
        source=str(_among(typed["source"], headings["source"], sources)),
        number=typed["number"],
        title=typed["title"],
        valid=_among(typed["valid"].lower(), headings["valid"], VALID),
    )


def _among(typed: str, heading: str, known: Mapping[str, T]) -> T:
    if typed not in known:
        words = "、".join(word for word in known if word)
        raise Refusal(f"{heading} 为“{typed}”，应为以下之一：{words}。")
    return known[typed]


def _year(typed: str, heading: str) -> int:
    if not re.fullmatch(r"(19|20)[0-9]{2}年?", typed):
        raise Refusal(f"{heading} 为“{typed}”，应为四位年份，例如 2023。")
    return int(typed[:4])


def _category_words() -> dict[str, str]:
    """What a category may be called in the file: its key or its name in any policy that is shipped."""
    every = [each for key in rules.available_policies() for each in rules.load_policy(key).categories]
    return {word: each.key for each in every for word in (each.key, each.name)}


def _twice(lines: Iterable[Line]) -> Iterator[tuple[int, str]]:
    seen: dict[tuple[object, ...], int] = {}
    for line in lines:
        key = (line.id_kind, line.id_number, line.source, line.number, line.year, line.category)
        first = seen.setdefault(key, line.place)
        if first != line.place:
            yield (
                line.place,
                f"与第 {first} 行是同一条记录（人员、来源、编号、年度、科目都相同），请只保留一行。",
            )
