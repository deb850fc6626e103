from __future__ import annotations

from django.db import models

from cehours.lib import clock


class Claim(models.Model):
    """Who of a unit has a case on the screen, until when (policy decision A78). A hint: the version decides.

    One row for a case and a unit, written anew by whoever claims it next; past `until` it says nothing.
    """

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "unit"], name="one_claim_of_a_unit_on_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.name}，{self.until:%H:%M}"
