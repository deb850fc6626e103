"""Issuing and printing certificates."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from cehours.lib import clock
from certificates import issuing, numbering, queries
from certificates.issuing import Approved
from certificates.models import Certificate, CertificateState
from certificates.sheet import Sheet
from organizations import audit, outbox
from organizations.actor import Actor
from organizations.errors import NotAllowed
from training.models import RecognisedHours, Source

__all__ = ["issue", "issue_range", "store_print"]


@transaction.atomic
def issue(*, actor: Actor, case: Application, decision: Decision) -> Certificate:
    """Issues the certificate of the whole approved span, in the approving transaction.

    Takes the number last, writes the recognised years into the person's record, and asks the outbox for
    the PDF. Nothing is rendered here.
    """
    if case.state != State.APPROVED:
        raise NotAllowed("该申报尚未审核通过，还不能出具学时认定单。")
    facts = issuing.approved_facts(decision)
    first, last = min(facts.years), max(facts.years)
    issuing.must_be_met(facts.years, range(first, last + 1))
    certificate = _enter(actor, facts, first, last)
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

    Raises NotAllowed naming the first year that is missing or not met.
    """
    facts = issuing.approved_range(actor, from_year, to_year)
    # One asks at a time, so that two clicks get the same number.
    Application.objects.select_for_update(of=("self",)).get(pk=facts.case.pk)
    known = queries.live(facts.case, from_year, to_year)
    return known or _enter(actor, facts, from_year, to_year)


def _enter(actor: Actor, facts: Approved, from_year: int, to_year: int) -> Certificate:
    now = clock.now()
    year = clock.local(now).year
    token = secrets.token_urlsafe(24)
    certificate = Certificate(
        number_year=year,
        person_id=facts.case.person_id,
        application=facts.case,
        revision=facts.case.revision,
        from_year=from_year,
        to_year=to_year,
        issued_by=facts.decision.unit,
        issued_at=now,
        token=token,
    )
    outbox.ring("certificates.render", certificate.pk)
    certificate.serial = numbering.take(year)
    certificate.number = issuing.texts_of(facts.case).number_format.format(
        year=year, serial=certificate.serial
    )
    sheet = issuing.sheet_of(
        facts,
        number=certificate.number,
        from_year=from_year,
        to_year=to_year,
        issued_on=clock.local(now).date(),
        verification_url=settings.PUBLIC_URL + reverse("certificates:verify_token", args=[token]),
    )
    certificate.sheet = sheet.to_json()
    certificate.save(force_insert=True)
    audit.record(actor, "issued", certificate, number=certificate.number, application=facts.case.pk)
    return certificate


def store_print(*, actor: Actor, certificate_id: UUID) -> Certificate:
    """Renders the frozen sheet, stores the bytes once under their certificate, and makes it visible.

    Runs again after a crash without harm: the same sheet gives the same bytes and the same key. Raises
    RenderFailed with a sentence for the operator.
    """
    from certificates.render import render  # noqa: PLC0415 -- Pango is loaded in render workers only

    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate_id)
    if certificate.state != CertificateState.PENDING:
        return certificate
    pdf = render(Sheet.from_json(certificate.sheet))
    key = f"certificates/{certificate.number_year}/{certificate.pk}.pdf"
    if default_storage.exists(key):
        default_storage.delete(key)  # half-written by a worker that was killed
    default_storage.save(key, ContentFile(pdf))
    certificate.storage_key, certificate.size = key, len(pdf)
    certificate.sha256 = hashlib.sha256(pdf).hexdigest()
    certificate.state, certificate.rendered_at = CertificateState.READY, clock.now()
    certificate.save(update_fields=["storage_key", "size", "sha256", "state", "rendered_at"])
    audit.record(actor, "printed", certificate, sha256=certificate.sha256)
    return certificate
