from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from organizations.models.event import Audited


class RequestKind(models.TextChoices):
    EXPORT = "export", "复制个人信息"
    CORRECTION = "correction", "更正姓名或证件号码"
    DELETION = "deletion", "注销账号"


class RequestState(models.TextChoices):
    PENDING = "pending", "办理中"
    DONE = "done", "已办结"
    DECLINED = "declined", "未同意"
    EXPIRED = "expired", "已过期删除"


class DataRequest(Audited):
    """What somebody asks about their own data (个人信息保护法 45 to 47): a copy, a correction, an end.

    A correction repeats name and number as they were, sealed, so that the bureau need not see the person's row;
    the seals are emptied once it is settled. `contact_digests` of a closed account are keyed: they recognise the
    contact that comes back, and give none away.
    """

    SUBJECT = "data_request"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="data_requests")
    user = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    kind = models.CharField("事项", max_length=10, choices=RequestKind)
    state = models.CharField("状态", max_length=8, choices=RequestState, default=RequestState.PENDING)
    reason = models.TextField("理由", max_length=500, blank=True)
    made_at = models.DateTimeField("提出时间", default=clock.now, editable=False)
    settled_at = models.DateTimeField("办结时间", null=True, editable=False)
    settled_by = models.ForeignKey("organizations.Unit", models.PROTECT, null=True, related_name="+")
    answer = models.TextField("答复", max_length=500, blank=True)

    # A correction: what is registered, and what it should be; empty where nothing changes
    name = models.CharField("登记的姓名", max_length=60, blank=True)
    id_kind = models.CharField("登记的证件类型", max_length=20, choices=IdKind.choices(), blank=True)
    id_cipher = models.BinaryField(default=b"", editable=False)
    wanted_name = models.CharField("更正为姓名", max_length=60, blank=True)
    wanted_id_kind = models.CharField("更正为证件类型", max_length=20, choices=IdKind.choices(), blank=True)
    wanted_cipher = models.BinaryField(default=b"", editable=False)

    # An export: the archive in private storage, until it is deleted
    file_key = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveBigIntegerField("大小", default=0, editable=False)
    expires_at = models.DateTimeField("下载截止", null=True, editable=False)

    # A closed account: who may come back
    contact_digests = ArrayField(models.CharField(max_length=64), default=list, editable=False)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = "个人信息请求"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state="pending"),
                name="one_request_of_a_kind_at_a_time",
                violation_error_message="同一事项已在办理中，请等待办结。",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at=None)
                | (~Q(state="pending") & Q(settled_at__isnull=False)),
                name="a_settled_request_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="export", state="done") | (~Q(file_key="") & Q(expires_at__isnull=False)),
                name="a_finished_export_has_a_file_and_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(kind="correction", state="declined") | ~Q(answer=""),
                name="a_declined_correction_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-made_at", "-id"], name="data_request_of_person"),
            models.Index(fields=["kind", "-made_at", "-id"], name="data_request_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.get_state_display()}"
