from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from organizations.models import Audited


class PlanState(models.TextChoices):
    """Where a plan stands (notice 三(一)); the database holds the edges (training/migrations/0005)."""

    DRAFT = "draft", "草稿"
    FILED = "filed", "已报备"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "已备案"
    HELD = "held", "已举办"


class TrainingPlan(Audited):
    """年度线下培训计划: one training of an employer, filed with its supervising unit before it is held.

    `supervisor` is frozen when the plan is filed. `hours` are what the policy's rule gives for `days`, for each
    attendee. Dates are days in China; the training lies within one `year`. `taken` are the days whose attendance was
    taken, of a training of several days.
    """

    SUBJECT = "training_plan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="training_plans")
    policy = models.CharField("政策", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    topic = models.CharField("培训主题", max_length=100)
    category = models.CharField("科目", max_length=20)
    purpose = models.TextField("与单位发展战略和岗位要求的关系", max_length=500, blank=True)
    first_day = models.DateField("开始日期")
    last_day = models.DateField("结束日期")
    days = models.DecimalField("培训天数", max_digits=4, decimal_places=1)
    hours = models.DecimalField("折算学时", max_digits=6, decimal_places=1)
    place = models.CharField("培训地点", max_length=100)
    lecturers = models.CharField("主讲教师", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    supervisor = models.ForeignKey(
        "organizations.Unit", models.PROTECT, null=True, related_name="+", verbose_name="备案单位"
    )
    filed_at = models.DateTimeField("报备时间", null=True, editable=False)
    filed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("办理时间", null=True, editable=False)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    reason = models.TextField("退回原因", max_length=300, blank=True)
    held_at = models.DateTimeField("登记出勤时间", null=True, editable=False)
    taken = ArrayField(models.DateField(), default=list, db_default=[], editable=False)
    filing_number = models.CharField(
        "备案编号", max_length=40, blank=True, editable=False, default="", db_default=""
    )

    class Meta:
        ordering = ["-first_day", "-id"]
        verbose_name = "培训计划"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="a_plan_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(first_day__year=F("year")) & Q(last_day__year=F("year")),
                name="a_plan_lies_within_its_year",
            ),
            models.CheckConstraint(condition=Q(days__gt=0) & Q(hours__gte=0), name="a_plan_lasts_some_time"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(filed_at__isnull=False, filed_by__isnull=False, supervisor__isnull=False),
                name="a_filed_plan_says_when_and_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "filed"))
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_plan_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="a_returned_plan_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_at__isnull=False) | (~Q(state="held") & Q(held_at=None)),
                name="a_held_plan_says_when",
            ),
            models.CheckConstraint(condition=~Q(supervisor=F("unit")), name="no_unit_accepts_its_own_plan"),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "held")) | ~Q(decided_by=F("filed_by")),
                name="nobody_accepts_what_they_filed",
            ),
            models.UniqueConstraint(
                fields=["filing_number"], condition=~Q(filing_number=""), name="a_plan_number_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(filing_number="") | Q(state__in=("accepted", "held")),
                name="only_an_accepted_plan_has_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-first_day", "-id"], name="plan_of_unit"),
            models.Index(fields=["supervisor", "-first_day", "-id"], name="plan_of_supervisor"),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def number(self) -> str:
        """备案编号, under which the hours stand on record: PX2025-717879999-0012, and once PX2025-1A2B3C4D5E."""
        return self.filing_number or f"PX{self.year}-{self.pk.hex[:10].upper()}"

    @property
    def is_editable(self) -> bool:
        return self.state in (PlanState.DRAFT, PlanState.RETURNED)

    @property
    def was_accepted(self) -> bool:
        return self.state in (PlanState.ACCEPTED, PlanState.HELD)


class Attendee(models.Model):
    """Somebody on a plan's list, by name and blind index: the number itself is not kept.

    `attended` is None until attendance is recorded. `person` and `credited_at` are set once the hours stand on
    record, and `hours` how many (None: those of the whole plan, as before attendance was taken by day); who has no
    account yet is credited when they have one. `days`: on which of the plan's `taken` days they came.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(TrainingPlan, models.CASCADE, related_name="attendees")
    name = models.CharField("姓名", max_length=60)
    id_kind = models.CharField("证件类型", max_length=20, choices=IdKind.choices())
    id_index = models.BinaryField(editable=False)
    id_masked = models.CharField("证件号码", max_length=40)
    attended = models.BooleanField("出勤", null=True)
    days = ArrayField(models.DateField(), default=list, db_default=[], editable=False)
    hours = models.DecimalField("记入学时", max_digits=6, decimal_places=1, null=True, editable=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    credited_at = models.DateTimeField(null=True, editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["added_at", "id"]
        verbose_name = "参训人员"
        constraints = [
            models.UniqueConstraint(fields=["plan", "id_index"], name="listed_once_on_a_plan"),
            models.CheckConstraint(
                condition=Q(credited_at=None) | Q(attended=True, person__isnull=False),
                name="only_who_attended_is_credited",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id_index"], condition=Q(attended=True, credited_at=None), name="attendee_to_credit"
            )
        ]

    def __str__(self) -> str:
        return self.name
