from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.models.platform_account import PlatformAccount


class User(AbstractUser):
    """A login. Several logins may belong to one natural person; separation of duties counts persons."""

    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机号码", max_length=20, blank=True)
    phone_verified = models.BooleanField(default=False)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="users")
    notices_by_email = models.BooleanField("邮件通知", default=True)
    notices_by_sms = models.BooleanField("短信通知", default=True)
    # Kinds of work (organizations.messaging.work) of which the account is not told.
    muted = ArrayField(models.CharField(max_length=20), default=list, editable=False)

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=~models.Q(phone=""), name="phone_belongs_to_one_account"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Role(models.TextChoices):
    ADMIN = "admin", "管理员"
    REVIEWER = "reviewer", "经办人"


class Membership(models.Model):
    """An account works for a unit. An admin also invites colleagues; both decide."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey("organizations.Unit", models.CASCADE, related_name="memberships")
    role = models.CharField("角色", max_length=10, choices=Role, default=Role.REVIEWER)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "unit"], name="member_of_a_unit_once")]

    @property
    def bound_account(self) -> PlatformAccount | None:
        """The account of the HR platform that opens this membership; None when none is bound."""
        return getattr(self, "platform_account", None)
