from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django_fsm import FSMField, transition

from applications import guards
from applications.states import EDITABLE, IN_REVIEW, State
from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from organizations.models import Audited, Nature, Unit

NOBODY = uuid.UUID(int=0)  # stands for the unit of those who have none, where lists go by unit
# Written with CASE: under row-level security COALESCE counts as leaky, and an index answers no comparison of it.
UNIT_KEY = Case(
    When(employer_id=None, then=Value(NOBODY)), default=F("employer_id"), output_field=models.UUIDField()
)


class RegionAnchor(models.TextChoices):
    """Which place the 行政区划 is: the two anchors of notice 二(三)."""

    UNIT = "unit", "单位所在地"
    ARCHIVE = "archive", "人事档案所在地"


class Application(Audited):
    """学时核认申报: one person's hours of several years, on its way along a frozen route.

    The header repeats the form of annex 3 as it was filed; the live rows below it are the applicant's
    working copy, while reviewers decide on the frozen `Revision`.
    """

    SUBJECT = "application"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("applications.FilingSession", models.PROTECT, related_name="applications")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="applications")
    state = FSMField("审核状态", choices=State.choices, default=State.DRAFT, protected=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    # The form's header (附件3 第6步); labels, order and who reads it where: applications.filed.header
    id_kind = models.CharField(max_length=20, choices=IdKind.choices())
    id_cipher = models.BinaryField(editable=False)
    id_index = models.BinaryField(editable=False)
    name = models.CharField(max_length=60)
    # Keys under which reviewers find the name; PostgreSQL knows no readings of Chinese characters.
    pinyin = models.CharField(max_length=400, db_default="", default="", editable=False, db_collation="C")
    initials = models.CharField(max_length=120, db_default="", default="", editable=False, db_collation="C")
    gender = models.CharField(max_length=2, blank=True)
    ethnicity = models.CharField(max_length=20, blank=True)
    employer = models.ForeignKey(
        "organizations.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="filed",
    )
    nature = models.CharField(max_length=12, choices=Nature, blank=True)
    target_title = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    education = models.CharField(max_length=10, blank=True)
    title_series = models.CharField(max_length=40, blank=True)
    specialty = models.CharField(max_length=60, blank=True)
    region = models.ForeignKey(
        "organizations.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    region_anchor = models.CharField(max_length=10, choices=RegionAnchor, default=RegionAnchor.UNIT)
    remark = models.TextField(max_length=500, blank=True)
    span_exception = models.CharField(max_length=40, blank=True)
    evidence_note = models.TextField("材料不全的说明", max_length=500, blank=True)
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="copies", editable=False)

    # The frozen route and where the case stands on it
    route = models.CharField(max_length=30, blank=True, editable=False)
    final_label = models.CharField(max_length=10, blank=True, editable=False)
    steps = ArrayField(models.CharField(max_length=30), default=list, editable=False)
    step = models.PositiveSmallIntegerField(null=True, editable=False)
    hop = models.PositiveSmallIntegerField(default=0, editable=False)
    current_unit = models.ForeignKey(
        "organizations.Unit", models.PROTECT, null=True, related_name="cases", editable=False
    )
    # 代办: the unit in whose place the present one decides; a trigger empties it when the case moves on.
    standing_for = models.ForeignKey(
        "organizations.Unit", models.PROTECT, null=True, related_name="+", editable=False
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    years_met = models.BooleanField(default=False, editable=False)
    warnings = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    declared_true_at = models.DateTimeField("承诺时间", null=True, editable=False)
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    arrived_at = models.DateTimeField("到达当前环节时间", null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    # When the certificate of this approval was revoked: the session is free again. Never set for other states.
    revoked_at = models.DateTimeField("撤销时间", null=True, editable=False)

    moved_on = False  # of a picture for a unit that a later submission has not reached; not kept

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """What Django asks for deferred columns; the product itself loads a case anew (cehours.embedded.lints).

        FSMModelMixin lifts the field's protection for every thread while it reads, and for good when reading
        fails. Here the instance's own state steps aside instead, and comes back when nothing was read.
        """
        if fields is None:
            fields = [each.attname for each in self._meta.concrete_fields if each.attname in self.__dict__]
            self._prefetched_objects_cache: dict[str, Any] = {}
        kept = self.__dict__.pop("state", None)
        try:
            super().refresh_from_db(using, fields, from_queryset)
        finally:
            if kept is not None:
                self.__dict__.setdefault("state", kept)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "学时核认申报"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=~Q(state=State.REJECTED) & Q(revoked_at=None),
                name="one_live_application_per_session",
                violation_error_message="您在本申报期已有一份申报，请在原申报上修改。",
            ),
            models.CheckConstraint(
                name="a_unit_holds_it_only_in_review",
                condition=Q(state__in=IN_REVIEW, current_unit__isnull=False, step__isnull=False)
                | (~Q(state__in=IN_REVIEW) & Q(current_unit=None, step=None)),
            ),
            models.CheckConstraint(
                name="in_review_means_submitted",
                condition=~Q(state__in=IN_REVIEW)
                | Q(submitted_at__isnull=False, arrived_at__isnull=False, revision__gte=1),
            ),
            models.CheckConstraint(
                name="approved_years_are_met", condition=~Q(state=State.APPROVED) | Q(years_met=True)
            ),
            models.CheckConstraint(
                name="only_an_approval_is_revoked", condition=Q(revoked_at=None) | Q(state=State.APPROVED)
            ),
        ]
        indexes = [
            # The literal states let the planner prove that the inbox query fits the partial index.
            models.Index(
                fields=["current_unit", "arrived_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW),
                name="application_inbox",
            ),
            # The two halves of the desk: a filter or a count by warnings walks only its own half.
            models.Index(
                fields=["current_unit", "arrived_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW, years_met=True, warnings=0),
                name="application_inbox_clean",
            ),
            models.Index(
                fields=["current_unit", "arrived_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW) & ~Q(years_met=True, warnings=0),
                name="application_inbox_warned",
            ),
            # The same desk in other orders.
            models.Index(
                fields=["current_unit", "submitted_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW),
                name="application_inbox_submitted",
            ),
            models.Index(
                fields=["current_unit", "pinyin", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW),
                name="application_inbox_name",
            ),
            models.Index(
                F("current_unit"),
                UNIT_KEY,
                F("id"),
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW),
                name="application_inbox_unit",
            ),
            models.Index(fields=["person", "-created_at"], name="application_of_person"),
            models.Index(fields=["id_index"], name="application_id_index"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.session_id}"

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_over(self) -> bool:
        """Whether it ended without hours that stand, so that the person may file again in its session."""
        return self.state == State.REJECTED or self.revoked_at is not None

    @property
    def shown_state(self) -> str:
        """The key of the state as pages show it: an approval whose certificate was revoked is none any more."""
        return "revoked" if self.revoked_at else str(self.state)

    @property
    def state_in_words(self) -> str:
        return "认定单已撤销" if self.revoked_at else self.get_state_display()

    @property
    def place(self) -> Unit | None:
        """The unit whose step it is: the one that holds the case, or the one it stands in for."""
        return self.standing_for if self.standing_for_id else self.current_unit

    @property
    def is_last_step(self) -> bool:
        return self.step is not None and self.step == len(self.steps) - 1

    # The transition table. Bodies stay empty: services do the work, a trigger watches over both.
    @transition(state, source=EDITABLE, target=State.EMPLOYER_REVIEW, conditions=[guards.every_year_met])
    def submit_to_employer(self) -> None: ...

    @transition(state, source=EDITABLE, target=State.BUREAU_REVIEW, conditions=[guards.every_year_met])
    def submit_to_bureau(self) -> None: ...

    @transition(
        state,
        source=(State.EMPLOYER_REVIEW, State.DEPARTMENT_REVIEW),
        target=State.DEPARTMENT_REVIEW,
        conditions=[guards.not_at_last_step],
    )
    def forward_to_department(self) -> None: ...

    @transition(state, source=IN_REVIEW, target=State.BUREAU_REVIEW, conditions=[guards.not_at_last_step])
    def forward_to_bureau(self) -> None: ...

    @transition(
        state,
        source=State.BUREAU_REVIEW,
        target=State.APPROVED,
        conditions=[guards.at_last_step, guards.every_year_met],
    )
    def approve(self) -> None: ...

    @transition(state, source=IN_REVIEW, target=State.RETURNED)
    def return_(self) -> None: ...

    @transition(state, source=IN_REVIEW, target=State.REJECTED)
    def reject(self) -> None: ...

    @transition(state, source=IN_REVIEW, target=State.WITHDRAWN)
    def withdraw(self) -> None: ...
