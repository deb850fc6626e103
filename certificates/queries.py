"""Reads of certificates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from applications.models import Application, Decision, Outcome
from applications.queries import mine
from applications.states import State
from cehours.lib.masking import mask_name
from certificates.models import Certificate, CertificateState
from certificates.sheet import Sheet
from organizations.actor import Actor
from organizations.errors import NotYours


@dataclass(frozen=True)
class Verified:
    """What the public may learn: what the paper says, with the name masked, and whether it still stands."""

    sheet: Sheet
    state: str
    issued_at: datetime

    @property
    def stands(self) -> bool:
        return self.state == CertificateState.READY


def of(actor: Actor) -> QuerySet[Certificate]:
    """The person's own certificates, newest first."""
    if not actor.is_applicant or actor.person_id is None:
        return Certificate.objects.none()
    return Certificate.objects.filter(person_id=actor.person_id).select_related("issued_by")


def visible_to(actor: Actor) -> QuerySet[Certificate]:
    """The person's own certificates, or those of cases on which the actor's unit took part."""
    if actor.unit_id is None:
        return of(actor)
    return Certificate.objects.filter(application__participants__unit_id=actor.unit_id)


def one(actor: Actor, pk: UUID) -> Certificate:
    certificate = visible_to(actor).filter(pk=pk).first()
    if certificate is None:
        raise NotYours("没有找到该学时认定单。")
    return certificate


def live(case: Application, from_year: int, to_year: int) -> Certificate | None:
    """The certificate of this range that rests on this approval and is not revoked."""
    rows = Certificate.objects.filter(application=case, from_year=from_year, to_year=to_year)
    return rows.exclude(state=CertificateState.REVOKED).first()


def approvals(actor: Actor) -> QuerySet[Decision]:
    """The final decisions on the person's approved applications, newest first, with what they recognised."""
    return (
        Decision.objects.filter(
            application__in=mine(actor).filter(state=State.APPROVED).order_by(),
            outcome=Outcome.APPROVED,
            next_unit=None,
        )
        .select_related("application__session", "unit")
        .prefetch_related("assessments")
        .order_by("-decided_at", "-id")
    )


def approved_years(actor: Actor) -> list[int]:
    """The years that the person's approved applications cover, in order."""
    return sorted({row.year for decision in approvals(actor) for row in decision.assessments.all()})


def verify(number: str, name: str) -> Verified | None:
    """Whether number and name belong together; None tells nothing about which of them is wrong."""
    return _verified("SELECT * FROM certificate_for(%s, %s)", [number, name])


def verify_token(token: str) -> Verified | None:
    """The certificate whose QR code carries this token."""
    return _verified("SELECT * FROM certificate_with_token(%s)", [token])


def _verified(sql: str, parameters: list[str]) -> Verified | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    if row is None or row[1] == CertificateState.PENDING:  # not printed yet, so nobody can hold it
        return None
    sheet = Sheet.from_json(row[0])
    return Verified(replace(sheet, name=mask_name(sheet.name)), row[1], row[2])
