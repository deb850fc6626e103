"""The unit's desk beside the lists: what a case page shows of waiting and identity, and which case comes next."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from applications.models import Application, Decision
from organizations import identity
from organizations.actor import Actor
from review import listing, queries
from review.waiting import Waiting, waiting


def waiting_of(case: Application, now: datetime) -> Waiting:
    assert case.arrived_at is not None
    return waiting(case.arrived_at, now)


def masked_id(case: Application) -> str:
    """First and last character only: a list is no reason to see the number."""
    return listing.masked_id(case.id_cipher, case.pk)


def full_id(case: Application) -> str:
    """The whole number; the page that shows it puts the look on record."""
    return identity.unseal(bytes(case.id_cipher), table="application", pk=case.pk)


def next_case(actor: Actor, after: Application) -> Application | None:
    """下一件: the next case on the desk that this person may decide, from the top again after the last."""
    if actor.person_id is None:
        return None
    decided = Decision.objects.filter(
        application=OuterRef("pk"), revision=OuterRef("revision"), person_id=actor.person_id
    )
    cases = (
        queries.inbox(actor).exclude(pk=after.pk).exclude(person_id=actor.person_id).exclude(Exists(decided))
    )
    if after.current_unit_id == actor.unit_id and after.arrived_at is not None:
        later = Q(arrived_at__gt=after.arrived_at) | Q(arrived_at=after.arrived_at, pk__gt=after.pk)
        return cases.filter(later).first() or cases.first()
    return cases.first()
