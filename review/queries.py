"""Reads of the reviewers' side: what lies on the unit's desk, and what has been there."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from applications import queries as applications
from applications.models import Application, Decision
from applications.states import IN_REVIEW
from organizations.actor import Actor
from organizations.errors import NotYours


def inbox(actor: Actor) -> QuerySet[Application]:
    """待办: cases that wait for the actor's unit, the longest waiting first.

    The states stand as literals in the WHERE, so that PostgreSQL can use the partial inbox index.
    """
    if actor.unit_id is None:
        return Application.objects.none()
    return Application.objects.filter(current_unit_id=actor.unit_id, state__in=IN_REVIEW).order_by(
        "arrived_at", "id"
    )


def handled(actor: Actor) -> QuerySet[Decision]:
    """已办: the decisions of the actor's unit, newest first."""
    if actor.unit_id is None:
        return Decision.objects.none()
    return (
        Decision.objects.filter(unit_id=actor.unit_id)
        .select_related("application", "application__employer", "application__current_unit", "next_unit")
        .order_by("-decided_at", "-id")
    )


def case_for(actor: Actor, pk: UUID) -> Application:
    """A case in which the actor's unit takes or took part. Raises NotYours."""
    if actor.unit_id is None:
        raise NotYours
    case = (
        applications.visible_to(actor)
        .select_related("session", "employer", "current_unit", "region")
        .filter(pk=pk)
        .exclude(revision=0)
        .first()
    )
    if case is None:
        raise NotYours
    return case
