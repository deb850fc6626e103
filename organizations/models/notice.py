from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from cehours.lib import clock


class Notice(models.Model):
    """站内通知: what happened to somebody's case, told to that person and to nobody else.

    The row is written in the act's own transaction; e-mail and SMS follow through the outbox.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("organizations.Person", models.CASCADE, related_name="notices")
    subject = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", max_length=1000)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    read_at = models.DateTimeField("阅读时间", null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "站内通知"
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_of_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title
