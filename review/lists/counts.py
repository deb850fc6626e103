"""The numbers above the lists, in one question each that stops counting at a cap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import (
    QuerySet,
)

from applications.states import State
from organizations.acting.actor import Actor
from review.cases.waiting import LATE, waiting_since
from review.lists import queries
from review.lists.criteria import ListCriteria

MOST_COUNTED = 999  # beyond, the pages say 999+: an exact count of a million rows is worth nobody's wait
IN_DESK = "current_unit_id = %(unit)s AND state IN ('employer_review', 'department_review', 'bureau_review')"
IN_CLEAN, IN_WARNED = "(years_met AND warnings = 0)", "NOT (years_met AND warnings = 0)"


@dataclass(frozen=True)
class Counts:
    """How many cases lie on the desk, each counted up to MOST_COUNTED + 1: all, by warnings, late, by step."""

    all: int
    clean: int
    warned: int
    late: int
    employer: int = 0
    department: int = 0


@dataclass(frozen=True)
class Done:
    """How many decisions the unit took, by outcome, and how many cases were withdrawn from it; capped alike."""

    all: int
    approved: int
    returned: int
    rejected: int
    withdrawn: int


def inbox(actor: Actor) -> Counts:
    """The numbers above 待办, in one question that stops counting at the cap. Steps only for units that have two."""
    parts = [IN_DESK, f"{IN_DESK} AND {IN_CLEAN}", f"{IN_DESK} AND {IN_WARNED}",
             f"{IN_DESK} AND arrived_at < %(late)s"]  # fmt: skip
    if not actor.is_bureau:
        parts += [
            f"{IN_DESK} AND state = '{state}'" for state in (State.EMPLOYER_REVIEW, State.DEPARTMENT_REVIEW)
        ]
    numbers = _each_capped([f"applications_application WHERE {part}" for part in parts], actor)
    return Counts(*numbers)


def inbox_matching(actor: Actor, criteria: ListCriteria) -> Counts:
    """The numbers above 待办 under the other conditions that are set."""
    views = [replace(criteria, view=view) for view in ("", "clean", "warned", "late")]
    steps = [
        replace(criteria, step=state.value) for state in (State.EMPLOYER_REVIEW, State.DEPARTMENT_REVIEW)
    ]
    asked = views if actor.is_bureau else [*views, *steps]
    return Counts(*(capped(queries.matching(actor, each)) for each in asked))


def handled_matching(actor: Actor, criteria: ListCriteria) -> Done:
    """The numbers above 已办 under the other conditions that are set."""
    asked = [replace(criteria, outcome=outcome) for outcome in ("", "approved", "returned", "rejected")]
    numbers = [capped(queries.handled_matching(actor, each)) for each in asked]
    numbers.append(capped(queries.withdrawn_matching(actor, replace(criteria, outcome=""))))
    return Done(*numbers)


def handled(actor: Actor) -> Done:
    """The numbers above 已办."""
    decisions = "applications_decision WHERE unit_id = %(unit)s"
    parts = [
        decisions,
        *(f"{decisions} AND outcome = '{key}'" for key in ("approved", "returned", "rejected")),
    ]
    return Done(*_each_capped([*parts, "review_withdrawal WHERE unit_id = %(unit)s"], actor))


def _each_capped(parts: list[str], actor: Actor) -> list[int]:
    limit = MOST_COUNTED + 1
    counted = (f"(SELECT count(*) FROM (SELECT FROM {part} LIMIT {limit}) AS t)" for part in parts)  # noqa: S608 -- constants
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counted)}", {"unit": actor.unit_id, "late": waiting_since(LATE)})
        return list(cursor.fetchone())


def capped(rows: QuerySet[Any, Any], most: int | None = None) -> int:
    """How many rows there are, up to `most` + 1, at first MOST_COUNTED + 1."""
    return rows.order_by()[: (MOST_COUNTED if most is None else most) + 1].count()
