from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cehours.lib import clock


class Assignment(models.Model):
    """Which colleague a head of desk gave a case to (policy decision A78). It orders work and bars nobody."""

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+", db_index=False)
    assigned_by = models.ForeignKey("organizations.User", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "unit"], name="a_case_is_assigned_once_in_a_unit")
        ]
        indexes = [models.Index(fields=["unit", "user", "application"], name="assigned_to")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.user_id}"


class Absence(models.Model):
    """Who stands in for a colleague from one day to another, both included: their cases are in the deputy's 我的."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+", db_index=False)
    deputy = models.ForeignKey("organizations.User", models.CASCADE, related_name="+", db_index=False)
    first_day = models.DateField("第一天")
    last_day = models.DateField("最后一天")

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="an_absence_runs_forward"),
            models.CheckConstraint(condition=~Q(user=F("deputy")), name="nobody_is_their_own_deputy"),
        ]
        indexes = [models.Index(fields=["unit", "deputy", "last_day"], name="absence_of_unit")]

    def __str__(self) -> str:
        return f"{self.first_day}—{self.last_day}"
