from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from applications.states import State


class Outcome(models.TextChoices):
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "审核不通过"


class Decision(models.Model):
    """What one reviewer decided on one revision at one hop. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="decisions")
    revision = models.PositiveIntegerField()
    hop = models.PositiveSmallIntegerField()
    state = models.CharField("环节", max_length=20, choices=State)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    reviewer_name = models.CharField(max_length=60)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    filing = models.BooleanField("备案", default=False)
    opinion = models.TextField("意见", max_length=500, blank=True)
    next_unit = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "revision", "hop"], name="one_decision_per_hop"),
            models.UniqueConstraint(
                fields=["application", "revision", "person"],
                name="one_person_decides_one_hop",
                violation_error_message="您已在前一环节审核过该申报，请由本单位其他账号审核。",
            ),
            models.CheckConstraint(
                name="a_refusal_has_a_reason",
                condition=Q(outcome=Outcome.APPROVED) | ~Q(opinion=""),
                violation_error_message="请填写原因，申报人需要知道如何修改。",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-decided_at", "-id"], name="decision_handled"),
            models.Index(fields=["unit", "outcome", "-decided_at", "-id"], name="decision_by_outcome"),
        ]


class Assessment(models.Model):
    """What a decision recognises of one year and category. Each hop may only lower what the one before said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="assessments")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="assessments")
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20)
    claimed = models.DecimalField(max_digits=6, decimal_places=1)
    recognised = models.DecimalField(max_digits=6, decimal_places=1)
    in_order = models.BooleanField(default=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["year", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "year", "category"], name="assessed_once_per_decision"
            ),
            models.CheckConstraint(
                name="assessment_within_claim",
                condition=Q(recognised__gte=0, recognised__lte=F("claimed")),
                violation_error_message="认定学时不能超过申报学时，请改小或退回申报人修改。",
            ),
        ]
