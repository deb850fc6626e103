"""卡点: the cases that nobody can take further and that the actor's unit can cure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, FilingSession
from applications.states import IN_REVIEW
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.acting.scope import scope
from organizations.models import Unit

PAGE, MOST_COUNTED = 50, 999
# Once for each unit, not for each case; the database's own rule, which also guards what is written.
CURABLE = """a.current_unit_id IN (SELECT h.id FROM organizations_unit h WHERE unit_cures(%(me)s, h.id)
    AND (%(text)s = '' OR h.name_key LIKE '%%' || name_key(%(text)s) || '%%'))"""
LISTED = """
SELECT r.id, r.unit, r.why, r.arrived_at, a.name, u.name, s.name, s.review_until FROM reasons r
  JOIN applications_application a ON a.id = r.id JOIN organizations_unit u ON u.id = r.unit
  JOIN applications_filingsession s ON s.id = a.session_id
 WHERE r.why IS NOT NULL AND (%(why)s = '' OR r.why = %(why)s)
   AND (%(after)s::uuid IS NULL OR (r.arrived_at, r.id) > (
        SELECT b.arrived_at, b.id FROM applications_application b WHERE b.id = %(after)s::uuid))
 ORDER BY r.arrived_at, r.id LIMIT %(most)s
"""
COUNTED = "SELECT count(*) FROM (SELECT FROM reasons WHERE why IS NOT NULL LIMIT %(most)s) AS counted"


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
    values = {
        "me": actor.unit_id,
        "why": why,
        "text": text.replace("\0", ""),
        "after": after,
        "most": PAGE + 1,
    }
    rows = deciders.ask(LISTED, CURABLE, values)
    return [Stuck(row[0], row[1], Why(row[2]), *row[3:]) for row in rows]


def count(actor: Actor) -> int:
    """How many there are, up to MOST_COUNTED + 1."""
    if actor.unit_id is None:
        return 0
    values = {"me": actor.unit_id, "text": "", "most": MOST_COUNTED + 1}
    return int(deciders.ask(COUNTED, CURABLE, values)[0][0])


def reasons_at(unit: Unit) -> dict[Why | None, int]:
    """How many cases lie with a unit now, by why nobody can take them further (None: somebody can)."""
    return _by_reason("a.current_unit_id = %(subject)s", unit.pk)


def reasons_in(session: FilingSession) -> dict[Why | None, int]:
    """The same of a session."""
    return _by_reason("a.session_id = %(subject)s", session.pk)


def _by_reason(only: str, subject: UUID) -> dict[Why | None, int]:
    rows = deciders.ask("SELECT why, count(*) FROM reasons GROUP BY why", only, {"subject": subject})
    return {Why(why) if why else None: number for why, number in rows}


def case_to_cure(actor: Actor, pk: UUID, *, lock: bool = False) -> tuple[Application, Why | None]:
    """A case in review that the actor's unit can cure, and why it is stuck. Raises NotYours.

    Read as the system: a unit that cures a case need not take part in it yet. What the pages show of it is
    masked until the unit has taken it over.
    """
    if actor.unit_id is None:
        raise NotYours
    own = "a.id = %(case)s AND unit_cures(%(me)s, a.current_unit_id)"
    with scope(Actor.system(deciders.TASK)):
        cases = Application.objects.select_related(
            "session", "current_unit__parent", "region", "standing_for"
        )
        if lock:
            cases = cases.select_for_update(of=("self",))
        case = cases.filter(pk=pk, state__in=IN_REVIEW).first()
    found = deciders.ask("SELECT why FROM reasons", own, {"case": pk, "me": actor.unit_id})
    if case is None or not found:
        raise NotYours
    return case, Why(found[0][0]) if found[0][0] else None
