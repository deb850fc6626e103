from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class OutboxState(models.TextChoices):
    PENDING = "pending", "待处理"
    DONE = "done", "已完成"
    FAILED = "failed", "多次失败，等待人工处理"


class OutboxItem(models.Model):
    """Work for Celery, made in the transaction that needs it. The bell may be lost; the row is not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=OutboxState, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "key"], condition=Q(state="pending"), name="outbox_asks_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["run_after"], condition=Q(state="pending"), name="outbox_due")]
