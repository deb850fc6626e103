"""Printing: render, seal, store, and only then visible. Every step may fail or be cut short and is done again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from cehours.lib import clock
from certificates import queries, sealing
from certificates.issuing import numbering
from certificates.models import Certificate, CertificateState
from certificates.paper.sheet import Sheet, date_text
from certificates.prints import failures, sealed_here
from certificates.prints.queue import RENDER
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.messaging import notices


@dataclass(frozen=True)
class Made:
    """A finished print in the storage."""

    certificate_id: UUID
    key: str
    sha256: str
    size: int


class NotStored(Exception):
    """The storage does not give back what it was given. The message is for the operator."""


def store_print(*, actor: Actor, certificate_id: UUID) -> Certificate:
    """Renders the frozen sheet, seals it, stores the bytes under their own hash, and makes it visible.

    Sealing makes the bytes unique, so what is stored is the truth and never made again. Cut short anywhere,
    the next run starts over: a file that no row names was never seen by anybody. Nothing is locked meanwhile
    but the outbox row, so an approval that supersedes this certificate does not wait for the seal.
    Raises RenderFailed, SealFailed or NotStored with a sentence for the operator.
    """
    from certificates.paper.render import render  # noqa: PLC0415 -- Pango is loaded in render workers only

    certificate = Certificate.objects.get(pk=certificate_id)
    if certificate.state != CertificateState.PENDING:
        return certificate
    sheet = Sheet.from_json(certificate.sheet)
    sealed = sealing.set_on(
        render(sheet),
        request_id=str(certificate.pk),
        issuer=sheet.issuer,
        date_text=date_text(sheet.issued_on),
        now=clock.now(),
    )
    made = stored(certificate, sealed)
    numbering.keep(certificate.number_year)
    return _show(actor, made)


@transaction.atomic
def print_again(*, actor: Actor, certificate_id: UUID) -> Certificate:
    """重新生成: asks anew for a print that was given up, on record; one that is under way stays as it is.

    For the holder and the bureau that issued it. Raises NotYours.
    """
    rows = queries.issued(actor) if actor.is_bureau else queries.own(actor)
    certificate = rows.filter(pk=certificate_id).first()
    if certificate is None:
        raise NotYours("没有找到该学时认定单。")
    if failures.note([certificate]):
        outbox.ring(RENDER, certificate.pk)
        audit.record(actor, "print_asked_again", certificate)
    return certificate


def stored(certificate: Certificate, sealed: bytes) -> Made:
    """Writes the sealed bytes and reads them back. Raises NotStored."""
    digest = hashlib.sha256(sealed).hexdigest()
    key = f"certificates/{certificate.number_year}/{certificate.pk}/{digest}.pdf"
    sealed_here.note(digest)
    _store(key, sealed)
    return Made(certificate.pk, key, digest, len(sealed))


def _store(key: str, sealed: bytes) -> None:
    if default_storage.exists(key):
        default_storage.delete(key)  # half-written by a worker that was killed
    default_storage.save(key, ContentFile(sealed))
    with default_storage.open(key) as file:
        if file.read() != sealed:
            raise NotStored("存储返回的认定单文件与存入的不一致，请检查文件存储。")


@transaction.atomic
def _show(actor: Actor, made: Made) -> Certificate:
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=made.certificate_id)
    if certificate.state != CertificateState.PENDING:
        return certificate  # superseded or revoked meanwhile: its number stays on record, its print unseen
    certificate.storage_key, certificate.size, certificate.sha256 = made.key, made.size, made.sha256
    certificate.state, certificate.rendered_at = CertificateState.READY, clock.now()
    certificate.save(update_fields=["storage_key", "size", "sha256", "state", "rendered_at"])
    audit.record(actor, "printed", certificate, sha256=made.sha256)
    _tell_the_holder(certificate)
    return certificate


def _tell_the_holder(certificate: Certificate) -> None:
    notices.tell(
        person_id=certificate.person_id,
        subject=Certificate.SUBJECT,
        subject_id=certificate.pk,
        words=ready_words(certificate),
    )


def ready_words(certificate: Certificate) -> notices.Words:
    """What the holder reads."""
    return notices.Words(
        "certificate_ready",
        "学时认定单可以下载了",
        f"编号 {certificate.number}（{certificate.from_year}—{certificate.to_year} 年）的学时认定单已生成，"
        "可以下载打印。",
        reverse("certificates:query"),
    )
