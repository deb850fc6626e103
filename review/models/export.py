from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q

from cehours.lib import clock
from organizations.models import Audited


class ListKind(models.TextChoices):
    """The reviewers' lists."""

    INBOX = "inbox", "待办"
    HANDLED = "handled", "已办"
    WITHDRAWN = "withdrawn", "已撤销"


class ExportKind(models.TextChoices):
    """What can be exported: the reviewers' lists, and the bureau's certificates."""

    INBOX = "inbox", "待办"
    HANDLED = "handled", "已办"
    WITHDRAWN = "withdrawn", "已撤销"
    ISSUED = "issued", "已出具的认定单"


class ExportState(models.TextChoices):
    WAITING = "waiting", "正在生成"
    DONE = "done", "可以下载"
    FAILED = "failed", "没有生成"
    EXPIRED = "expired", "已过期删除"


class ExportJob(Audited):
    """导出: one list as it was filtered, written to a spreadsheet by a worker, for whoever asked and nobody else."""

    SUBJECT = "export"
    KEPT = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", models.PROTECT, related_name="+")
    kind = models.CharField("列表", max_length=10, choices=ExportKind)
    asked = models.JSONField(
        default=dict
    )  # ListCriteria, an identity number sealed; of certificates IssuedCriteria
    conditions = models.CharField("条件", max_length=400, blank=True)
    state = models.CharField("状态", max_length=8, choices=ExportState, default=ExportState.WAITING)
    rows = models.PositiveIntegerField("件数", default=0)
    is_cut = models.BooleanField(default=False)
    says = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField("申请时间", default=clock.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="export_of_user"),
            models.Index(fields=["done_at"], condition=Q(state="done"), name="export_to_delete"),
        ]

    @property
    def storage_key(self) -> str:
        return f"exports/{self.pk}.xlsx"

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.DONE
