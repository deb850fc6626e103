from __future__ import annotations

from uuid import UUID

from celery import shared_task

from applications import scanning, tidying
from organizations import outbox
from organizations.actor import Actor
from organizations.scope import scope


@shared_task(name=scanning.SCAN)
def scan_evidence(key: str) -> None:
    outbox.perform(scanning.SCAN, key, lambda: scanning.scan(UUID(key)))


@shared_task(name="applications.tidy_storage")
def tidy_storage() -> int:
    with scope(Actor.system("applications.tidy_storage")):
        return tidying.tidy()
