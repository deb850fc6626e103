"""Prints of a lost time: sealed here and in the file store, while the database was restored to before them.

Whoever holds such a paper has a sound seal on a number that nothing stands behind any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

import structlog
from django.core.files.storage import default_storage
from django.db import connection

from applications.files import store
from cehours.lib import uploads
from cehours.lib.fence import Broken
from certificates.models import Certificate, LostPrint
from certificates.prints import sealed_here

AT_ONCE = 500  # folders of the store that are looked up together
log = structlog.get_logger(__name__)


def find(year: int) -> list[LostPrint]:
    """Enters every print of the year that was sealed here and whose certificate is on no record; returns the new ones.

    As the system. A print of a certificate that there is, left by a printer that was killed, is none.
    """
    found: list[LostPrint] = []
    waiting = _folders(f"certificates/{year}")
    while folders := list(islice(waiting, AT_ONCE)):
        known = set(Certificate.objects.filter(pk__in=folders).values_list("pk", flat=True))
        for pk in folders:
            if pk not in known:
                found += [
                    made
                    for key, digest in _prints(f"certificates/{year}/{pk}")
                    if (made := _enter(key, digest))
                ]
    return found


def of_digest(digest: str) -> tuple[str, str] | None:
    """Number, and the day (ISO) on which it was taken back or "", of the lost print with this hash; for everybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, taken_back_on FROM lost_print_with_digest(%s)", [digest])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _enter(key: str, digest: str) -> LostPrint | None:
    if not sealed_here.known(digest) or LostPrint.objects.filter(sha256=digest).exists():
        return None
    try:
        content = store.original(key, digest)
    except store.Damaged as damage:
        log.error("lost_print_damaged", key=key, error=str(damage))
        return None
    log.warning("lost_print_found", key=key)
    return LostPrint.objects.create(number=_number(content), sha256=digest, storage_key=key)


def _number(content: bytes) -> str:
    """The number that the paper says; "" where it says none."""
    try:
        told, _ = uploads.PARSERS.run("text", content)
    except Broken:
        return ""
    said = re.search(r"(?<!\d)20\d{8}(?!\d)", str(told["text"]))
    return said[0] if said else ""


def _folders(under: str) -> Iterator[UUID]:
    for name in default_storage.listdir(under)[0] if default_storage.exists(under) else []:
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name):
            yield UUID(name)


def _prints(folder: str) -> Iterator[tuple[str, str]]:
    for name in sorted(default_storage.listdir(folder)[1]):
        if said := re.fullmatch(r"([0-9a-f]{64})\.pdf", name):
            yield f"{folder}/{name}", said[1]
