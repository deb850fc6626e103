"""Records in a file: a workbook, CSV or JSON lines of the interface's own fields; and the 签到名单 of one class."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cehours.lib import hours, list_kinds, lists
from cehours.lib.idnumbers import IdKind
from cehours.lib.lists import Column
from cehours.lib.refusal import Refusal
from organizations.registry import identity
from rules import RuleInputError
from rules.dates import read_date
from training.feeds.reported import MOST_ROWS, WORDS, BadRows, Fault, Reported, judged, no_number_twice
from training.plans import roster

ALSO = {
    "number": ("记录号", "流水号"),
    "id_kind": ("证件种类",),
    "id_number": ("身份证号码", "身份证号", "公民身份号码", "证件号"),
    "year": ("所属年度",),
    "category": ("科目类别",),
    "hours": ("学时数", "认定学时"),
    "title": ("课程名称", "名称", "项目名称"),
    "completed_on": ("结业日期", "完成时间", "日期"),
}
COLUMNS = tuple(
    Column(key, (word, *ALSO.get(key, ()), key), required=key != "id_kind") for key, word in WORDS.items()
)
NOT_AN_OBJECT = "不是一个 JSON 对象，每行应写一条记录。"
NOTHING = "文件中没有记录，请填写后再上传。"
_KINDS = {kind.label: kind.value for kind in IdKind} | {kind.value: kind.value for kind in IdKind}


@dataclass(frozen=True)
class Class:
    """One offline class: what all who came have in common."""

    number: str
    title: str
    category: str
    hours: Decimal
    completed_on: date


def read(content: bytes, *, most_bytes: int = lists.MOST_BYTES) -> list[Reported]:
    """All records of a file. Raises Refusal; BadRows and BadLines name every row of the file that is wrong."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return _kept(_json_lines(content))
    table = lists.read(content, COLUMNS, most_rows=MOST_ROWS, most_bytes=most_bytes)
    return _kept((row.place, row.cells) for row in table.rows)


def attended(content: bytes, taught: Class) -> list[Reported]:
    """A record for everybody on the list of one class. Raises Refusal, BadLines, BadRows.

    Its number is the class's and a mark of the person, so a list that is given again in another order corrects the
    same records.
    """
    rows = []
    for place, named in enumerate(roster.read_file(content), start=1):
        mark = identity.index_of(named.id_kind, named.id_number).hex()[:12]
        raw = {
            "number": f"{taught.number}-{mark}",
            "id_kind": named.id_kind,
            "id_number": named.id_number,
            "name": named.name,
            "year": taught.completed_on.year,
            "category": taught.category,
            "hours": taught.hours,
            "title": taught.title,
            "completed_on": taught.completed_on,
        }
        rows.append((place, raw))
    return _judged(rows, [])


def _json_lines(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    faults: list[Fault] = []
    read: list[tuple[int, Mapping[str, str]]] = []
    for place, line in enumerate(list_kinds.decoded(content).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            faults.append(Fault(place, "", NOT_AN_OBJECT))
            continue
        faults += [Fault(place, key[:40], "没有这一项，请删去。") for key in found if key not in WORDS]
        read.append((place, {key: _as_text(found.get(key)) for key in WORDS}))
        if len(read) > MOST_ROWS:
            raise Refusal(f"一份文件最多 {MOST_ROWS} 条，请分成几份。")
    if faults:
        raise BadRows(faults)
    yield from read


def _as_text(value: object) -> str:
    """Whatever is no text or number counts as missing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _kept(rows: Iterable[tuple[int, Mapping[str, str]]]) -> list[Reported]:
    faults: list[Fault] = []
    typed = [(place, _typed(place, cells, faults)) for place, cells in rows]
    return _judged([(place, raw) for place, raw in typed if raw is not None], faults)


def _judged(rows: list[tuple[int, dict[str, object]]], faults: list[Fault]) -> list[Reported]:
    kept = []
    for place, raw in rows:
        reported, wrong = judged(place, raw)
        faults += wrong
        if reported is not None:
            kept.append(reported)
    faults += no_number_twice((place, str(raw["number"]).strip()) for place, raw in rows)
    if faults:
        raise BadRows(sorted(faults, key=lambda fault: fault.row))
    if not kept:
        raise Refusal(NOTHING)
    return kept


def _typed(place: int, cells: Mapping[str, str], faults: list[Fault]) -> dict[str, object] | None:
    """The cells with the types that `judged` expects; None where one has none of its own."""
    before = len(faults)
    year = re.fullmatch(r"([0-9]{4})年?", cells["year"].strip())
    if year is None:
        faults.append(Fault(place, "year", "应为四位年份，例如 2024。"))
    day, worth = _day(cells["completed_on"]), Decimal(0)
    if day is None:
        faults.append(Fault(place, "completed_on", "应为日期，例如 2024-06-01。"))
    try:
        worth = hours.parse(cells["hours"])
    except Refusal as refusal:
        faults.append(Fault(place, "hours", refusal.says))
    kind = cells["id_kind"].strip() or IdKind.RESIDENT.label
    if kind not in _KINDS:
        faults.append(Fault(place, "id_kind", f"应为以下之一：{'、'.join(each.label for each in IdKind)}。"))
    if len(faults) > before or year is None or day is None:
        return None
    texts = {key: cells[key] for key in ("number", "id_number", "name", "category", "title")}
    return {**texts, "id_kind": _KINDS[kind], "year": int(year[1]), "hours": worth, "completed_on": day}


def _day(text: str) -> date | None:
    try:
        return read_date("completed_on", WORDS["completed_on"], text)
    except RuleInputError:
        return None
