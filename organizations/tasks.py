from __future__ import annotations

from celery import shared_task

from organizations import outbox
from organizations.messaging import messages, notices

LOT = 100  # a second's work at most


@shared_task(name="organizations.sweep")
def sweep() -> int:
    return outbox.sweep()


@shared_task(name="organizations.send_message")
def send_message(key: str) -> None:
    outbox.perform("organizations.send_message", key, lambda: messages.deliver(key))


@shared_task(name=notices.DELIVER)
def deliver_notice(key: str) -> None:
    outbox.perform(notices.DELIVER, key, lambda: notices.deliver(key))


@shared_task(name="organizations.deliver_waiting")
def deliver_waiting() -> None:
    """Passes on many notices, as after a batch, and rings for the next of them."""

    def work(keys: list[str]) -> outbox.Lot:
        for key in keys:
            notices.deliver(key)
        return outbox.Lot(keys)

    if outbox.perform_lot(notices.DELIVER, work, most=LOT):
        outbox.go_on("organizations.deliver_waiting")
