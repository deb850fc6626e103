"""Whose records of which year we ask the public institutions' platform for, and how the asking stands."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from cehours.lib import clock


class Fault(models.TextChoices):
    """Why the platform gave nothing the last time."""

    SILENT = "silent", "没有应答"
    CLOSED = "closed", "停机或繁忙"
    FAILED = "failed", "出错"
    GARBLED = "garbled", "答复不符合约定"
    REFUSED = "refused", "拒绝了我们的密钥"
    REJECTED = "rejected", "不接受这次查询"


class PlatformAsk(models.Model):
    """One person's one year at the 公共机构学习平台 (notice 三(三)), asked for when the person chose the year.

    `asked_at`: the last try; `answered_at`: the last whole answer; `failures` in a row since. Due at `next_at`; null
    once nobody has opened the year for long. `found`: valid records in the last answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    wanted_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(null=True, default=clock.now)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=8, choices=Fault, blank=True)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["person", "year"]
        verbose_name = "平台查询"
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="a_year_is_asked_for_once"),
            models.CheckConstraint(
                condition=Q(failures=0, fault="") | Q(failures__gt=0, asked_at__isnull=False) & ~Q(fault=""),
                name="a_failed_asking_says_why",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="ask_due")]
