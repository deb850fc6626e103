from __future__ import annotations

from django.db import models


class Participant(models.Model):
    """Who is or was on the route of an application: the second wall of all its rows asks this table.

    Written only by the database function `join_case`, never by the runtime role itself.
    """

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="participants")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    # The last revision that reached this unit: what is filed later, past it, is none of its business.
    revision = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "unit"], condition=models.Q(person=None), name="unit_joins_once"
            ),
            models.UniqueConstraint(
                fields=["application", "person"], condition=models.Q(unit=None), name="person_joins_once"
            ),
            models.CheckConstraint(
                condition=models.Q(unit=None, person__isnull=False)
                | models.Q(unit__isnull=False, person=None),
                name="participant_is_a_unit_or_a_person",
            ),
        ]
        indexes = [models.Index(fields=["unit", "application"], name="participant_unit")]
