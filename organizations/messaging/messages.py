"""Messages to people: a row in the caller's transaction, sent by a task through the channel it names."""

from __future__ import annotations

from django.conf import settings

from cehours.lib import clock
from organizations import outbox
from organizations.messaging import channels, mailbox
from organizations.models import Message


def send(*, channel: str, recipient: str, subject: str = "", body: str) -> Message:
    """Queues a message; it leaves when the surrounding transaction commits, and not if it does not."""
    message = Message(channel=channel, recipient=recipient, subject=subject[:200], body=body)
    message.save(force_insert=True)
    outbox.ring("organizations.send_message", message.pk)
    if settings.DEMO:
        mailbox.keep(message)
    return message


def deliver(key: str) -> None:
    """Sends one queued message, then wipes its text: codes and links must not lie about."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=key)
    if message.sent_at is not None:
        return
    channels.by_key(message.channel).deliver(message)
    message.sent_at, message.body = clock.now(), ""
    if settings.DEMO:
        mailbox.note_sent(message.pk)
    message.save(update_fields=["sent_at", "body"])
