"""What falls with a certificate, and who may confirm that it does: told to both persons before they act."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from certificates.models import Certificate, CertificateState
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import User

ALONE = (
    "撤销须由另一位经办人复核，但本单位没有其他可以复核的经办人。请管理员先在“人员”中邀请一位，再申请撤销。"
)


def falling(certificate: Certificate) -> QuerySet[Certificate]:
    """The certificate itself, and every one still standing that took years from its approval, by number.

    Other bureaus' are among them: ask it in the system's scope.
    """
    resting = Q(pk=certificate.pk)
    if certificate.by_approval:
        resting |= Q(person_id=certificate.person_id, lent_by__contains=[certificate.application_id])
    return Certificate.objects.exclude(state=CertificateState.REVOKED).filter(resting).order_by("number")


def falling_too(certificate: Certificate) -> list[Certificate]:
    """Those of `falling` beside the certificate itself, with the bureau that issued each."""
    with scope(Actor.system("certificates.revoke")):
        return list(falling(certificate).exclude(pk=certificate.pk).select_related("issued_by"))


def who_may_confirm(certificate: Certificate, *, asked_by: UUID) -> list[UUID]:
    """The persons with a living account of the issuing bureau who neither asked nor hold the certificate."""
    with scope(Actor.system("certificates.revoke")):
        people = User.objects.filter(
            is_active=True, memberships__unit_id=certificate.issued_by_id, person__isnull=False
        ).exclude(person_id__in=[asked_by, certificate.person_id])
        return list(people.order_by("person_id").values_list("person_id", flat=True).distinct())
