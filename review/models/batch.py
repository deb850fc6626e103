from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from cehours.lib import clock
from organizations.models import Audited


class BatchAct(models.TextChoices):
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回修改"
    REJECT = "reject", "审核不通过"


class BatchState(models.TextChoices):
    WAITING = "waiting", "等待办理"
    RUNNING = "running", "正在办理"
    DONE = "done", "已办完"
    STOPPED = "stopped", "已停止"
    CANCELLED = "cancelled", "已取消"


ENDED = (BatchState.DONE, BatchState.STOPPED, BatchState.CANCELLED)


class Batch(Audited):
    """批量审核: one act of one person on many cases, frozen when it is confirmed (policy decision A61).

    `token` comes from the page that was confirmed, so a second click finds the first one's batch. `gone`
    counts what the person had chosen and what was no longer theirs to see when they confirmed. Until `holds_until`
    nothing is done and the batch, or cases of it, can be taken back (A75). `over_warnings`: cases with warnings are
    approved too, with the opinion as reason.
    """

    SUBJECT = "batch"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(editable=False)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    act = models.CharField("办理方式", max_length=8, choices=BatchAct)
    opinion = models.TextField("审核意见", max_length=500, blank=True)
    next_unit = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    over_warnings = models.BooleanField(default=False)
    holds_until = models.DateTimeField("开始时间", null=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.WAITING)
    total = models.PositiveIntegerField()
    gone = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    ended_says = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField("确认时间", default=clock.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField("结束时间", null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "批量审核"
        constraints = [
            models.UniqueConstraint(fields=["user", "token"], name="one_batch_per_confirmation"),
            models.CheckConstraint(
                condition=Q(act=BatchAct.APPROVE) | ~Q(opinion=""), name="a_batch_that_refuses_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(over_warnings=False) | ~Q(opinion=""), name="a_batch_over_warnings_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("done") + F("refused")), name="a_batch_counts_its_cases_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at=None)),
                name="an_ended_batch_says_when",
            ),
        ]
        indexes = [models.Index(fields=["user", "unit", "-created_at", "-id"], name="batch_of_person")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.total} 件"

    @property
    def decided(self) -> int:
        return self.done + self.refused

    @property
    def left(self) -> int:
        return self.total - self.decided

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class ItemOutcome(models.TextChoices):
    PENDING = "pending", "等待办理"
    DONE = "done", "已办理"
    REFUSED = "refused", "没有办理"


class BatchItem(models.Model):
    """One case of a batch, as it was when the batch was confirmed, and what became of it."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="items")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    seen = models.PositiveIntegerField()
    opinion = models.TextField("单独的意见", max_length=500, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=ItemOutcome, default=ItemOutcome.PENDING)
    says = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "application"], name="a_case_is_in_a_batch_once")
        ]
        indexes = [models.Index(fields=["batch", "outcome", "id"], name="batch_items_by_outcome")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"
