"""Issuing: the number, the frozen sheet, and the end of an earlier certificate of the same range."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from applications.filed.snapshot import Filed
from applications.models import Application, Decision
from applications.queries import mine
from applications.states import State
from cehours.lib import clock
from certificates import queries
from certificates.issuing import approved, numbering
from certificates.issuing.approved import Approved
from certificates.models import Certificate
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from training.models import RecognisedHours, Source


@transaction.atomic
def issue(*, actor: Actor, case: Application, decision: Decision, filed: Filed | None = None) -> Certificate:
    """Issues the certificate of the whole approved span, in the approving transaction.

    `filed`: the decided revision, where the caller holds it parsed already.

    Ends a live certificate of the same person and range (superseded), takes the number last, writes the
    recognised years into the person's record, and asks the outbox for the PDF. Nothing is rendered here.
    """
    if case.state != State.APPROVED:
        raise NotAllowed("该申报尚未审核通过，还不能出具学时认定单。")
    facts = approved.approved_facts(decision, filed)
    first, last = min(facts.years), max(facts.years)
    approved.must_be_met(facts.years, range(first, last + 1))
    certificate = _enter(actor, facts, first, last, by_approval=True)
    RecognisedHours.objects.bulk_create(
        RecognisedHours(
            person_id=case.person_id,
            year=year,
            category=category,
            hours=hours,
            source=Source.CERTIFICATE,
            number=certificate.number,
        )
        for year, row in facts.years.items()
        for category, hours in row.hours.items()
    )
    return certificate


@transaction.atomic
def issue_range(*, actor: Actor, from_year: int, to_year: int) -> Certificate:
    """The person's certificate of another range: the existing one, else one with the next number (A40).

    A live one that rests on an older approval is superseded. Raises NotAllowed naming the first year that is
    missing or not met.
    """
    # All the person's cases, in the order in which batches lock theirs: two clicks get the same number, and no
    # approval is added or revoked between what is read here and what is issued of it.
    list(mine(actor).select_for_update(of=("self",), no_key=True).order_by("pk"))
    facts = approved.approved_range(actor, from_year, to_year)
    known = queries.live(facts.application_id, from_year, to_year)
    return known or _enter(actor, facts, from_year, to_year)


def _enter(
    actor: Actor, facts: Approved, from_year: int, to_year: int, *, by_approval: bool = False
) -> Certificate:
    now = clock.now()
    year = clock.local(now).year
    token = secrets.token_urlsafe(24)
    certificate = Certificate(
        number_year=year,
        person_id=facts.person_id,
        application_id=facts.application_id,
        revision=facts.revision,
        from_year=from_year,
        to_year=to_year,
        by_approval=by_approval,
        lent_by=_all_lenders(facts),
        issued_by=facts.unit,
        issued_at=now,
        token=token,
    )
    outbox.ring("certificates.render", certificate.pk)
    replaced = supersede(certificate)
    certificate.serial = numbering.take(year)
    certificate.number = approved.texts_of(facts).number_format.format(year=year, serial=certificate.serial)
    sheet = approved.sheet_of(
        facts,
        number=certificate.number,
        from_year=from_year,
        to_year=to_year,
        issued_on=clock.local(now).date(),
        verification_url=settings.PUBLIC_URL + reverse("certificates:verify_token", args=[token]),
    )
    certificate.sheet = sheet.to_json()
    certificate.save(force_insert=True)
    audit.record(
        actor,
        "issued",
        certificate,
        number=certificate.number,
        application=facts.application_id,
        replaces=replaced,
        sheet=digest_of(certificate.sheet),
        by_approval=by_approval,
    )
    return certificate


def digest_of(text: str) -> str:
    """What the trail keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _all_lenders(facts: Approved) -> list[UUID]:
    further = approved.further_lenders(facts.lent_by).values()
    return list(dict.fromkeys([*facts.lent_by, *(each for found in further for each in found)]))


def supersede(successor: Certificate) -> list[UUID]:
    """Ends the live certificates of the same person and range, whichever bureau issued them.

    Neither an applicant nor another bureau may change a certificate: the consequence of their act is the database's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT certificates_end(%s, %s, %s, %s, %s, %s)",
            [
                successor.pk,
                successor.person_id,
                successor.from_year,
                successor.to_year,
                successor.issued_at,
                successor.by_approval,
            ],
        )
        return [row[0] for row in cursor.fetchall()]
