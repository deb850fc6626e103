"""Prints that were given up: why, for whoever waits for one."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.urls import reverse

from certificates.models import Certificate, CertificateState
from organizations.messaging import notices

# Only these sentences are about the paper; what else fails is the machine's affair.
ABOUT_THE_PAPER = "RenderFailed: "
MACHINE = "系统在生成或盖章时出错，原因已记录，请联系系统管理员。"


def note(certificates: Iterable[Certificate]) -> list[Certificate]:
    """Writes into each that is given up for good why (`failure`); returns these, in their order.

    Asked of the database, because a row of the outbox is nobody's to see; it answers of what the actor may see.
    """
    waiting = [row for row in certificates if row.state == CertificateState.PENDING]
    if not waiting:
        return []
    errors = _errors(waiting)
    for each in waiting:
        if str(each.pk) in errors:
            each.failure = _reason(errors[str(each.pk)])
    return [each for each in waiting if each.failure]


def given_up(certificates: Iterable[Certificate]) -> list[tuple[str, str]]:
    """Number and whole error of each that is given up, for the operator."""
    waiting = list(certificates)
    errors = _errors(waiting)
    return [(each.number, errors[str(each.pk)]) for each in waiting if str(each.pk) in errors]


def _errors(waiting: Iterable[Certificate]) -> dict[str, str]:
    """The error of each whose latest row failed for good, by the certificate's key as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, error FROM prints_given_up(%s)", [[each.pk for each in waiting]])
        return dict(cursor.fetchall())


def tell_the_holder(certificate_id: UUID, error: Exception) -> None:
    """In the app, by e-mail and SMS: theirs was given up, and why. Runs as the system."""
    certificate = Certificate.objects.get(pk=certificate_id)
    reason = _reason(f"{type(error).__name__}: {error}")
    notices.tell(
        person_id=certificate.person_id,
        subject=Certificate.SUBJECT,
        subject_id=certificate.pk,
        words=notices.Words(
            "certificate_failed",
            "学时认定单没有生成",
            f"编号 {certificate.number} 的学时认定单没有生成：{reason}编号已经保留，核认结果不受影响。"
            "原因消除后，请在“学时认定单”页面点“重新生成”。",
            reverse("certificates:query"),
        ),
    )


def _reason(error: str) -> str:
    return error.removeprefix(ABOUT_THE_PAPER) if error.startswith(ABOUT_THE_PAPER) else MACHINE
