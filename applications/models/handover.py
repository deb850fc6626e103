from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from applications.states import State
from cehours.lib import clock


class HandoverKind(models.TextChoices):
    STAND_IN = "stand_in", "代办"
    TRANSFER = "transfer", "移交"


class Handover(models.Model):
    """代办 or 移交: a case goes to another unit without a decision, with a reason and the route it takes from there.

    Never changed. The guard of the case lets happen exactly what stands here, once: `version` is the case's after it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="handovers")
    kind = models.CharField("方式", max_length=10, choices=HandoverKind)
    version = models.PositiveIntegerField()
    from_unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    to_unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    state = models.CharField("环节", max_length=20, choices=State)
    steps = ArrayField(models.CharField(max_length=30))
    step = models.PositiveSmallIntegerField()
    reason = models.TextField("原因", max_length=500)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="one_handover_per_version"),
            models.CheckConstraint(
                name="a_handover_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="请写明移交或代办的原因。",
            ),
            models.CheckConstraint(name="a_handover_leads_elsewhere", condition=~Q(from_unit=F("to_unit"))),
        ]
