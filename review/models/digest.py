from __future__ import annotations

import uuid

from django.db import models


class Digest(models.Model):
    """That somebody's 工作提要 of a working day was asked for: once, however often the clock is looked at.

    What it said is a notice; the row is of no use after a few days, and is deleted then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("organizations.Person", models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_person_a_day")]
        indexes = [models.Index(fields=["day"], name="digests_by_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"
