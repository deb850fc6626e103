"""Reads of the reviewers' side: one case, and what a person keeps of the lists. Lists: review.lists.queries."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from applications import queries as applications
from applications.models import Application
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Membership
from review import visibility
from review.models import (
    Absence,
    Claim,
    ExportJob,
    HeldDecision,
    HeldState,
    ListKind,
    ListSettings,
    Note,
    SavedView,
)


def case_for(actor: Actor, pk: UUID, *, lock: bool = False) -> Application:
    """A case in which the actor's unit takes or took part; `lock` holds its row until the act is done.

    Raises NotYours.
    """
    if actor.unit_id is None:
        raise NotYours
    cases = applications.visible_to(actor).select_related(
        "session",
        "employer",
        "current_unit__parent",
        "current_unit__region",
        "standing_for__parent",
        "region",
    )
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.filter(pk=pk).exclude(revision=0).first()
    if case is None:
        raise NotYours
    return visibility.as_it_left(actor, case)


def held_of(case: Application) -> HeldDecision | None:
    """The decision of the actor's unit on this very version that has not taken effect yet."""
    waiting = HeldDecision.objects.filter(application=case, seen=case.version, state=HeldState.WAITING)
    return waiting.select_related("next_unit").first()


def claimed_by_other(actor: Actor, case: Application) -> Claim | None:
    """A colleague's claim on a case that has not run out."""
    claims = Claim.objects.filter(Q(unit_id=actor.unit_id), application=case, until__gt=clock.now())
    return claims.exclude(Q(user_id=actor.user_id)).first()


def notes_of(actor: Actor, case: Application) -> QuerySet[Note]:
    """What the actor's unit wrote down on a case for itself, the oldest first."""
    return Note.objects.filter(Q(unit_id=actor.unit_id), application=case)


def held_by(actor: Actor) -> QuerySet[HeldDecision]:
    """Everything this person decided under this hat with a delay."""
    if actor.user_id is None or actor.unit_id is None:
        return HeldDecision.objects.none()
    return HeldDecision.objects.filter(user_id=actor.user_id, unit_id=actor.unit_id)


def my_held(actor: Actor) -> QuerySet[HeldDecision]:
    """待生效: what can still be taken back, the next to take effect first."""
    mine = held_by(actor).filter(state=HeldState.WAITING)
    return mine.select_related("application", "next_unit").order_by("effective_at", "pk")


def colleagues(actor: Actor) -> QuerySet[Membership]:
    """Who decides at the actor's unit, the actor too, with their accounts."""
    members = Membership.objects.filter(Q(unit_id=actor.unit_id), user__is_active=True)
    return members.select_related("user").order_by("user__display_name", "pk")


def absences(actor: Actor) -> QuerySet[Absence]:
    """Who of the unit is or will be away, and who stands in."""
    coming = Absence.objects.filter(Q(unit_id=actor.unit_id), last_day__gte=clock.today())
    return coming.select_related("user", "deputy")


def list_settings_of(actor: Actor, kind: ListKind) -> ListSettings | None:
    """The columns and density this person chose for a list, or None."""
    return ListSettings.objects.filter(user=actor.user, kind=kind).first() if actor.user else None


def saved_views_of(actor: Actor, kind: ListKind) -> list[SavedView]:
    """This person's 常用查询 of a list, in the order in which they were saved."""
    return list(SavedView.objects.filter(user=actor.user, kind=kind)) if actor.user else []


def exports_of(actor: Actor) -> QuerySet[ExportJob]:
    """The files this person asked for under this unit's hat, newest first."""
    if actor.user is None or actor.unit is None:
        return ExportJob.objects.none()
    return ExportJob.objects.filter(user=actor.user, unit=actor.unit)


def export_for(actor: Actor, pk: UUID, *, lock: bool = False) -> ExportJob:
    """One of them. Raises NotYours."""
    jobs = exports_of(actor)
    job = (jobs.select_for_update(of=("self",)) if lock else jobs).filter(pk=pk).first()
    if job is None:
        raise NotYours("没有找到该导出文件。")
    return job


def wearing(user_id: int, unit_id: UUID) -> Actor | None:
    """The actor of an account under a unit's hat, if it is still worn; asked when an act of theirs takes effect."""
    membership = (
        Membership.objects.select_related("user", "unit")
        .filter(user_id=user_id, unit_id=unit_id, user__is_active=True, unit__active=True)
        .first()
    )
    return Actor.of(membership.user, membership) if membership else None
