from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from cehours.lib import clock
from review.models.batch import BatchAct


class HeldState(models.TextChoices):
    WAITING = "waiting", "等待生效"
    DONE = "done", "已生效"
    TAKEN_BACK = "taken_back", "已撤回"
    DROPPED = "dropped", "没有生效"


class HeldDecision(models.Model):
    """A decision that its reviewer made and that takes effect a while later (policy decision A75).

    The case itself does not change before, and its chain holds the events. `seen` is the version that was decided
    on, so a case that changes meanwhile is not decided. `marks` by year: in_order, remark, and recognised hours as
    texts by category.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="+")
    seen = models.PositiveIntegerField()
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    reviewer_name = models.CharField(max_length=60)
    act = models.CharField("决定", max_length=8, choices=BatchAct)
    opinion = models.TextField("审核意见", max_length=500, blank=True)
    next_unit = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    marks = models.JSONField(default=dict)
    decided_at = models.DateTimeField("决定时间", default=clock.now, editable=False)
    effective_at = models.DateTimeField("生效时间")
    state = models.CharField(max_length=10, choices=HeldState, default=HeldState.WAITING)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_says = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-decided_at", "-id"]
        verbose_name = "待生效的决定"
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="waiting"), name="one_decision_waits_for_a_case"
            ),
            models.CheckConstraint(
                condition=Q(act=BatchAct.APPROVE) | ~Q(opinion=""), name="a_held_refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("decided_at")), name="effect_follows_the_decision"
            ),
            models.CheckConstraint(
                condition=Q(state=HeldState.WAITING, ended_at=None)
                | (~Q(state=HeldState.WAITING) & Q(ended_at__isnull=False)),
                name="an_ended_hold_says_when",
            ),
        ]
        indexes = [models.Index(fields=["user", "unit", "-decided_at", "-id"], name="held_of_person")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}，{self.get_state_display()}"
