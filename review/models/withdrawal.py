from __future__ import annotations

from django.db import models


class Withdrawal(models.Model):
    """A case that left a unit's desk because its applicant took it back before the unit decided (A31).

    Kept for the unit it left, so that a clerk who looks for the case learns why it is gone. Written by a trigger.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+", db_index=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="withdrawals")
    revision = models.PositiveIntegerField()
    withdrawn_at = models.DateTimeField("撤销时间")

    class Meta:
        ordering = ["-withdrawn_at", "-id"]
        indexes = [models.Index(fields=["unit", "-withdrawn_at", "-id"], name="withdrawal_of_unit")]
