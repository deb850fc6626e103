"""The demo's mailbox: mails and SMS with their text, beside their rows, which no page may read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.cache import cache

from organizations.models import Message

SHOWN = 100
KEPT = 7 * 24 * 3600  # seconds
COUNT, LETTER, SENT = "mailbox:count", "mailbox:letter:{}", "mailbox:sent:{}"


def keep(message: Message) -> None:
    """Keeps a message for the page as it is queued."""
    cache.add(COUNT, 0, timeout=None)
    letter = {
        "pk": message.pk,
        "channel": message.channel,
        "recipient": message.recipient,
        "subject": message.subject,
        "body": message.body,
        "created_at": message.created_at,
    }
    cache.set(LETTER.format(cache.incr(COUNT)), letter, timeout=KEPT)


def note_sent(pk: UUID) -> None:
    cache.set(SENT.format(pk), True, timeout=KEPT)


def last() -> list[dict[str, Any]]:
    """The newest SHOWN, newest first: channel, recipient, subject, body, created_at, sent."""
    newest = cache.get(COUNT, 0)
    keys = [LETTER.format(number) for number in range(newest, max(newest - SHOWN, 0), -1)]
    found = cache.get_many(keys)
    letters = [found[key] for key in keys if key in found]
    sent = cache.get_many(SENT.format(letter["pk"]) for letter in letters)
    return [{**letter, "sent": SENT.format(letter["pk"]) in sent} for letter in letters]
