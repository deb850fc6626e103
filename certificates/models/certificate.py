from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from organizations.models import Audited


class CertificateState(models.TextChoices):
    PENDING = "pending", "生成中"
    READY = "ready", "有效"
    SUPERSEDED = "superseded", "已被替代"
    REVOKED = "revoked", "已撤销"


LIVE = (CertificateState.PENDING, CertificateState.READY)


class Certificate(Audited):
    """学时认定单: numbered in the approving transaction, printed from the frozen `sheet`, sealed, stored once.

    `by_approval` tells the certificate of an approval's whole span from one of a further range; `lent_by` are
    the applications whose approvals lend the years.
    """

    SUBJECT = "certificate"
    failure = ""  # no column: why the print was given up, where certificates.prints.failures has looked

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("继续教育登记证书编号", max_length=10, unique=True)
    number_year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="certificates")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="certificates")
    revision = models.PositiveIntegerField()
    from_year = models.PositiveSmallIntegerField("起始年度")
    to_year = models.PositiveSmallIntegerField("结束年度")
    by_approval = models.BooleanField(default=False, editable=False)
    lent_by = ArrayField(models.UUIDField(), default=list, editable=False)
    state = models.CharField(max_length=12, choices=CertificateState, default=CertificateState.PENDING)
    issued_by = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("出具时间")
    token = models.CharField(max_length=43, unique=True, editable=False)
    sheet = models.TextField(editable=False)
    storage_key = models.CharField(max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False)
    rendered_at = models.DateTimeField(null=True, editable=False)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    ended_at = models.DateTimeField("失效时间", null=True, editable=False)
    ended_reason = models.CharField("失效原因", max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["-issued_at", "-number"]
        verbose_name = "学时认定单"
        constraints = [
            models.UniqueConstraint(fields=["number_year", "serial"], name="certificate_serial_once"),
            models.UniqueConstraint(
                fields=["person", "from_year", "to_year"],
                condition=Q(state__in=LIVE),
                name="one_live_certificate_per_range",
            ),
            models.CheckConstraint(condition=Q(from_year__lte=F("to_year")), name="range_runs_forward"),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (~Q(storage_key="") & ~Q(sha256="") & Q(rendered_at__isnull=False)),
                name="ready_means_stored",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True)
                | Q(state="superseded", ended_at__isnull=False, superseded_by__isnull=False)
                | (Q(state="revoked", ended_at__isnull=False) & ~Q(ended_reason="")),
                name="an_ended_certificate_says_when_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["issued_by", "-issued_at", "-id"], name="certificate_of_bureau"),
            models.Index(fields=["issued_by", "-number", "-id"], name="certificate_by_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ready(self) -> bool:
        return self.state == CertificateState.READY

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
