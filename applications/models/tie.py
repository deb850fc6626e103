from __future__ import annotations

import uuid

from django.db import models


class Tie(models.Model):
    """One paper proves one activity of the same application, of whatever year (policy decision A82).

    An earlier 学时认定单 has none: it proves every year of its range (notice 三(四)), whatever was learned in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="ties")
    evidence = models.ForeignKey("applications.Evidence", models.CASCADE, related_name="ties")
    activity = models.ForeignKey("applications.Activity", models.CASCADE, related_name="ties")

    class Meta:
        verbose_name = "材料证明的活动"
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "activity"],
                name="a_paper_is_tied_once",
                violation_error_message="这份材料已经标明证明该活动。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} → {self.activity_id}"
