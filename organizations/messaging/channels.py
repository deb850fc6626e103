"""The table of channels. The order is the one in which people read them, and a code or a warning takes the first."""

from __future__ import annotations

from organizations.messaging.channel import Channel
from organizations.messaging.mail import MAIL
from organizations.messaging.sms import SMS

ALL: tuple[Channel, ...] = (SMS, MAIL)


def by_key(key: str) -> Channel:
    """Raises LookupError for a key that no channel has: a message never leaves by another one."""
    for channel in ALL:
        if channel.key == key:
            return channel
    raise LookupError(f"no channel is called {key!r}")


def kinds() -> str:
    """What a person may type to be reached: 手机号码或邮箱."""
    return _or([channel.kind for channel in ALL])


def examples() -> str:
    """The same, told how to write it."""
    return "，或者".join(channel.example for channel in ALL)


def _or(words: list[str]) -> str:
    *first, last = words
    return f"{'、'.join(first)}或{last}" if first else last
