from __future__ import annotations

from django.db import models

from cehours.lib import clock


class Device(models.Model):
    """A browser in which an account is signed in, for its owner to see and to end; gone with the session.

    `name` is all that is kept of what the browser says of itself: no address, no version.
    """

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, editable=False)
    name = models.CharField("设备", max_length=60)
    since = models.DateTimeField("登录时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "已登录的设备"
        constraints = [models.UniqueConstraint(fields=["session_key"], name="a_session_is_one_device")]

    def __str__(self) -> str:
        return self.name
