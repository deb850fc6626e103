"""卡点: the cases that nobody can take further and that the actor's unit can cure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, FilingSession
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Unit

PAGE, MOST_COUNTED = 50, 999
LISTED = (
    "SELECT id, unit, why, arrived_at, name, unit_name, session_name, review_until "
    "FROM cases_to_cure(%s, %s, %s, %s, %s)"
)


@dataclass(frozen=True)
class Stuck:
    """One case that nobody can take further: where it lies, since when, and why. The name is to be masked."""

    pk: UUID
    unit_id: UUID
    why: Why
    arrived_at: datetime
    name: str
    unit: str
    session: str
    review_until: datetime


def listed(actor: Actor, *, why: str = "", text: str = "", after: UUID | None = None) -> list[Stuck]:
    """The longest waiting first, one more than a page; `text` is part of the unit's name."""
    if actor.unit_id is None:
        return []
    rows = deciders.ask(LISTED, [why, text.replace("\0", ""), after, PAGE + 1, clock.now()])
    return [Stuck(row[0], row[1], Why(row[2]), *row[3:]) for row in rows]


def count(actor: Actor) -> int:
    """How many there are, up to MOST_COUNTED + 1."""
    if actor.unit_id is None:
        return 0
    return int(deciders.ask("SELECT cases_to_cure_counted(%s, %s)", [MOST_COUNTED + 1, clock.now()])[0][0])


def reasons_at(unit: Unit) -> dict[Why | None, int]:
    """How many cases lie with a unit now, by why nobody can take them further (None: somebody can)."""
    return _by_reason("SELECT why, cases FROM reasons_at_unit(%s, %s)", unit.pk)


def reasons_in(session: FilingSession) -> dict[Why | None, int]:
    """The same of a session."""
    return _by_reason("SELECT why, cases FROM reasons_in_session(%s, %s)", session.pk)


def _by_reason(sql: str, subject: UUID) -> dict[Why | None, int]:
    rows = deciders.ask(sql, [subject, clock.now()])
    return {Why(why) if why else None: number for why, number in rows}


def case_to_cure(actor: Actor, pk: UUID, *, lock: bool = False) -> tuple[Application, Why | None]:
    """A case in review that the actor's unit can cure, and why it is stuck. Raises NotYours.

    Asked of the database: a unit that cures a case need not take part in it yet. What the pages show of it is
    masked until the unit has taken it over.
    """
    if actor.unit_id is None:
        raise NotYours
    found = list(Application.objects.raw("SELECT * FROM case_to_cure(%s, %s)", [pk, lock]))
    if not found:
        raise NotYours
    prefetch_related_objects(found, "session", "current_unit__parent", "region", "standing_for")
    why = deciders.ask("SELECT why_to_cure(%s, %s)", [pk, clock.now()])[0][0]
    return found[0], Why(why) if why else None
