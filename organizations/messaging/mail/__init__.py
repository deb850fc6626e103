"""E-mail: addresses are allauth's, which signs people in by them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email

from organizations.messaging.channel import BadContact, Channel
from organizations.models import Message, Notice, User

_FULL_STOPS = dict.fromkeys(map(ord, "。｡"), ".")  # what an input method writes for a dot


class Mail(Channel):
    key = "email"
    name = "邮件"
    kind = "邮箱"
    example = "完整的邮箱地址"

    def read(self, text: str) -> str | None:
        if "@" not in text:
            return None
        text = text.translate(_FULL_STOPS)
        if text.endswith("."):
            raise BadContact("邮箱地址末尾多了句号，请去掉后重新填写。")
        try:
            validate_email(text)
        except ValidationError:
            raise BadContact("邮箱地址不完整或有误，请核对，例如 name@example.cn。") from None
        if len(text) > 254:
            raise BadContact("邮箱地址太长，请换一个邮箱。")
        return text.lower()

    def masked(self, address: str) -> str:
        name, _, domain = address.rpartition("@")
        return f"{name[:2]}***@{domain}"

    def words(self, notice: Notice) -> tuple[str, str]:
        link = settings.PUBLIC_URL + notice.link
        return notice.title, (
            f"{notice.title}。\n\n请登录系统查看详情：\n{link}\n\n"
            "如不希望收到邮件，可在“通知”页面的通知方式中关闭。"
        )

    def deliver(self, message: Message) -> None:
        send_mail(message.subject, message.body, None, [message.recipient])

    def holder(self, address: str) -> User | None:
        owned = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
        return owned.user if owned else None

    def addresses(self, user: User) -> list[str]:
        owned = EmailAddress.objects.filter(user=user, verified=True)
        return list(owned.order_by("-primary", "pk").values_list("email", flat=True))

    def give(self, user: User, address: str) -> None:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)

    def forget(self, user: User) -> None:
        EmailAddress.objects.filter(user=user).delete()
        user.email = ""
        user.save(update_fields=["email"])

    def is_wanted(self, user: User) -> bool:
        return user.notices_by_email

    def choose(self, user: User, *, wanted: bool) -> None:
        user.notices_by_email = wanted
        user.save(update_fields=["notices_by_email"])


MAIL = Mail()
