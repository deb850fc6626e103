from __future__ import annotations

import os
from functools import cache
from uuid import UUID

from celery import shared_task

from certificates import services
from certificates.issuing import numbering
from certificates.prints import failures, lost, queue
from certificates.sealing import SealFailed
from certificates.services import lost_prints
from organizations import outbox
from organizations.acting.actor import Actor

LOT = 50  # at most; half a second ends it earlier (`printing_many`)
NICER = 10


@shared_task(name="certificates.render")
def render(key: str) -> None:
    """Prints one certificate; the outbox row says whether it is still to be done.

    A seal that is only away is waited for, however long; every other fault is tried a few times.
    """
    actor = Actor.system("certificates.render")

    def work() -> None:
        try:
            services.store_print(actor=actor, certificate_id=UUID(key))
        except SealFailed as failed:
            if failed.retry:
                raise outbox.NotYet(failed.says) from failed
            raise

    outbox.perform(
        "certificates.render", key, work, given_up=lambda error: failures.tell_the_holder(UUID(key), error)
    )


@shared_task(name="certificates.print_waiting")
def print_waiting() -> None:
    """Prints a lot of what waits, and rings for the next one; a single certificate's own bell comes in between."""
    if not print_waiting.request.called_directly:
        step_back()
    actor = Actor.system("certificates.render")

    def work(keys: list[str]) -> outbox.Lot:
        lot = services.store_prints(actor=actor, keys=keys)
        queue.note(len(lot.done))
        return lot

    if outbox.perform_lot("certificates.render", work, most=LOT):
        outbox.go_on("certificates.print_waiting")


@shared_task(name=numbering.FIND_LOST_PRINTS)
def find_lost_prints(key: str) -> None:
    """Looks for the prints of a year some of whose numbers were lost."""
    outbox.perform(numbering.FIND_LOST_PRINTS, key, lambda: _find(int(key)))


def _find(year: int) -> None:
    lost.find(year)


@shared_task(name=lost_prints.TELL)
def tell_lost_print(key: str) -> None:
    outbox.perform(lost_prints.TELL, key, lambda: lost_prints.tell(key))


@cache
def step_back() -> None:
    """A process that prints many gives way to whatever a person waits for, from now on."""
    os.nice(NICER)
