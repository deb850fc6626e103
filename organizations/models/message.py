from __future__ import annotations

import uuid

from django.db import models


class Message(models.Model):
    """A message on its way out. The text is wiped once sent, except in a demo, whose mailbox shows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=20)  # a key of organizations.messaging.channels
    recipient = models.CharField("收件人", max_length=254)
    subject = models.CharField("标题", max_length=200, blank=True)
    body = models.TextField("内容")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
