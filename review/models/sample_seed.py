from __future__ import annotations

import uuid

from django.db import models

from cehours.lib import clock


class SampleSeed(models.Model):
    """From which a unit's samples are drawn (policy decision A60): by the server at the first choosing, never again.

    It stays the same, so that choosing once more draws the same cases, and cannot be changed by the runtime role.
    """

    unit = models.OneToOneField("organizations.Unit", models.PROTECT, primary_key=True, related_name="+")
    seed = models.UUIDField(default=uuid.uuid4, editable=False)
    drawn_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return str(self.seed)
