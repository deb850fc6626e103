from __future__ import annotations

from typing import ClassVar

from django.db import models


class Audited(models.Model):
    """A row with a chain of events; the head of the chain (length, last hash) stands on the row itself."""

    SUBJECT: ClassVar[str]

    audit_seq = models.PositiveIntegerField(default=0, editable=False)
    audit_hash = models.BinaryField(default=b"", editable=False)

    class Meta:
        abstract = True


class Event(models.Model):
    """Who did what to which subject, when. Append-only by privileges and trigger; hashed by the database."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    at = models.DateTimeField()
    user = models.ForeignKey("organizations.User", models.PROTECT, null=True, related_name="+")
    person_id = models.UUIDField(null=True)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    facts = models.TextField(
        default="{}"
    )  # JSON text: hashed as written, so no re-spelling can break a chain
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "subject_id", "seq"], name="event_chain_has_no_fork")
        ]
