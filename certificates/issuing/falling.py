"""What falls with a certificate, and who may confirm that it does: told to both persons before they act."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import prefetch_related_objects

from certificates.models import Certificate
from organizations.models import User

ALONE = (
    "撤销须由另一位经办人复核，但本单位没有其他可以复核的经办人。请管理员先在“人员”中邀请一位，再申请撤销。"
)


def falling_too(certificate: Certificate, years: Iterable[int] = ()) -> list[Certificate]:
    """What else falls with it: every certificate still standing that took years from its approval, by number.

    Of those only the ones that hold one of `years`, where any are given (A79); with the bureau that issued each.
    Asked of the database, because other bureaus' are among them.
    """
    rows = Certificate.objects.raw(
        "SELECT * FROM certificates_falling(%s, %s::smallint[]) WHERE id <> %s",
        [certificate.pk, list(years), certificate.pk],
    )
    found = list(rows)
    prefetch_related_objects(found, "issued_by")
    return found


def who_may_confirm(certificate: Certificate, *, asked_by: UUID) -> list[UUID]:
    """The persons with a living account of the issuing bureau who neither asked nor hold the certificate."""
    people = User.objects.filter(
        is_active=True, memberships__unit_id=certificate.issued_by_id, person__isnull=False
    ).exclude(person_id__in=[asked_by, certificate.person_id])
    return list(people.order_by("person_id").values_list("person_id", flat=True).distinct())
