from __future__ import annotations

import uuid

from django.db import models

from cehours.lib import clock


class Note(models.Model):
    """What colleagues of a unit tell one another about a case (policy decision A84). Kept as long as the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    text = models.TextField("备注", max_length=500)
    written_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["written_at", "id"]
        verbose_name = "内部备注"
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="a_note_says_something"),
        ]
        indexes = [models.Index(fields=["application", "unit", "written_at"], name="notes_of_case")]

    def __str__(self) -> str:
        return f"{self.name}，{self.written_at:%Y-%m-%d}"
