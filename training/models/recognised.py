from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Source(models.TextChoices):
    CERTIFICATE = "certificate", "学时认定单"
    PLATFORM = "platform", "事业单位培训平台"
    BASE = "base", "继续教育基地"
    PLAN = "plan", "备案培训计划"


class RecognisedHours(models.Model):
    """Hours on record for a person, a year and a category. Applications read them; certificates write theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="recognised")
    year = models.PositiveSmallIntegerField("年度")
    category = models.CharField(max_length=20)
    hours = models.DecimalField("学时分", max_digits=6, decimal_places=1)
    source = models.CharField(max_length=12, choices=Source)
    number = models.CharField("编号", max_length=40)
    title = models.CharField("名称", max_length=120, blank=True)
    valid = models.BooleanField(default=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["year", "category"]
        verbose_name = "已认定学时"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "source", "number", "year", "category"], name="recognised_once_per_source"
            ),
            models.CheckConstraint(condition=Q(hours__gte=0), name="recognised_hours_not_negative"),
        ]
