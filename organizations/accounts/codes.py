"""One-time codes: something was sent to a contact, and whoever types it back reads that contact.

What is being proven waits in the session, on the server; nothing about the person is written before the
code was right. Tries are counted in Redis, where parallel requests cannot share one.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from allauth.core import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from cehours.lib import clock
from organizations.acting.errors import NotAllowed
from organizations.messaging.contacts import Contact

LIFE = timedelta(minutes=15)
MOST_TRIES = 5
LENGTH = 6

SUBJECT = "【学时核认】验证码"
TEXTS = {
    "register": "您正在注册继续教育学时核认账号，验证码 {code}，15 分钟内有效。如非本人操作，请忽略。",
    "vouch": "有人用您的证件号码注册个人账号，验证码 {code}，15 分钟内有效。如非本人操作，请勿告诉任何人。",
    "reset": "您正在重新设置学时核认账号的密码，验证码 {code}，15 分钟内有效。如非本人操作，请勿告诉任何人。",
    "contact": "您正在更改学时核认账号的联系方式，验证码 {code}，15 分钟内有效。如非本人操作，请忽略。",
}


class TooSoon(NotAllowed):
    """A code was sent a moment ago, or too many were."""

    def __init__(self) -> None:
        super().__init__(
            "验证码发送太频繁，请 1 分钟后再试；当天多次发送仍未收到的，请明天再试或换一种联系方式。"
        )


class Spent(NotAllowed):
    """The code can no longer be entered: it expired, or was guessed at too often."""


@dataclass
class Challenge:
    """A code under way. `digest` is empty when a notice was sent instead of a code: then no code is right."""

    purpose: str
    channel: str
    address: str
    key: str
    sent_at: float
    digest: str = ""
    notice: str = ""
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def contact(self) -> Contact:
        return Contact(self.channel, self.address)

    @property
    def is_over(self) -> bool:
        return clock.now().timestamp() - self.sent_at > LIFE.total_seconds()


def begin(
    request: HttpRequest,
    *,
    purpose: str,
    contact: Contact,
    payload: dict[str, Any] | None = None,
    key: str = "",
    notice: str = "",
) -> Challenge:
    """Sends a code for `purpose`, or `notice` in its place, and remembers what it is for. Raises TooSoon.

    A notice is for contacts that get no code (already taken, not known). Both look the same on the page, and so does
    `nobody`, to whom nothing is sent.
    """
    _must_be_sendable(request, purpose, contact)
    challenge = Challenge(
        purpose=purpose,
        channel=contact.channel,
        address=contact.address,
        key=key or secrets.token_urlsafe(12),
        sent_at=0,
        notice=notice,
        payload=payload or {},
    )
    _send(request, challenge)
    return challenge


def nobody(person_id: object) -> Contact:
    """The contact of a person who can be told nothing, counted like any other."""
    return Contact("", f"?{person_id}")


def resend(request: HttpRequest, purpose: str) -> Challenge:
    """Sends a new code; the former one ends. Raises TooSoon, or Spent when nothing is under way."""
    challenge = current(request, purpose)
    if challenge is None:
        raise Spent("验证码已失效，请重新填写。")
    _must_be_sendable(request, purpose, challenge.contact)
    _send(request, challenge)
    return challenge


def current(request: HttpRequest, purpose: str) -> Challenge | None:
    """The challenge of this purpose that the session waits for, or None."""
    held = request.session.get(_slot(purpose))
    challenge = Challenge(**held) if held else None
    return None if challenge is None or challenge.is_over else challenge


def check(request: HttpRequest, purpose: str, typed: str) -> Challenge:
    """The challenge that `typed` answers; it is over with that.

    Raises NotAllowed for a wrong code, Spent when there is nothing left to try.
    """
    challenge = current(request, purpose)
    if challenge is None:
        raise Spent("验证码已失效，请重新填写。")
    tries = _count_try(challenge)
    if tries > MOST_TRIES:
        raise Spent("验证码错误次数过多，已经失效，请重新获取验证码。")
    right = bool(challenge.digest) and constant_time_compare(_digest(challenge.key, typed), challenge.digest)
    if not right:
        left = MOST_TRIES - tries
        if left == 0:
            raise Spent("验证码错误次数过多，已经失效，请重新获取验证码。")
        raise NotAllowed(f"验证码不正确，请核对最近收到的一条，还可以再试 {left} 次。", field="code")
    request.session.pop(_slot(purpose), None)
    return challenge


def _slot(purpose: str) -> str:
    return f"code:{purpose}"


def _must_be_sendable(request: HttpRequest, purpose: str, contact: Contact) -> None:
    """Of one kind a code a minute, of all kinds ten a day to one contact."""
    again = ratelimit.consume(request, action="send_code_again", key=f"{purpose}:{contact.address}")
    if not again or not ratelimit.consume(request, action="send_code", key=contact.address):
        raise TooSoon


def _send(request: HttpRequest, challenge: Challenge) -> None:
    code = get_random_string(LENGTH, "0123456789")
    challenge.sent_at = clock.now().timestamp()
    if challenge.notice or not challenge.channel:
        body = challenge.notice
    else:
        body = TEXTS[challenge.purpose].format(code=code)
        challenge.digest = _digest(challenge.key, code)
    cache.set(_counter(challenge), 0, LIFE.total_seconds())
    if challenge.channel:
        challenge.contact.tell(subject=SUBJECT, body=body)
    request.session[_slot(challenge.purpose)] = asdict(challenge)


def _count_try(challenge: Challenge) -> int:
    try:
        return cache.incr(_counter(challenge))
    except ValueError:  # Redis was emptied: nobody knows how often it was tried
        return MOST_TRIES + 1


def _counter(challenge: Challenge) -> str:
    return f"code-tries:{challenge.purpose}:{challenge.key}"


def _digest(key: str, code: str) -> str:
    plain = "".join(code.split())
    return salted_hmac("organizations.codes", f"{key}:{plain}", algorithm="sha256").hexdigest()
