"""Units change while cases run: what lies on a merged unit's desk goes on with its successor."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from applications.models import Application
from applications.states import IN_REVIEW
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Unit
from organizations.services import units
from training import services as training

TASK = "review.merge_unit"


def running_cases(unit: Unit) -> int:
    """How many cases lie with a unit now, whoever asks; a number only."""
    with scope(Actor.system(TASK)):
        return Application.objects.filter(current_unit=unit, state__in=IN_REVIEW).count()


@transaction.atomic
def merge_unit(*, actor: Actor, unit_id: UUID, into_id: UUID, seen: int) -> tuple[Unit, int]:
    """合并单位: the successor holds the cases of the closed unit, at the step where they stand, and its plans.

    Decisions made stay on record under the old name, and frozen revisions keep it. Returns the successor and
    how many cases moved. Raises NotYours, Stale, NotAllowed naming the field.
    """
    closed, successor = units.merge_unit(actor=actor, unit_id=unit_id, into_id=into_id, seen=seen)
    task = Actor.system(TASK)
    with scope(task):
        held = Application.objects.select_for_update(of=("self",)).filter(
            current_unit=closed, state__in=IN_REVIEW
        )
        moved = 0
        for case in held.order_by("pk"):
            case.current_unit = successor
            case.version += 1
            case.save(update_fields=["current_unit", "version"])
            audit.record(task, "unit_followed", case, unit=closed.pk, to=successor.pk)
            moved += 1
        training.follow_merger(task, closed, successor)
    return successor, moved
