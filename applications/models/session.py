from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from organizations.models import Audited


class FilingSession(Audited):
    """申报期: one policy, a window for filing and a last moment for reviewing. Edited by the provincial bureau.

    `closes_at` and `review_until` are the first moments that no longer count, so "until the end of 20 July"
    is 21 July 00:00 Asia/Shanghai (policy decision A62).
    """

    SUBJECT = "session"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("名称", max_length=80)
    policy = models.CharField("政策", max_length=40)
    year = models.PositiveSmallIntegerField("工作年度")
    opens_at = models.DateTimeField("申报开始")
    closes_at = models.DateTimeField("申报截止")
    review_until = models.DateTimeField("审核截止")
    grace_days = models.PositiveSmallIntegerField("退回后可重新提交天数", default=5)

    class Meta:
        ordering = ["-opens_at"]
        verbose_name = "申报期"
        constraints = [
            models.CheckConstraint(
                name="session_opens_before_it_closes",
                condition=Q(opens_at__lt=F("closes_at")),
                violation_error_message="申报开始时间必须早于申报截止时间。",
            ),
            models.CheckConstraint(
                name="session_reviews_after_it_closes",
                condition=Q(review_until__gte=F("closes_at")),
                violation_error_message="审核截止时间不能早于申报截止时间。",
            ),
            models.UniqueConstraint(
                fields=["year", "policy"],
                name="one_session_per_policy_and_year",
                violation_error_message="该政策在这一年度已有申报期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at

    def accepts_reviews(self, now: datetime) -> bool:
        return self.opens_at <= now < self.review_until

    def resubmit_until(self, returned_at: datetime | None) -> datetime:
        """The first moment at which a returned application can no longer be resubmitted (A32)."""
        if returned_at is None:
            return self.closes_at
        grace_end = returned_at + timedelta(days=self.grace_days)
        return max(self.closes_at, min(grace_end, self.review_until))
