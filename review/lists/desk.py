"""The unit's desk beside the lists: what a case page shows of waiting and identity, and which case comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists

from applications.models import Application
from applications.models.application import NOBODY, UNIT_KEY
from cehours.lib import paging
from organizations.acting.actor import Actor
from organizations.registry import identity
from review.cases.waiting import Waiting, waiting
from review.lists import queries
from review.lists import rows as listing
from review.lists.criteria import ListCriteria


def waiting_of(case: Application, now: datetime) -> Waiting:
    assert case.arrived_at is not None
    return waiting(case.arrived_at, now, case.session.review_until)


def masked_id(case: Application) -> str:
    """First and last character only: who needs the whole number asks for it, and the look is put on record."""
    return listing.masked_id(case.id_cipher, case.pk)


def full_id(case: Application) -> str:
    """The whole number; the page that shows it puts the look on record."""
    return identity.shown(case.id_cipher, table="application", pk=case.pk)


@dataclass(frozen=True)
class Next:
    """下一件, None when there is none; `beyond`: nothing of the list's part is left, so the whole list was asked."""

    case: Application | None
    beyond: bool = False


def next_case(actor: Actor, after: Application, criteria: ListCriteria, sort: str = "") -> Next:
    """The next case of this part of the desk that this person may decide, from the top again after the last.

    `sort`: the list's order, a key of `queries.ORDERS`. When the part is used up, the next one of the whole desk.
    """
    me = actor.person_id
    if me is None or actor.unit_id is None:
        return Next(None)
    order = queries.ORDERS[sort]
    place = _place_in_line(me, actor.unit_id, after, order)
    found = _next(actor, me, after, place, criteria, order)
    if found is not None or criteria == ListCriteria():
        return Next(found)
    return Next(_next(actor, me, after, place, ListCriteria(), order), beyond=True)


def _next(
    actor: Actor, me: UUID, after: Application, place: Any, criteria: ListCriteria, order: str
) -> Application | None:
    cases = queries.matching(actor, criteria).exclude(pk=after.pk)
    cases = cases.exclude(person_id=me).exclude(queries.decided_by(me))
    cases = cases.exclude(Exists(queries.waiting_decision())).exclude(Exists(queries.claims_of_others(actor)))
    cases = cases.alias(unit_key=UNIT_KEY).order_by(order, "pk")
    if place is None:
        return cases.first()
    return paging.beyond(cases, order=order, value=place, pk=after.pk).first() or cases.first()


def _place_in_line(me: UUID, unit_id: UUID, case: Application, order: str) -> Any:
    """What the list goes by, of a case on the desk or of one that lay there before this person decided it."""
    decision = (
        case.decisions.filter(revision=case.revision, unit_id=unit_id, person_id=me).order_by("hop").last()
    )
    if decision is None and case.current_unit_id != unit_id:
        return None
    return {
        "arrived_at": decision.arrived_at if decision is not None else case.arrived_at,
        "submitted_at": case.submitted_at,
        "unit_key": case.employer_id or NOBODY,
        "pinyin": case.pinyin,
    }[order]
