from __future__ import annotations

from celery import shared_task

from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review.services import batches, digesting, exporting, holding


@shared_task(name=batches.RUN)
def run_batch(key: str) -> None:
    outbox.perform(batches.RUN, key, lambda: batches.run_chunk(key))


@shared_task(name=holding.TAKE_EFFECT)
def take_effect(key: str) -> None:
    outbox.perform(
        holding.TAKE_EFFECT,
        key,
        lambda: holding.take_effect(key),
        given_up=lambda _: holding.give_up(key),
    )


@shared_task(name=exporting.WRITE)
def write_export(key: str) -> None:
    outbox.perform(exporting.WRITE, key, lambda: exporting.write_export(key))


@shared_task(name="review.tidy_exports")
def tidy_exports() -> int:
    """Deletes exported files that nobody needs any more; run by the hour."""
    with scope(Actor.system("review.tidy_exports")) as actor:
        return exporting.delete_old_exports(actor)


@shared_task(name=digesting.ASK)
def ask_digests() -> int:
    """Every ten minutes: the first look on a working day at or after the hour asks, the others find it asked."""
    return digesting.ask_if_due()


@shared_task(name=digesting.TELL)
def tell_digest(key: str) -> None:
    outbox.perform(digesting.TELL, key, lambda: digesting.tell(key))
