"""What the platform has on record: every version of every record, and pages of what one person learned in one year."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

Record = dict[str, Any]
BEIJING = timezone(timedelta(hours=8))
KINDS = ("resident", "residence", "passport", "hk_macao", "taiwan", "permanent")
RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,31}")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
CONTENT = ("id_kind", "id_number", "name", "year", "category", "hours", "title", "completed_on")
FIXED = ("id_kind", "id_number", "year")  # are never corrected: withdrawn, and entered anew under another id
MOST = 100
KEPT_FOR = 30 * 60  # seconds that a cursor is good
_SECRET = secrets.token_bytes(32)


class Bad(Exception):
    """What was sent is not as the contract has it; `errors` name the fields."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(str(errors))
        self.errors = list(errors)


class CursorExpired(Exception):
    """Too old, of another query, or none of ours."""


@dataclass(frozen=True)
class Query:
    """One person, one year, and the page that is asked for."""

    id_kind: str
    id_number: str
    name: str
    year: int
    cursor: str | None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Query":
        """Raises Bad."""
        errors = [*_person(raw), *_text(raw, "name", 60), *_year(raw)]
        cursor = raw.get("cursor")
        if cursor is not None and not (isinstance(cursor, str) and 1 <= len(cursor) <= 200):
            errors.append(_error("cursor", "应为上一页的 next 或 null。"))
        if errors:
            raise Bad(errors)
        return cls(raw["id_kind"], raw["id_number"], raw["name"], raw["year"], cursor)

    @property
    def whose(self) -> tuple[str, str, int]:
        return self.id_kind, self.id_number, self.year


@dataclass(frozen=True)
class Page:
    records: list[Record]
    next: str | None


