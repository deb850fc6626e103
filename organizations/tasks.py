from __future__ import annotations

from celery import shared_task

from organizations import outbox
from organizations.messaging import messages, notices


@shared_task(name="organizations.sweep")
def sweep() -> int:
    return outbox.sweep()


@shared_task(name="organizations.send_message")
def send_message(key: str) -> None:
    outbox.perform("organizations.send_message", key, lambda: messages.deliver(key))


@shared_task(name=notices.DELIVER)
def deliver_notice(key: str) -> None:
    outbox.perform(notices.DELIVER, key, lambda: notices.deliver(key))
