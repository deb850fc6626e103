"""Reads across all apps of what is kept about the person who asks. Each starts from the actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, prefetch_related_objects

from applications.models import Application
from applications.queries import mine
from applications.states import IN_REVIEW, State
from cehours.lib.masking import mask_name
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.models import DataRequest, Event
from organizations.registry import data_requests
from review.models import Absence, SavedView
from training.models import RecognisedHours

LOOKED = "id_number_viewed"
SHOWN = 50  # looks on the page; the archive holds all of them


@dataclass(frozen=True)
class Look:
    """Somebody saw the full identity number: which unit, which person (masked), when, and over what."""

    at: datetime
    unit: str
    who: str
    over: str


def cases(actor: Actor) -> QuerySet[Application]:
    """The person's applications with the number of their years and papers."""
    counted = mine(actor).annotate(
        year_count=Count("years", distinct=True), paper_count=Count("evidence", distinct=True)
    )
    return counted.order_by("-created_at", "-id")


def notes_on(case: Application) -> list[datetime]:
    """When units noted something on a case for themselves: the days, and not a word of it (A84)."""
    events = Event.objects.filter(subject=Application.SUBJECT, subject_id=case.pk, act="noted")
    return list(events.order_by("seq").values_list("at", flat=True))


def absences(actor: Actor) -> list[Absence]:
    """请假 that the account entered, at whatever unit it works or worked; the rows themselves are the unit's."""
    found = list(Absence.objects.raw("SELECT * FROM own_absences() ORDER BY first_day, id"))
    prefetch_related_objects(found, "unit")
    return found


def saved_views(actor: Actor) -> list[SavedView]:
    """常用查询 of the account. What they look for may be somebody else's, so only their names are told."""
    return list(SavedView.objects.filter(user=actor.user))


def looks(actor: Actor, limit: int | None = None) -> list[Look]:
    """Every look at the person's full identity number by somebody else, newest first."""
    subjects: dict[UUID, str] = {
        pk: f"审核“{name}”" for pk, name in mine(actor).order_by().values_list("pk", "session__name")
    }
    requests = data_requests.mine(actor).order_by()
    subjects.update((pk, "办理更正申请") for pk in requests.values_list("pk", flat=True))
    events = (
        Event.objects.filter(
            Q(subject=Application.SUBJECT) | Q(subject=DataRequest.SUBJECT),
            act=LOOKED,
            subject_id__in=list(subjects),
        )
        .select_related("unit", "user")
        .order_by("-at", "-id")
    )
    return [
        Look(
            event.at,
            event.unit.name if event.unit else "",
            mask_name(event.user.display_name) if event.user else "",
            subjects[event.subject_id],
        )
        for event in (events[:limit] if limit else events)
    ]


def unfiled(actor: Actor) -> list[Application]:
    """Drafts that were never submitted: nobody but the person has seen them."""
    return list(mine(actor).filter(state=State.DRAFT, revision=0))


def in_review(actor: Actor) -> list[Application]:
    """Applications that lie with a reviewer now."""
    return list(mine(actor).filter(state__in=IN_REVIEW))


def is_kept_by_law(actor: Actor) -> bool:
    """Whether anything of the person must be kept: submitted files, certificates, hours, decisions of theirs."""
    if actor.person_id is None:
        return False
    if mine(actor).exclude(state=State.DRAFT, revision=0).exists():
        return True
    if Certificate.objects.filter(person_id=actor.person_id).exists():
        return True
    if RecognisedHours.objects.filter(person_id=actor.person_id).exists():
        return True
    with connection.cursor() as cursor:  # what they decided for a unit is not theirs to see
        cursor.execute("SELECT i_decided(NULL, NULL)")
        return bool(cursor.fetchone()[0])
