"""Hours of training bases of people of public institutions, as the 公共机构学习平台 reads them (notice 三(三)).

A cursor is epoch, transaction and id of the last row that was read. Rows come by the transaction that changed them and
only below the oldest one that still runs, so none appears behind a reader.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from django.db import connection

from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.registry import identity
from training.feeds import queries
from training.models import Source

PAGE = 500
BAD = "游标不正确，请用上一页给出的 next；首次读取不写。"
OTHER = "系统已从备份恢复，原来的游标不能再用，请不写游标，从头读起。"
_CURSOR = re.compile(r"([0-9a-f]{16})\.([0-9]{1,19})\.([0-9a-f]{32})")
_FIRST = UUID(int=0)
# A restored database is another cluster, or another line of time of the same one.
EPOCH = "SELECT system_identifier, timeline_id FROM pg_control_system(), pg_control_checkpoint()"
CHANGED = "SELECT * FROM hours_for_platform(%s, %s, %s)"


class BadCursor(Refusal):
    """Not a cursor that we gave."""


class OtherEpoch(Refusal):
    """A cursor from before a restore."""


def changed_hours(actor: Actor, cursor: str) -> dict[str, Any]:
    """The next page after `cursor` ("" for the first). Raises NotYours, BadCursor, OtherEpoch."""
    if queries.own_provider(actor).source != Source.PLATFORM:
        raise NotYours(queries.NO_PROVIDER)
    epoch = _epoch()
    change, last = _place(cursor, epoch)
    with connection.cursor() as asked:
        asked.execute(CHANGED, [change, last, PAGE])
        names = [column.name for column in asked.description]
        rows = [dict(zip(names, row, strict=True)) for row in asked.fetchall()]
    if rows:
        change, last = rows[-1]["changed"], rows[-1]["id"]
    hours = [_shown(row) for row in rows]
    told = [each for each in hours if each["id_number"] != identity.DAMAGED]  # it is in the log
    return {"epoch": epoch, "hours": told, "next": f"{epoch}.{change}.{last.hex}"}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    number = identity.shown(row["id_cipher"], table="person", pk=row["person_id"])
    kept = ("id", "valid", "id_kind", "name", "year", "category", "hours", "number", "title")
    return {**{key: row[key] for key in kept}, "position": int(row["changed"]), "id_number": number}


def _place(cursor: str, epoch: str) -> tuple[str, UUID]:
    if not cursor:
        return "0", _FIRST
    match = _CURSOR.fullmatch(cursor)
    if match is None or int(match[2]) >= 2**63:
        raise BadCursor(BAD)
    if match[1] != epoch:
        raise OtherEpoch(OTHER)
    return match[2], UUID(match[3])


def _epoch() -> str:
    with connection.cursor() as cursor:
        cursor.execute(EPOCH)
        return hashlib.sha256(repr(cursor.fetchone()).encode()).hexdigest()[:16]
