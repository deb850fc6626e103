"""Reads of the reviewers' side: one case, and what a person keeps of the lists. Lists: review.lists.queries."""

from __future__ import annotations

from uuid import UUID

from django.db.models import (
    QuerySet,
)

from applications import queries as applications
from applications.models import Application
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from review import visibility
from review.models import ExportJob, ListKind, ListSettings, SavedView


def case_for(actor: Actor, pk: UUID, *, lock: bool = False) -> Application:
    """A case in which the actor's unit takes or took part; `lock` holds its row until the act is done.

    Raises NotYours.
    """
    if actor.unit_id is None:
        raise NotYours
    cases = applications.visible_to(actor).select_related(
        "session", "employer", "current_unit__parent", "region"
    )
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.filter(pk=pk).exclude(revision=0).first()
    if case is None:
        raise NotYours
    return visibility.as_it_left(actor, case)


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
