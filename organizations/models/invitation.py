from __future__ import annotations

import uuid

from django.db import models

from organizations.models.user import Role


class Invitation(models.Model):
    """An open invitation to become a member of a unit. Only the hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("organizations.Unit", models.CASCADE, related_name="invitations")
    role = models.CharField("角色", max_length=10, choices=Role)
    name = models.CharField("受邀人姓名", max_length=60)
    channel = models.CharField(max_length=20)  # a key of organizations.messaging.channels
    address = models.CharField("联系方式", max_length=254)
    secret_hash = models.BinaryField(editable=False)
    invited_by = models.ForeignKey("organizations.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("organizations.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["secret_hash"], name="invitation_secret_once"),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_and_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(channel="") & ~models.Q(address=""), name="invitation_reaches_somebody"
            ),
        ]
