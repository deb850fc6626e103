"""What training bases and platforms deliver: who may, what came, and how each record stands with us."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from organizations.models import Audited
from training.models.recognised import Source


class Provider(models.Model):
    """报送单位: a unit whose learning records count (annex 1 and notice 三(二), 三(三)); kept by the province.

    `code` stands before its record numbers wherever hours on record show them (together at most 40 characters). An
    ended one delivers nothing more; what it delivered stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.OneToOneField("organizations.Unit", models.PROTECT, related_name="+", verbose_name="单位")
    code = models.CharField("代码", max_length=7, unique=True)
    source = models.CharField("学时来源", max_length=12, choices=Source, default=Source.BASE)
    base = models.OneToOneField(
        "training.TrainingBase",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="国家级基地",
    )
    active = models.BooleanField("启用", default=True)
    admitted_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["code"]
        verbose_name = "报送单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=(Source.BASE, Source.PLATFORM)),
                name="a_provider_is_a_base_or_a_platform",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{2,7}$"), name="a_provider_code_is_short_and_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class Channel(models.TextChoices):
    API = "api", "接口"
    FILE = "file", "文件"
    ATTENDANCE = "attendance", "签到名单"
    PLATFORM = "platform", "平台查询"


class Delivery(Audited):
    """One request or file, taken whole or not at all. `idempotency_key` names it for its sender.

    `sha256` is that of the body as it came. The same key with the same body is the same delivery.
    """

    SUBJECT = "delivery"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="deliveries")
    channel = models.CharField("方式", max_length=10, choices=Channel)
    idempotency_key = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField("条数")
    flagged = models.PositiveIntegerField("待核对", default=0)
    received_at = models.DateTimeField("收到时间", default=clock.now, editable=False)

    class Meta:
        ordering = ["-received_at", "-id"]
        verbose_name = "报送"
        constraints = [
            models.UniqueConstraint(fields=["provider", "idempotency_key"], name="delivered_once_per_key"),
            models.CheckConstraint(
                condition=Q(rows__gt=0) & Q(flagged__lte=F("rows")), name="a_delivery_holds_something"
            ),
        ]
        indexes = [models.Index(fields=["provider", "-received_at", "-id"], name="delivery_of_provider")]


class LearningRecord(models.Model):
    """One version of a provider's record, as it was delivered; versions are added and never changed.

    `flags` are keys of `training.feeds.policy`: what the policy does not bear out, whoever the person is.
    A withdrawn version repeats what it withdraws.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="records")
    row = models.PositiveIntegerField("行")
    number = models.CharField("记录编号", max_length=32)
    version = models.PositiveIntegerField("版本")
    withdrawn = models.BooleanField("撤销", default=False)
    name = models.CharField("姓名", max_length=60)
    id_kind = models.CharField("证件类型", max_length=20, choices=IdKind.choices())
    id_index = models.BinaryField(editable=False)
    id_cipher = models.BinaryField(editable=False)
    year = models.PositiveSmallIntegerField("年度")
    category = models.CharField("科目", max_length=20)
    hours = models.DecimalField("学时", max_digits=6, decimal_places=1)
    title = models.CharField("培训名称", max_length=120)
    completed_on = models.DateField("完成日期")
    flags = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        ordering = ["delivery", "row"]
        verbose_name = "学习记录"
        constraints = [
            models.UniqueConstraint(fields=["provider", "number", "version"], name="a_version_follows_once"),
            models.UniqueConstraint(fields=["delivery", "row"], name="a_row_is_one_record"),
            models.CheckConstraint(
                condition=Q(hours__gte=0) & Q(version__gte=1), name="a_record_has_hours_and_a_version"
            ),
        ]


class Standing(models.TextChoices):
    """How the newest version of a record stands; its sender does not see it."""

    COUNTED = "counted", "已计入"
    WAITING = "waiting", "待本人注册"
    MISMATCH = "mismatch", "姓名不符"
    FLAGGED = "flagged", "待核对"
    REFUSED = "refused", "不予计入"
    WITHDRAWN = "withdrawn", "已撤销"


class RecordStanding(models.Model):
    """What became of a provider's record: whose it is, and the hours that it stands for. Written by tasks of ours.

    Apart from the record, because whether a person is known here is not for its sender to learn. `category` is the
    one that counts: the record's, or the bureau's choice when it accepted a record that names none of ours.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    record = models.OneToOneField(LearningRecord, models.PROTECT, related_name="standing")
    version = models.PositiveIntegerField()
    state = models.CharField("状态", max_length=10, choices=Standing)
    id_index = models.BinaryField(editable=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    recognised = models.OneToOneField("training.RecognisedHours", models.PROTECT, null=True, related_name="+")
    category = models.CharField("科目", max_length=20)
    since = models.DateTimeField(default=clock.now, editable=False)
    accepted = models.BooleanField(null=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_at = models.DateTimeField("办理时间", null=True, editable=False)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        verbose_name = "记录状态"
        constraints = [
            models.UniqueConstraint(fields=["provider", "number"], name="a_record_stands_once"),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None, decided_by=None)
                | (
                    Q(accepted__isnull=False, decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="a_decided_record_says_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=Standing.COUNTED) | Q(person__isnull=False),
                name="what_counts_is_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(state=Standing.REFUSED) | Q(accepted__isnull=False, accepted=False),
                name="a_refused_record_was_refused",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id_index"],
                condition=Q(state__in=(Standing.WAITING, Standing.MISMATCH)),
                name="record_without_a_person",
            ),
            models.Index(
                fields=["since", "id"],
                condition=Q(state__in=(Standing.FLAGGED, Standing.MISMATCH)),
                name="record_to_look_at",
            ),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="record_of_person"),
        ]
