from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual

MOST_CHARACTERS = 64 * 1024  # what one section may hold; the largest honest year comes to a fifth of it


class Draft(models.Model):
    """What somebody typed into a section of an application and has not saved yet, one row per open tab.

    `section`: "header", or "year:2023" whether that year is there already or being added. `fields`: the names
    of the form to lists of what was typed, as the browser would send them. `version` and `opened`: the
    application, and a digest of the section's content, as the form showed them when it was opened. Gone once
    the section is saved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=12)
    tab = models.CharField(max_length=36)
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    opened = models.CharField(max_length=32, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-saved_at", "-id"]
        verbose_name = "草稿"
        constraints = [
            models.UniqueConstraint(fields=["application", "section", "tab"], name="one_draft_per_tab"),
            models.CheckConstraint(
                name="a_draft_stays_small",
                condition=LessThanOrEqual(Length(Cast(F("fields"), models.TextField())), MOST_CHARACTERS),
            ),
            models.CheckConstraint(name="a_draft_has_a_tab", condition=~Q(tab="")),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.saved_at:%H:%M:%S}"
