"""Text messages: the mobile number is a column of the account, and people sign in by it."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.module_loading import import_string

from cehours.lib import phone
from organizations.messaging.channel import Channel
from organizations.messaging.sms.backend import ConsoleSms, SmsBackend
from organizations.models import Message, Notice, User

__all__ = ["SMS", "ConsoleSms", "Sms", "SmsBackend"]

_SEPARATORS = re.compile(r"[\s-]+")
# Installations may name a backend by the path that it had once.
FORMER_PATHS = {"organizations.sms.ConsoleSms": "organizations.messaging.sms.ConsoleSms"}


class Sms(Channel):
    key = "sms"
    name = "短信"
    kind = "手机号码"
    example = "11 位手机号码"

    def read(self, text: str) -> str | None:
        digits = _SEPARATORS.sub("", text).removeprefix("+86")
        return digits if phone.is_mobile(digits) else None

    def masked(self, address: str) -> str:
        return f"{address[:3]}****{address[-4:]}"

    def words(self, notice: Notice) -> tuple[str, str]:
        return "", f"【学时核认】{notice.title}。请登录系统查看。"

    def deliver(self, message: Message) -> None:
        path = settings.SMS_BACKEND
        backend: SmsBackend = import_string(FORMER_PATHS.get(path, path))()
        backend.send(message.recipient, message.body)

    def holder(self, address: str) -> User | None:
        return User.objects.filter(phone=address).first()

    def addresses(self, user: User) -> list[str]:
        return [user.phone] if user.phone else []

    def give(self, user: User, address: str) -> None:
        user.phone, user.phone_verified = address, True
        user.save(update_fields=["phone", "phone_verified"])

    def forget(self, user: User) -> None:
        user.phone, user.phone_verified = "", False
        user.save(update_fields=["phone", "phone_verified"])

    def is_wanted(self, user: User) -> bool:
        return user.notices_by_sms

    def choose(self, user: User, *, wanted: bool) -> None:
        user.notices_by_sms = wanted
        user.save(update_fields=["notices_by_sms"])


SMS = Sms()
