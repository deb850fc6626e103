"""How a person is reached: a mobile number or an e-mail address, which belongs to one account only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cehours.lib.refusal import Refusal
from organizations.messaging import messages
from organizations.models import User
from organizations.models.message import Channel

MOBILE = re.compile(r"1[3-9][0-9]{9}")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SEPARATORS = re.compile(r"[\s-]+")


class BadContact(Refusal):
    """Neither a mobile number nor an e-mail address; `says` tells what to compare."""


@dataclass(frozen=True)
class Contact:
    """A mobile number of 11 digits, or an e-mail address in lower case."""

    channel: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Contact:
        """The contact that was typed. Raises BadContact."""
        plain = text.translate(_HALF_WIDTH).strip()
        if "@" in plain:
            return cls(Channel.EMAIL, _email(plain))
        digits = _SEPARATORS.sub("", plain).removeprefix("+86")
        if not digits:
            raise BadContact("请填写手机号码或邮箱。")
        if not MOBILE.fullmatch(digits):
            raise BadContact("请填写 11 位手机号码，或者完整的邮箱地址。")
        return cls(Channel.SMS, digits)

    @property
    def masked(self) -> str:
        """Enough for the owner to recognise it: 138****5678, zh***@example.cn."""
        if self.channel == Channel.SMS:
            return f"{self.address[:3]}****{self.address[-4:]}"
        name, _, domain = self.address.rpartition("@")
        return f"{name[:2]}***@{domain}"

    @property
    def kind(self) -> str:
        return "手机号码" if self.channel == Channel.SMS else "邮箱"

    def tell(self, *, subject: str, body: str) -> None:
        """Queues a message to this contact in the caller's transaction."""
        messages.send(channel=self.channel, recipient=self.address, subject=subject, body=body)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise BadContact("邮箱地址不完整或有误，请核对，例如 name@example.cn。") from None
    if len(text) > 254:
        raise BadContact("邮箱地址太长，请换一个邮箱。")
    return text.lower()


def holder(contact: Contact) -> User | None:
    """The account that this contact belongs to, or None."""
    if contact.channel == Channel.SMS:
        return User.objects.filter(phone=contact.address).first()
    owned = EmailAddress.objects.filter(email=contact.address, verified=True).select_related("user").first()
    return owned.user if owned else None


def of(user: User) -> list[Contact]:
    """The contacts of an account, the mobile number first."""
    found = [Contact(Channel.SMS, user.phone)] if user.phone else []
    addresses = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return found + [Contact(Channel.EMAIL, address.email) for address in addresses]


def give(user: User, contact: Contact) -> None:
    """Makes a proven contact the account's own, in place of the former one of its kind.

    Raises IntegrityError when another account was quicker.
    """
    if contact.channel == Channel.SMS:
        user.phone, user.phone_verified = contact.address, True
        user.save(update_fields=["phone", "phone_verified"])
        return
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=contact.address, verified=True, primary=True)


def account(user_id: int) -> User | None:
    """The account whose owner has proven a contact of it, unless it was switched off meanwhile."""
    return User.objects.filter(pk=user_id, is_active=True).first()
