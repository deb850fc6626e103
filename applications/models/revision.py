from __future__ import annotations

import uuid

from django.db import models


class Revision(models.Model):
    """Everything as it was submitted, frozen: canonical JSON and its SHA-256. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["application_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="revision_numbered_once")
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 次提交"
