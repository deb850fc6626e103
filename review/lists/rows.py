"""The unit's lists in words: what a row says of a case, for pages and for exported files alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.models import Outcome
from applications.states import State
from cehours.lib import clock, masking
from organizations.acting.actor import Actor
from organizations.registry import identity
from review import permissions, visibility
from review.cases.waiting import Waiting, waiting

FREELANCE = "自由职业"  # where a unit would stand
MOVED_ON = "已重新提交，未到本单位"
TONES = {"approved": "done", "returned": "look", "rejected": "block"}


@dataclass(frozen=True)
class Row:
    """One case of 待办 as the list shows it; `says` is why this person may not decide it, or empty."""

    case: Any
    id_number: str
    state: str
    waiting: Waiting
    says: str


@dataclass(frozen=True)
class Past:
    """One case of 已办 or 已撤销 as it was filed here, what became of it here, and where it is now."""

    row: Any
    id_number: str
    employer: str
    series: str
    specialty: str
    region: str
    result: str
    tone: str
    now: str
    state: str
    where: str


def rows(actor: Actor, found: Iterable[Any]) -> Iterator[Row]:
    """Rows of queries.inbox_rows in words, one by one."""
    now = clock.now()
    for case in found:
        yield Row(
            case,
            masked_id(case.id_cipher, case.pk),
            State(case.state).label,
            waiting(case.arrived_at, now),
            why_not(actor, case, now),
        )


def why_not(actor: Actor, case: Any, now: datetime) -> str:
    """As the case page says it, from the columns of the list."""
    reason = permissions.why_person_may_not(
        actor.person_id, case.person_id, decided_before=case.decided_before
    )
    if reason:
        return reason
    open_now = case.session__opens_at <= now < case.session__review_until
    return "" if open_now else permissions.CLOSED


def past(found: Iterable[Any]) -> Iterator[Past]:
    """Rows of queries.handled_rows or withdrawn_rows in words, one by one."""
    return map(_past, found)


def _past(row: Any) -> Past:
    outcome = getattr(row, "outcome", "")
    filed = row.filed or {
        "employer": row.application__employer__name,
        "title_series": row.application__title_series,
        "specialty": row.application__specialty,
        "region": row.application__region__name,
    }
    return Past(
        row,
        masked_id(row.application__id_cipher, row.application_id),
        filed["employer"] or FREELANCE,
        filed["title_series"],
        filed["specialty"],
        filed["region"] or "",
        _result(row) if outcome else "申报人已撤销",
        TONES.get(outcome, "draft"),
        *_now(row),
    )


def _now(row: Any) -> tuple[str, str, str]:
    """(state, in words, unit) of the case; only that it was filed anew where it goes another way now."""
    names = row.application__employer__name, row.application__region__name
    if row.reached < row.application__revision and not visibility.same_way(row.filed, *names):
        return State.WITHDRAWN, MOVED_ON, ""
    state = State(row.application__state)
    return state, state.label, row.application__current_unit__name or ""


def _result(row: Any) -> str:
    if row.filing and row.outcome != Outcome.RETURNED:
        return "备案通过" if row.outcome == Outcome.APPROVED else "不予备案"
    return str(Outcome(row.outcome).label)


def masked_id(cipher: bytes | memoryview, pk: object) -> str:
    """First and last character only: a list is no reason to see the number."""
    return masking.mask_id(identity.unseal(cipher, table="application", pk=pk))
