from __future__ import annotations

from django.db import models
from django.db.models import Q

from cehours.lib import clock


class PlatformAccount(models.Model):
    """人社一体化平台账号: whoever signs in there with `subject` enters here as this member of a bureau.

    It belongs to the membership, not to the account: an administrator vouches for their own bureau's hat and for
    no other part of a colleague's life. `subject` is unique for its issuer only (OpenID Connect Core 1.0, 2).
    """

    membership = models.OneToOneField(
        "organizations.Membership", models.CASCADE, related_name="platform_account"
    )
    issuer = models.CharField(max_length=200, editable=False)
    subject = models.CharField("平台账号", max_length=255)
    bound_by = models.ForeignKey("organizations.User", models.PROTECT, related_name="+")
    bound_at = models.DateTimeField("绑定时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "平台账号"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="platform_account_belongs_to_one_member"
            ),
            models.CheckConstraint(
                condition=~Q(issuer="") & ~Q(subject=""), name="platform_account_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
