from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from cehours.lib import clock


class LostPrintState(models.TextChoices):
    FOUND = "found", "待收回"
    REQUESTED = "requested", "收回待复核"
    TAKEN_BACK = "taken_back", "已收回"


class LostPrint(models.Model):
    """A sealed print whose certificate a restored database no longer knows: found in the file store, taken back by
    two people of the provincial bureau. `number` is what the paper says, "" where it cannot be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("登记证书编号", max_length=10, blank=True)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    storage_key = models.CharField(max_length=200, editable=False)
    found_at = models.DateTimeField("发现时间", default=clock.now)
    state = models.CharField(max_length=10, choices=LostPrintState, default=LostPrintState.FOUND)
    requested_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    requested_name = models.CharField(max_length=60, blank=True)
    requested_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    confirmed_name = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number", "found_at", "id"]
        verbose_name = "恢复时丢失的认定单文件"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state="found",
                    requested_by__isnull=True,
                    requested_at__isnull=True,
                    confirmed_at__isnull=True,
                )
                | Q(
                    state="requested",
                    requested_by__isnull=False,
                    requested_at__isnull=False,
                    confirmed_at__isnull=True,
                )
                | Q(
                    state="taken_back",
                    requested_by__isnull=False,
                    requested_at__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                ),
                name="a_lost_print_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken_back") | ~Q(confirmed_by=F("requested_by")),
                name="two_people_take_a_print_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"
