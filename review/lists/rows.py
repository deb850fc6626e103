"""The unit's lists in words: what a row says of a case, for pages and for exported files alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import rules
from applications.filed.header import NO_EMPLOYER, HeaderField
from applications.filed.last_step import outcome_in_words
from applications.models import Outcome
from applications.states import State
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.registry import identity
from review import permissions, visibility
from review.cases.waiting import Waiting, waiting

Cells = tuple[tuple[HeaderField, str], ...]  # the shown fields of the header with their words
MOVED_ON = "已重新提交，未到本单位"
TONES = {"approved": "done", "returned": "look", "rejected": "block"}


@dataclass(frozen=True)
class Row:
    """One case of 待办 as the list shows it; `says` is why this person may not decide it, or empty."""

    case: Any
    cells: Cells
    state: str
    waiting: Waiting
    says: str


@dataclass(frozen=True)
class Past:
    """One case of 已办 or 已撤销 as it was filed here, what became of it here, and where it is now."""

    row: Any
    cells: Cells
    result: str
    tone: str
    now: str
    state: str
    where: str


def rows(actor: Actor, found: Iterable[Any], fields: Sequence[HeaderField]) -> Iterator[Row]:
    """Rows of queries.inbox_rows of these fields in words, one by one."""
    now = clock.now()
    for case in found:
        yield Row(
            case,
            tuple((field, _cell(field, getattr(case, field.column), case.pk)) for field in fields),
            State(case.state).label,
            waiting(case.arrived_at, now, case.session__review_until),
            why_not(actor, case, now),
        )


def why_not(actor: Actor, case: Any, now: datetime) -> str:
    """As the case page says it, from the columns of the list."""
    reason = permissions.why_person_may_not(
        actor.person_id, case.person_id, decided_before=case.decided_before
    )
    if not reason and case.held_by:
        reason = permissions.held_says(case.held_by, case.held_until)
    if reason:
        return reason
    open_now = case.session__opens_at <= now < case.session__review_until
    return "" if open_now else permissions.CLOSED


def past(found: Iterable[Any], fields: Sequence[HeaderField]) -> Iterator[Past]:
    """Rows of queries.handled_rows or withdrawn_rows of these fields in words, one by one."""
    return (_past(row, fields) for row in found)


def _past(row: Any, fields: Sequence[HeaderField]) -> Past:
    outcome = getattr(row, "outcome", "")
    return Past(
        row,
        tuple((field, _cell(field, _value(row, field), row.application_id)) for field in fields),
        _result(row) if outcome else "申报人已撤销",
        TONES.get(outcome, "draft"),
        *_now(row),
    )


def _value(row: Any, field: HeaderField) -> Any:
    """As it was filed here; a name or an identity number is the person's, whenever it was corrected."""
    if row.filed is None or field.key in ("name", "id_index"):
        return getattr(row, f"application__{field.column}")
    return row.filed.get(field.key, "")  # not asked then


def _cell(field: HeaderField, value: Any, case_id: UUID) -> str:
    if field.key == "id_index":
        return masked_id(value, case_id)
    return value or (NO_EMPLOYER if field.key == "employer" else "")


def _now(row: Any) -> tuple[str, str, str]:
    """(state, in words, unit) of the case; only that it was filed anew where it goes another way now."""
    names = row.application__employer__name, row.application__region__name
    if row.reached < row.application__revision and not visibility.same_way(row.filed, *names):
        return State.WITHDRAWN, MOVED_ON, ""
    state = State(row.application__state)
    # In the words of the decision that stands beside it: two for one thing would look like two things.
    words = Outcome.RETURNED.label if state == State.RETURNED else state.label
    return state, str(words), row.application__current_unit__name or ""


def _result(row: Any) -> str:
    policy = rules.load_policy(row.application__session__policy)
    return outcome_in_words(row.outcome, policy.filing(row.application__final_label) if row.filing else None)


def masked_id(cipher: bytes | memoryview, pk: object) -> str:
    """First and last character only: a list is no reason to see the number."""
    return identity.shown_masked(cipher, table="application", pk=pk)
