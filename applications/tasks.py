from __future__ import annotations

from uuid import UUID

from celery import shared_task

from applications.files import scan, tidy
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


@shared_task(name=scan.SCAN)
def scan_evidence(key: str) -> None:
    outbox.perform(scan.SCAN, key, lambda: scan.scan(UUID(key)))


@shared_task(name="applications.tidy_storage")
def tidy_storage() -> int:
    with scope(Actor.system("applications.tidy_storage")):
        return tidy.tidy()
