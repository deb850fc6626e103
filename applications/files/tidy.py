"""Removes from storage what no row speaks of: uploads whose transaction was lost, files removed from drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import connection

from applications.files import store
from applications.models import Evidence, Revision, Scan
from cehours.lib import clock

YOUNG = timedelta(hours=24)


def tidy() -> int:
    """Forgets every stored file older than a day that nothing needs, as the task; returns how many."""
    return sum(forget(sha256) for sha256 in _old_ones())


def forget(sha256: str) -> bool:
    """Removes one content and the pictures of its pages, unless a file or a submission needs it.

    Infected files need nothing: their bytes go, their row stays and says why. Returns whether it was removed.
    """
    key = store.evidence_key(sha256)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [store.KEEPING, store.number_of(key)])
        if not cursor.fetchone()[0]:
            return False  # somebody uploads it again just now
    if Evidence.objects.filter(sha256=sha256).exclude(scan=Scan.INFECTED).exists():
        return False
    if Revision.objects.filter(content__contains=sha256).exists():
        return False
    for preview in _names(f"previews/{sha256[:2]}"):
        if preview.startswith(sha256):
            default_storage.delete(f"previews/{sha256[:2]}/{preview}")
    default_storage.delete(key)
    return True


def _old_ones() -> Iterator[str]:
    edge = clock.now() - YOUNG
    for folder in _folders("evidence"):
        names = _names(f"evidence/{folder}")
        known = set(Evidence.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        for name in names:
            if name not in known and _written_before(f"evidence/{folder}/{name}", edge):
                yield name


def _written_before(key: str, edge: datetime) -> bool:
    try:
        return default_storage.get_modified_time(key) < edge
    except FileNotFoundError:
        return False


def _folders(under: str) -> list[str]:
    return default_storage.listdir(under)[0] if default_storage.exists(under) else []


def _names(folder: str) -> list[str]:
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