class Store:
    """Records by id, each with all its versions, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Record]] = {}
        self._lock = threading.RLock()

    def load(self, records: Sequence[Record]) -> None:
        """Enters what stands there when the platform starts. Raises Bad."""
        with self._lock:
            for each in records:
                record = {"version": 1, "status": "valid", "updated_at": now(), **each}
                _check(record)
                self._versions[record["id"]] = [_ordered(record)]

    def put(self, records: Sequence[Record]) -> list[Record]:
        """Writes by id, all or none: a new one is version 1, a changed one the next. Raises Bad."""
        with self._lock:
            written = [self._next(each) for each in records]
            for record in written:
                self._append(record)
            return written

    def clear(self) -> None:
        with self._lock:
            self._versions.clear()

    def page(self, query: Query, *, size: int, duplicating: bool, stale: bool) -> Page:
        """A page by the order of the ids' bytes. Raises CursorExpired."""
        after = _opened(query) if query.cursor else ""
        if duplicating:  # each comes twice, and the last of the page before once more
            size = max(1, min(size, (MOST - 1) // 2))
        with self._lock:
            found = sorted(pk for pk, (*_, last) in self._versions.items() if _whose(last) == query.whose)
            ids = [pk for pk in found if pk > after]
            shown = [*found[: found.index(after) + 1][-1:]] if duplicating and after in found else []
            listed = [self._shown(pk, stale=stale)[-1] for pk in shown]
            for pk in ids[:size]:
                versions = self._shown(pk, stale=stale)
                # A corrected one shows its former version first.
                listed += [versions[-2:][0], versions[-1]] if duplicating else versions[-1:]
        more = len(ids) > size
        return Page([dict(each) for each in listed], _sealed(query, ids[size - 1]) if more else None)

    def halve(self, query: Query) -> None:
        """Corrects every valid record of this person and year to half its hours."""
        with self._lock:
            for *_, last in list(self._versions.values()):
                if _whose(last) == query.whose and last["status"] == "valid":
                    hours = max(0.5, int(last["hours"]) / 2)
                    self._append(
                        {**last, "hours": hours, "version": last["version"] + 1, "updated_at": now()}
                    )

    def _shown(self, pk: str, *, stale: bool) -> list[Record]:
        return self._versions[pk][:1] if stale else self._versions[pk]

    def _next(self, raw: Record) -> Record:
        if not isinstance(raw, dict):
            raise Bad([_error("records", "应为对象的数组。")])
        versions = self._versions.get(str(raw.get("id")), [])
        old = versions[-1] if versions else {"status": "valid", "version": 0, "updated_at": now()}
        given = {name: value for name, value in raw.items() if name in (*CONTENT, "id", "status")}
        record = {**old, **given}
        changed = {name for name in record if record[name] != old.get(name)}
        if versions and changed & set(FIXED):
            raise Bad([_error(name, "不能更正：请撤销后以新的 id 登记。") for name in changed & set(FIXED)])
        if changed:
            record |= {"version": int(str(old["version"])) + 1, "updated_at": now()}
        _check(record)
        return _ordered(record)

    def _append(self, record: Record) -> None:
        versions = self._versions.setdefault(record["id"], [])
        if not versions or versions[-1]["version"] < record["version"]:
            versions.append(record)


def now() -> str:
    return datetime.now(BEIJING).isoformat(timespec="seconds")


def _whose(record: Record) -> tuple[str, str, int]:
    return record["id_kind"], record["id_number"], record["year"]


def _ordered(record: Record) -> Record:
    return {name: record[name] for name in ("id", "version", "status", *CONTENT, "updated_at")}


def _mac(query: Query, after: str, at: str) -> str:
    said = json.dumps([*query.whose, query.name, after, at]).encode()
    return hmac.new(_SECRET, said, hashlib.sha256).hexdigest()[:32]


def _sealed(query: Query, after: str) -> str:
    at = str(int(time.time()))
    return base64.urlsafe_b64encode(f"{at} {_mac(query, after, at)} {after}".encode()).decode()


def _opened(query: Query) -> str:
    try:
        at, mac, after = base64.urlsafe_b64decode((query.cursor or "").encode()).decode().split(" ")
        good = hmac.compare_digest(mac, _mac(query, after, at)) and time.time() - int(at) <= KEPT_FOR
    except (ValueError, TypeError):
        good = False
    if not good:
        raise CursorExpired
    return after


def _check(record: Record) -> None:
    errors = [*_person(record), *_text(record, "name", 60), *_year(record), *_text(record, "category", 20)]
    errors += _text(record, "title", 120)
    if not (isinstance(record.get("id"), str) and ID.fullmatch(record["id"])):
        errors.append(_error("id", "应为 1 至 32 个字母、数字和 . _ : / -。"))
    hours = record.get("hours")
    if (
        isinstance(hours, bool)
        or not isinstance(hours, int | float)
        or not 0 <= hours <= 9999
        or hours * 2 % 1
    ):
        errors.append(_error("hours", "应为 0 至 9999 的数字，0.5 的整数倍。"))
    if record.get("status") not in ("valid", "withdrawn"):
        errors.append(_error("status", "应为 valid 或 withdrawn。"))
    version = record.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        errors.append(_error("version", "应为从 1 起的整数。"))
    if not _is_day(record.get("completed_on")):
        errors.append(_error("completed_on", "应为日期。"))
    if errors:
        raise Bad(errors)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _person(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    kind, number = raw.get("id_kind"), raw.get("id_number")
    if kind not in KINDS:
        return [_error("id_kind", "不是可以使用的证件类型。")]
    if not isinstance(number, str) or not 1 <= len(number) <= 40:
        return [_error("id_number", "应为 1 至 40 个字符。")]
    if kind == "resident" and not RESIDENT.fullmatch(number):
        return [_error("id_number", "居民身份证应为 18 位，末位 X 大写。")]
    return []


def _text(raw: Mapping[str, Any], name: str, longest: int) -> list[dict[str, str]]:
    value = raw.get(name)
    good = isinstance(value, str) and 1 <= len(value) <= longest
    return [] if good else [_error(name, f"应为 1 至 {longest} 个字符。")]


def _year(raw: Mapping[str, Any]) -> list[dict[str, str]]:
    year = raw.get("year")
    good = isinstance(year, int) and not isinstance(year, bool) and 1900 <= year <= 2999
    return [] if good else [_error("year", "应为 1900 至 2999 的整数。")]


def _error(name: str, detail: str) -> dict[str, str]:
    return {"field": name, "detail": detail}
