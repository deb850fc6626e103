from __future__ import annotations

from uuid import UUID

from celery import shared_task

from certificates import services
from certificates.sealing import SealFailed
from organizations import outbox
from organizations.acting.actor import Actor


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

    outbox.perform("certificates.render", key, work)
