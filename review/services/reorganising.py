"""Units change while cases run: what lies on a merged unit's desk goes on with its successor."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from organizations.acting.actor import Actor
from organizations.models import Unit
from organizations.services import units
from training import services as training


def running_cases(unit: Unit) -> int:
    """How many cases lie with a unit now, whoever asks; a number only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_running_at(%s)", [unit.pk])
        return int(cursor.fetchone()[0])


@transaction.atomic
def merge_unit(*, actor: Actor, unit_id: UUID, into_id: UUID, seen: int) -> tuple[Unit, int]:
    """合并单位: the successor holds the cases of the closed unit, at the step where they stand, and its plans.

    Decisions made stay on record under the old name, and frozen revisions keep it. Returns the successor and
    how many cases moved. Raises NotYours, Stale, NotAllowed naming the field.
    """
    closed, successor = units.merge_unit(actor=actor, unit_id=unit_id, into_id=into_id, seen=seen)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_follow_merger(%s, %s)", [closed.pk, successor.pk])
        moved = int(cursor.fetchone()[0])
    training.follow_merger(closed, successor)
    return successor, moved
