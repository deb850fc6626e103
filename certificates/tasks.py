from __future__ import annotations

from uuid import UUID

from celery import shared_task

from certificates import services
from organizations import outbox
from organizations.actor import Actor


@shared_task(name="certificates.render")
def render(key: str) -> None:
    """Prints one certificate; the outbox row says whether it is still to be done."""
    actor = Actor.system("certificates.render")

    def work() -> None:
        services.store_print(actor=actor, certificate_id=UUID(key))

    outbox.perform("certificates.render", key, work)
