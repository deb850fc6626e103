"""Whose a record is, and the hours it stands for: set by set, as a task of ours.

A record counts only where identity number and folded name fit one registered person. What waits is asked again when
somebody registers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from cehours.lib import clock

# A record as it stands for the person whose number it has, if anybody.
FITS = "p.id IS NOT NULL AND name_key(p.name) = name_key(r.name) AND name_key(r.name) <> ''"
STATE = f"""CASE WHEN p.id IS NULL THEN 'waiting' WHEN {FITS} THEN 'counted' ELSE 'mismatch' END"""

# The newest version of each record of a delivery; one that came later and was taken up before stays.
ENTER = f"""
INSERT INTO training_recordstanding AS s (id, provider_id, number, record_id, version, state, id_index, person_id,
    category, since, accepted, reason)
SELECT gen_random_uuid(), r.provider_id, r.number, r.id, r.version,
    CASE WHEN r.withdrawn THEN 'withdrawn' WHEN r.flags <> '{{}}' THEN 'flagged' ELSE {STATE} END, r.id_index,
    CASE WHEN NOT r.withdrawn AND r.flags = '{{}}' AND {FITS} THEN p.id END, r.category, %(now)s, NULL, ''
FROM training_learningrecord r LEFT JOIN organizations_person p ON p.id_index = r.id_index
WHERE r.delivery_id = %(delivery)s ORDER BY r.number
ON CONFLICT (provider_id, number) DO UPDATE SET record_id = excluded.record_id, version = excluded.version,
    state = excluded.state, id_index = excluded.id_index, person_id = excluded.person_id, since = excluded.since,
    category = excluded.category, accepted = NULL, reason = '', decided_at = NULL, decided_by_id = NULL
    WHERE s.version < excluded.version
"""  # noqa: S608 -- no input
# Those that waited, asked again.
ASK_AGAIN = f"""
UPDATE training_recordstanding s SET state = {STATE}, person_id = CASE WHEN {FITS} THEN p.id END, since = %(now)s
FROM training_learningrecord r LEFT JOIN organizations_person p ON p.id_index = r.id_index
WHERE s.id = ANY(%(standings)s::uuid[]) AND s.record_id = r.id
"""  # noqa: S608 -- no input
HELD = """
SELECT s.id, h.person_id, h.year, h.category, h.hours FROM training_recordstanding s
JOIN training_recognisedhours h ON h.id = s.recognised_id WHERE s.id = ANY(%(standings)s::uuid[]) AND h.valid
"""
# Before any changes, in the order in which whoever approves a case holds them: else each could wait for the other.
HOLD = """
SELECT h.id FROM training_recognisedhours h WHERE h.id IN (
    SELECT s.recognised_id FROM training_recordstanding s WHERE s.id = ANY(%(standings)s::uuid[])
    UNION ALL
    SELECT g.id FROM training_recordstanding s JOIN training_provider v ON v.id = s.provider_id
    JOIN training_recognisedhours g
        ON g.person_id = s.person_id AND g.source = v.source AND g.number = v.code || '-' || s.number
    WHERE s.id = ANY(%(standings)s::uuid[])
) ORDER BY h.id FOR NO KEY UPDATE
"""
# What no longer stands for what was entered falls; the row stays, since applications point at it.
FALL = """
UPDATE training_recognisedhours h SET valid = false
FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
WHERE s.id = ANY(%(standings)s::uuid[]) AND h.id = s.recognised_id AND h.valid
  AND (s.state <> 'counted' OR (h.person_id, h.year, h.category) IS DISTINCT FROM (s.person_id, r.year, s.category))
"""
COUNT = """
WITH counted AS (
    SELECT s.id, s.person_id, r.year, s.category, r.hours, v.source, v.code || '-' || s.number AS number, r.title
    FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
    JOIN training_provider v ON v.id = s.provider_id
    WHERE s.id = ANY(%(standings)s::uuid[]) AND s.state = 'counted'
), entered AS (
    INSERT INTO training_recognisedhours (id, person_id, year, category, hours, source, number, title, valid,
        recorded_at)
    SELECT gen_random_uuid(), person_id, year, category, hours, source, number, title, true, %(now)s FROM counted
    ON CONFLICT (person_id, source, number, year, category) DO UPDATE
        SET hours = excluded.hours, title = excluded.title, valid = true
    RETURNING id, person_id, number
)
UPDATE training_recordstanding s SET recognised_id = entered.id
FROM counted JOIN entered USING (person_id, number)
WHERE s.id = counted.id AND s.recognised_id IS DISTINCT FROM entered.id
"""
OF_DELIVERY = """
SELECT s.id FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
WHERE r.delivery_id = %(delivery)s ORDER BY s.id FOR UPDATE OF s
"""
# Standings that an older delivery made and this one is about to move.
BEFORE = """
SELECT s.id FROM training_learningrecord r JOIN training_recordstanding s USING (provider_id, number)
WHERE r.delivery_id = %(delivery)s ORDER BY s.id FOR UPDATE OF s
"""


@dataclass(frozen=True, slots=True)
class Entered:
    """Hours that stand on record for a person by one record."""

    person: UUID
    year: int
    category: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one record's hours: `before` or `after` is None where there were none."""

    before: Entered | None
    after: Entered | None


def take_up(delivery: UUID) -> list[Change]:
    """Enters how each record of a delivery stands, and its hours; returns what changed on record."""
    facts = {"delivery": delivery, "now": clock.now()}
    held = _held(_ids(BEFORE, facts))
    _run(ENTER, facts)
    standings = _ids(OF_DELIVERY, facts)
    _count(standings)
    return list(_changes(held, _held(standings)))


def ask_again(standings: Collection[UUID]) -> list[Change]:
    """Looks for the people of records that waited or were accepted. The caller holds the rows' locks."""
    facts = {"standings": list(standings), "now": clock.now()}
    held = _held(standings)
    _run(ASK_AGAIN, facts)
    _count(standings)
    return list(_changes(held, _held(standings)))


def count_accepted(standing: UUID) -> tuple[str, list[Change]]:
    """How a record stands that the acting bureau took over just now, and what changed on record by it.

    The database does it: people and their hours are nobody's to look for.
    """
    sql = "SELECT * FROM accepted_record_counts(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [standing, clock.now()])
        state, *held = cursor.fetchone()
    before = Entered(*held[:4]) if held[0] else None
    after = Entered(*held[4:]) if held[4] else None
    return state, [Change(before, after)] if before != after else []


def _count(standings: Collection[UUID]) -> None:
    facts = {"standings": list(standings), "now": clock.now()}
    _run(HOLD, facts)
    _run(FALL, facts)
    _run(COUNT, facts)


def _held(standings: Collection[UUID]) -> dict[UUID, Entered]:
    return {row[0]: Entered(*row[1:]) for row in _run(HELD, {"standings": list(standings)})}


def _changes(before: dict[UUID, Entered], after: dict[UUID, Entered]) -> Iterator[Change]:
    for key in before.keys() | after.keys():
        change = Change(before.get(key), after.get(key))
        if change.before != change.after:
            yield change


def _ids(sql: str, facts: dict[str, Any]) -> list[UUID]:
    return [row[0] for row in _run(sql, facts)]


def _run(sql: str, facts: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return cursor.fetchall() if cursor.description else ()
