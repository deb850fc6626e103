from __future__ import annotations

from celery import shared_task

from cehours.my_data import archive
from organizations import outbox
from organizations.accounts import devices
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


@shared_task(name=archive.TASK)
def export(key: str) -> None:
    """Makes one archive; the outbox row says whether it is still to be done."""
    outbox.perform(archive.TASK, key, lambda: archive.make(key))


@shared_task(name=archive.SWEEP)
def sweep() -> int:
    """Deletes archives whose time is over, and devices whose session is."""
    with scope(Actor.system(archive.SWEEP)):
        gone, _ = devices.ended().delete()
        return archive.sweep() + gone
