from __future__ import annotations

import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact


class Basis(models.TextChoices):
    """Where the hours of an activity come from."""

    DECLARED = "declared", "自行申报"
    COMPUTED = "computed", "按折算细则计算"
    PLATFORM = "platform", "培训平台认定"
    PLAN = "plan", "备案培训计划"
    CERTIFICATE = "certificate", "以往学时认定单"


class Activity(models.Model):
    """One learned thing of one year: the subject (科目名称), its form, and the hours claimed for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="activities")
    year_entry = models.ForeignKey("applications.YearEntry", models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField(default=0)
    category = models.CharField("科目类别", max_length=20)
    form = models.CharField("继续教育形式", max_length=20)
    kind = models.CharField("活动类型", max_length=40, blank=True)
    title = models.CharField("科目名称", max_length=120)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.DECLARED)
    facts = models.JSONField(default=dict, blank=True)
    claimed = models.DecimalField(
        "折算学时分", max_digits=5, decimal_places=1, validators=[MinValueValidator(Decimal(0))]
    )
    computed = models.DecimalField("细则折算", max_digits=5, decimal_places=1, null=True, blank=True)
    cite = models.CharField("依据", max_length=60, blank=True)
    says = models.CharField("折算说明", max_length=300, blank=True)
    recognised = models.ForeignKey(
        "training.RecognisedHours", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    over_reason = models.CharField("高于细则的理由", max_length=300, blank=True)
    achievement = models.CharField(max_length=400, blank=True, editable=False)  # rules.achievement

    class Meta:
        ordering = ["year_entry__year", "position", "id"]
        verbose_name = "继续教育活动"
        indexes = [
            models.Index(fields=["achievement"], condition=~Q(achievement=""), name="activity_achievement")
        ]
        constraints = [
            models.CheckConstraint(
                name="hours_are_not_negative",
                condition=Q(claimed__gte=0),
                violation_error_message="学时不能为负数，请改为 0 或更大的数。",
            ),
            models.CheckConstraint(
                name="hours_come_in_halves",
                condition=Exact(Mod(F("claimed") * 2, 1), 0),
                violation_error_message="学时最小单位为 0.5，请改为整数或 .5。",
            ),
            models.UniqueConstraint(
                fields=["application", "recognised"],
                name="a_record_is_taken_once",
                violation_error_message="该学时记录已经选过，不必再选。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
