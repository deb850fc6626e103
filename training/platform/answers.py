"""What the platform answers, checked against the contract before anything is kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

import structlog

from cehours.lib.idnumbers import IdKind
from rules import RuleInputError
from rules.dates import read_date
from training.feeds.reported import Reported, judged

MOST_RECORDS = 2000
LONGEST_CURSOR = 200
MOST_VERSIONS = 2**31 - 1
TEXTS = ("id", "status", "id_kind", "id_number", "name", "category", "title", "completed_on", "updated_at")
log = structlog.get_logger(__name__)


class Garbled(Exception):
    """The answer is not what the contract promises; nothing of it is used."""


@dataclass(frozen=True)
class Wanted:
    """Whom and which year we ask for."""

    id_kind: str
    id_number: str
    name: str
    year: int


@dataclass(frozen=True)
class Page:
    records: list[Reported]
    next: str | None


def read(body: bytes, wanted: Wanted) -> Page:
    """One page. Records that are not of the person and year that we asked for are left out. Raises Garbled."""
    try:
        found = json.loads(body.decode(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Garbled("not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("records"), list) or "next" not in found:
        raise Garbled("no records")
    cursor = found["next"]
    if cursor is not None and not (isinstance(cursor, str) and 0 < len(cursor) <= LONGEST_CURSOR):
        raise Garbled("next")
    rows = [_record(place, each, wanted) for place, each in enumerate(found["records"], start=1)]
    return Page([row for row in rows if row is not None], cursor)


def newest(records: Iterable[Reported]) -> list[Reported]:
    """Each record once, in its highest version, in the order of their numbers."""
    found: dict[str, Reported] = {}
    for each in records:
        known = found.get(each.number)
        if known is None or (known.version or 0) < (each.version or 0):
            found[each.number] = each
    return [found[number] for number in sorted(found)]


def _record(place: int, raw: Any, wanted: Wanted) -> Reported | None:
    if not isinstance(raw, dict):
        raise Garbled(f"record {place}")
    for key in TEXTS:
        if not isinstance(raw.get(key), str):
            raise Garbled(f"record {place}: {key}")
    _moment(place, raw["updated_at"])
    typed = {
        "number": raw["id"],
        "id_kind": raw["id_kind"],
        "id_number": raw["id_number"],
        "name": raw["name"],
        "year": _whole(place, raw, "year", 1900, 2999),
        "category": raw["category"],
        "hours": _hours(place, raw.get("hours")),
        "title": raw["title"],
        "completed_on": _day(place, raw["completed_on"]),
    }
    version = _whole(place, raw, "version", 1, MOST_VERSIONS)
    if raw["status"] not in ("valid", "withdrawn"):
        raise Garbled(f"record {place}: status")
    row, faults = judged(place, typed)
    if row is None:
        raise Garbled(f"record {place}: {faults[0].field}")
    if _whose(row) != (IdKind(wanted.id_kind).indexed_as, wanted.id_number, wanted.year):
        log.error("platform_gave_another_record", number=row.number)  # told to nobody, kept nowhere
        return None
    return replace(row, version=version, withdrawn=raw["status"] == "withdrawn")


def _whose(row: Reported) -> tuple[str, str, int]:
    return IdKind(row.id_kind).indexed_as, row.id_number, row.year


def _whole(place: int, raw: dict[str, Any], key: str, least: int, most: int) -> int:
    value = raw.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Garbled(f"record {place}: {key}")
    return value


def _hours(place: int, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Garbled(f"record {place}: hours")
    return Decimal(value)


def _day(place: int, text: str) -> Any:
    try:
        return read_date("completed_on", "completed_on", text)
    except RuleInputError as error:
        raise Garbled(f"record {place}: completed_on") from error


def _moment(place: int, text: str) -> None:
    try:
        if datetime.fromisoformat(text).tzinfo is None:
            raise ValueError("no zone")
    except ValueError as error:
        raise Garbled(f"record {place}: updated_at") from error


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
