from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from cehours.lib import clock


class SessionChangeState(models.TextChoices):
    REQUESTED = "requested", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DECLINED = "declined", "不同意"
    WITHDRAWN = "withdrawn", "已收回"


class SessionChange(models.Model):
    """修改 of a session that has begun: asked for by one administrator of the province, confirmed by another.

    `before` is the digest of the session as it stood when the change was asked for. The database lets dates and policy
    change only to what a confirmed change says, and once: `applied_at` is written by its trigger.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("applications.FilingSession", models.PROTECT, related_name="changes")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    before = models.CharField(max_length=64, editable=False)
    name = models.CharField("名称", max_length=80)
    policy = models.CharField("政策", max_length=40)
    year = models.PositiveSmallIntegerField("工作年度")
    opens_at = models.DateTimeField("申报开始")
    closes_at = models.DateTimeField("申报截止")
    review_until = models.DateTimeField("审核截止")
    grace_days = models.PositiveSmallIntegerField("退回后可重新提交天数")
    reason = models.CharField("修改理由", max_length=300)
    state = models.CharField(max_length=10, choices=SessionChangeState, default=SessionChangeState.REQUESTED)
    requested_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    requested_name = models.CharField(max_length=60)
    requested_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = "申报期修改"
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(state="requested"), name="one_session_change_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="requested") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="a_decided_session_change_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | ~Q(decided_by=F("requested_by")),
                name="two_people_change_a_session",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("requested_by")),
                name="only_who_asked_withdraws",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_session_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(state="confirmed"), name="only_a_confirmed_change_is_applied"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.state}"
