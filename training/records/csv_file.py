"""The file of 已认定学时: one line for each person, year and category, as other systems report them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import rules
from cehours.lib import hours
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal
from training.models import Source

COLUMNS = (
    "id_kind",
    "id_number",
    "name",
    "year",
    "category",
    "hours",
    "source",
    "number",
    "title",
    "valid",
)
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


class BadLines(Refusal):
    """The file is not taken; `faults`: (line in the file, sentence) for everything that is wrong with it."""

    def __init__(self, faults: Iterable[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(f"第 {place} 行：{says}" for place, says in self.faults))


def read(rows: Iterable[str]) -> list[Line]:
    """All lines of the file. Raises BadLines naming every line that cannot be read."""
    reader = csv.DictReader(rows)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadLines([(1, f"缺少列 {'、'.join(missing)}，第一行应为：{','.join(COLUMNS)}。")])
    categories = _category_words()
    lines, faults = [], []
    for place, row in enumerate(reader, start=2):
        try:
            lines.append(_line(place, row, categories))
        except Refusal as refusal:
            faults.append((place, refusal.says))
    faults.extend(_twice(lines))
    if faults:
        raise BadLines(sorted(faults))
    return lines


def _line(place: int, row: Mapping[str, str | None], categories: Mapping[str, str]) -> Line:
    if None in row.values() or None in row:
        raise Refusal("列数与第一行不一致，请检查逗号和引号。")
    typed = {name: (row[name] or "").strip() for name in COLUMNS}
    for name, value in typed.items():
        if not value and name not in MAY_BE_EMPTY:
            raise Refusal(f"{name} 为空，请补上。")
        if len(value) > LONGEST.get(name, 400):
            raise Refusal(f"{name} 过长，最多 {LONGEST.get(name, 400)} 个字。")
    kind = _among(
        typed, "id_kind", {**{each.value: each for each in IdKind}, **{each.label: each for each in IdKind}}
    )
    sources = {**{each.value: each for each in Source}, **{each.label: each for each in Source}}
    return Line(
        place=place,
        id_kind=str(kind),
        id_number=validate(IdKind(kind), typed["id_number"]),
        name=typed["name"],
        year=_year(typed["year"]),
        category=_among(typed, "category", categories),
        hours=hours.parse(typed["hours"]),
        source=str(_among(typed, "source", sources)),
        number=typed["number"],
        title=typed["title"],
        valid=_among({"valid": typed["valid"].lower()}, "valid", VALID),
    )


def _among(typed: Mapping[str, str], name: str, known: Mapping[str, T]) -> T:
    if typed[name] not in known:
        words = "、".join(word for word in known if word)
        raise Refusal(f"{name} 为「{typed[name]}」，应为以下之一：{words}。")
    return known[typed[name]]


def _year(typed: str) -> int:
    if not re.fullmatch(r"(19|20)[0-9]{2}", typed):
        raise Refusal(f"year 为「{typed}」，应为四位年份，例如 2023。")
    return int(typed)


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
