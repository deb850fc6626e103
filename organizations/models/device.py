from __future__ import annotations

from django.db import models

from cehours.lib import clock


class Kind(models.TextChoices):
    """The kinds of second factor that a session can have shown; the first three are allauth's own."""

    CODE = "totp", "动态验证码"
    KEY = "webauthn", "安全密钥"
    RECOVERY = "recovery_codes", "备用码"
    PLATFORM = "platform", "平台验证"


class Device(models.Model):
    """A browser in which an account is signed in, for its owner to see and to end; gone with the session.

    `name` is all that is kept of what the browser says of itself: no address, no version.
    """

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, editable=False)
    name = models.CharField("设备", max_length=60)
    factor = models.CharField("二次验证", max_length=20, blank=True, default="", db_default="", choices=Kind)
    since = models.DateTimeField("登录时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "已登录的设备"
        constraints = [models.UniqueConstraint(fields=["session_key"], name="a_session_is_one_device")]

    def __str__(self) -> str:
        return self.name
