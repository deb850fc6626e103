from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cehours.lib import clock
from training.models.feed import Provider


class Scope(models.TextChoices):
    """What a credential is good for."""

    WRITE = "records:write", "报送、更正、撤销"
    READ = "records:read", "查询本单位的报送"
    HOURS = "hours:read", "读取事业单位人员的基地学时（限公共机构学习平台）"


ORDINARY = (Scope.WRITE, Scope.READ)  # what any provider may be given


class ProviderCredential(models.Model):
    """A provider's key for the interface: `key_id` names it, the secret (sealed here, shown once) signs requests.

    Rotation makes the next one and lets this one end after an overlap (`ends_at`); several may be good at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="credentials")
    key_id = models.CharField("密钥编号", max_length=24, unique=True)
    secret_cipher = models.BinaryField(editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    made_at = models.DateTimeField("生成时间", default=clock.now, editable=False)
    made_by = models.ForeignKey("organizations.User", models.PROTECT, null=True, related_name="+")
    ends_at = models.DateTimeField("失效时间", null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = "接口密钥"
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0) & Q(scopes__contained_by=list(Scope.values)),
                name="a_credential_is_good_for_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("made_at")),
                name="a_credential_ends_after_it_began",
            ),
        ]
