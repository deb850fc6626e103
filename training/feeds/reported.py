"""One reported row, checked by itself, and what the policy does not bear out in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

import rules
from cehours.lib import clock, names, visible
from cehours.lib.hours import check as check_hours
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal

MOST_ROWS = 10_000
LONGEST = {"number": 32, "name": 60, "id_number": 40, "category": 20, "title": 120}
WORDS = {
    "number": "记录编号",
    "id_kind": "证件类型",
    "id_number": "证件号码",
    "name": "姓名",
    "year": "年度",
    "category": "科目",
    "hours": "学时",
    "title": "培训名称",
    "completed_on": "完成日期",
}
TWICE = "与第 {first} 行的记录编号相同，同一批中每条记录只能出现一次。"
# What is accepted and then looked at by the bureau: key, and the sentence that sender and bureau read.
FLAGS = {
    "hours": "学时超过全年的最低要求，请核对",
    "category": "科目不是政策规定的科目",
    "year": "年度不在可以认定的范围",
    "date": "完成日期晚于报送日期",
}
Taken = TypeVar("Taken")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/-]*")


@dataclass(frozen=True, slots=True)
class Reported:
    """A row as it is kept: the number valid, the name tidy, the category a key of the policy where it knows one.

    `version`: the sender's own count, where it keeps one that only grows; None: the next one.
    """

    number: str
    id_kind: str
    id_number: str
    name: str
    year: int
    category: str
    hours: Decimal
    title: str
    completed_on: date
    flags: tuple[str, ...] = ()
    version: int | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the whole delivery is not taken: row (from 1; 0 for all of it), field ("" for the row), what to do."""

    row: int
    field: str
    says: str


class BadRows(Refusal):
    """Nothing of the delivery was taken; `faults` name every row and field."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        said = "；".join(
            f"第 {each.row} 行{WORDS.get(each.field, '')}：{each.says}" for each in self.faults[:10]
        )
        more = len(self.faults) - 10
        super().__init__(f"{said}；另有 {more} 处有误。" if more > 0 else said)


def judged(row: int, raw: Mapping[str, object]) -> tuple[Reported | None, list[Fault]]:
    """The row as it is kept, or what is wrong with it. `raw` has the fields' types already."""
    faults: list[Fault] = []
    texts = {key: _text(row, key, str(raw[key]), faults) for key in ("number", "name", "category", "title")}
    if texts["number"] and not _NUMBER.fullmatch(texts["number"]):
        faults.append(Fault(row, "number", "只能用字母、数字和 . _ : / -，以字母或数字开头。"))
    kind, number = str(raw["id_kind"]), ""
    if kind not in set(IdKind):
        faults.append(Fault(row, "id_kind", f"应为以下之一：{'、'.join(IdKind)}。"))
    else:
        number = _tried(row, "id_number", lambda: validate(kind, str(raw["id_number"])), faults) or ""
    hours = _tried(row, "hours", lambda: check_hours(Decimal(str(raw["hours"]))), faults)
    year, day = raw["year"], raw["completed_on"]
    assert isinstance(year, int) and isinstance(day, date)
    if not 1900 <= year <= 2999:
        faults.append(Fault(row, "year", "应为四位年份，例如 2024。"))
    if faults or hours is None:
        return None, faults
    category = categories().get(texts["category"], texts["category"])
    flags = tuple(_flags(year, category, hours, day))
    tidied = names.tidy(texts["name"])
    return (
        Reported(texts["number"], kind, number, tidied, year, category, hours, texts["title"], day, flags),
        [],
    )


def no_number_twice(rows: Iterable[tuple[int, str]]) -> Iterator[Fault]:
    """A fault for each (row, record number) that an earlier row has already."""
    seen: dict[str, int] = {}
    for row, number in rows:
        first = seen.setdefault(number, row)
        if first != row:
            yield Fault(row, "number", TWICE.format(first=first))


@cache
def categories() -> dict[str, str]:
    """What a category may be called, its key or its name in any policy that is shipped, and its key."""
    every = [each for key in rules.available_policies() for each in rules.load_policy(key).categories]
    return {word: each.key for each in every for word in (each.key, each.name)}


@cache
def _limits() -> tuple[int, Decimal]:
    """The first year that any policy's span covers, and the most hours that any asks for in a year."""
    policies = [rules.load_policy(key) for key in rules.available_policies()]
    first = min(year for policy in policies for year in policy.span.years)
    return first, max(each.total for policy in policies for each in policy.minimums)


def _flags(year: int, category: str, hours: Decimal, day: date) -> Iterator[str]:
    first, most = _limits()
    today = clock.today()
    if hours > most:
        yield "hours"
    if category not in categories().values():
        yield "category"
    if not first <= year <= today.year:
        yield "year"
    if day > today:
        yield "date"


def _text(row: int, key: str, text: str, faults: list[Fault]) -> str:
    text = text.strip()
    if not text:
        faults.append(Fault(row, key, "为空，请补上。"))
    elif len(text) > LONGEST[key]:
        faults.append(Fault(row, key, f"过长，最多 {LONGEST[key]} 个字。"))
    elif not visible.is_printable(text):
        faults.append(Fault(row, key, visible.SAYS.format(label=WORDS[key])))
    return text


def _tried(row: int, key: str, read: Callable[[], Taken], faults: list[Fault]) -> Taken | None:
    try:
        return read()
    except Refusal as refusal:
        faults.append(Fault(row, key, refusal.says))
        return None


def category_name(key: str) -> str:
    """A category in words; one that no policy knows as it was written."""
    return next((word for word, known in categories().items() if known == key and word != key), key)
