"""The unit's desk as the pages show it: what is on it, how long it has waited, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from applications.models import Application, Decision
from applications.states import State
from cehours.lib import clock, masking
from organizations import identity
from organizations.actor import Actor
from review import acts, queries
from review.acts import Offer
from review.forms import InboxFilter

LATE, VERY_LATE = 5, 10  # workdays after which a case should be looked at, and has waited too long
CLEAN = Q(years_met=True, warnings=0)


@dataclass(frozen=True)
class Waiting:
    """How long a case has waited: a word, and a tone that is never the only sign."""

    says: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One case of 待办 as the list shows it."""

    case: Application
    id_number: str
    waiting: Waiting
    offer: Offer


@dataclass(frozen=True)
class Counts:
    """How many cases lie on the desk: all, without anything to look at, with warnings, late, by step."""

    all: int
    clean: int
    warned: int
    late: int
    employer: int
    department: int
    bureau: int


def waiting(arrived: datetime, now: datetime) -> Waiting:
    days = clock.workdays_between(arrived, now)
    if days <= 0:
        return Waiting("今天收到", "wait")
    if days < LATE:
        return Waiting(f"已 {days} 个工作日", "wait")
    if days < VERY_LATE:
        return Waiting(f"已 {days} 个工作日，请尽快", "look")
    return Waiting(f"已 {days} 个工作日，请立即办理", "block")


def waiting_since(workdays: int) -> datetime:
    """The moment before which a case must have arrived to have waited this many workdays by today."""
    day = clock.today()
    while workdays:
        workdays -= clock.is_workday(day)
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time.min, clock.SHANGHAI)


def counts(actor: Actor) -> Counts:
    """One query for every number above the list."""
    found = queries.inbox(actor).aggregate(
        all=Count("pk"),
        clean=Count("pk", filter=CLEAN),
        warned=Count("pk", filter=~CLEAN),
        late=Count("pk", filter=Q(arrived_at__lt=waiting_since(LATE))),
        employer=Count("pk", filter=Q(state=State.EMPLOYER_REVIEW)),
        department=Count("pk", filter=Q(state=State.DEPARTMENT_REVIEW)),
        bureau=Count("pk", filter=Q(state=State.BUREAU_REVIEW)),
    )
    return Counts(**found)


def filtered(actor: Actor, wanted: InboxFilter) -> QuerySet[Application]:
    """待办 as far as the filter asks for it."""
    cases = queries.inbox(actor).select_related("employer", "session", "current_unit")
    views = {"clean": CLEAN, "warned": ~CLEAN, "late": Q(arrived_at__lt=waiting_since(LATE))}
    if wanted.view_key:
        cases = cases.filter(views[wanted.view_key])
    if wanted.step_key:
        cases = cases.filter(state=wanted.step_key)
    if wanted.name_text:
        cases = cases.filter(name__icontains=wanted.name_text)
    if wanted.unit_text:
        cases = cases.filter(employer__name__icontains=wanted.unit_text)
    return cases


def rows(actor: Actor, cases: list[Application]) -> list[Row]:
    now = clock.now()
    open_acts = acts.offers(actor, cases)
    return [Row(case, masked_id(case), waiting_of(case, now), open_acts[case.pk]) for case in cases]


def waiting_of(case: Application, now: datetime) -> Waiting:
    assert case.arrived_at is not None
    return waiting(case.arrived_at, now)


def masked_id(case: Application) -> str:
    """First and last character only: a list is no reason to see the number."""
    return masking.mask_id(full_id(case))


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
