from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cehours.lib import clock


class RevocationState(models.TextChoices):
    REQUESTED = "requested", "待复核"
    CONFIRMED = "confirmed", "已撤销"
    DECLINED = "declined", "不同意撤销"


class Revocation(models.Model):
    """撤销 of a certificate: asked for by one person of the issuing bureau, decided by another. Never undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey("certificates.Certificate", models.PROTECT, related_name="revocations")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    reason = models.CharField("撤销原因", max_length=300)
    # The years in question (A79). Empty: all of the certificate's, as before years could be chosen.
    years = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="涉及年度")
    state = models.CharField(max_length=10, choices=RevocationState, default=RevocationState.REQUESTED)
    requested_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    requested_name = models.CharField(max_length=60)
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = "撤销申请"
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=~Q(state="declined"), name="one_revocation_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="requested") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="a_decided_revocation_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=F("requested_by")),
                name="two_people_revoke",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_revocation_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.state}"
