"""The private storage of evidence and of pictures of its pages: written whole, under its content's hash.

A file on a disk is there before it is complete, and two uploads of the same bytes may meet. An advisory lock per
key lets one write at a time, so a size that fits means a complete file, whatever stopped the writer before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

WRITING, KEEPING = 5101, 5102  # classes of advisory locks; the second number stands for the key


def put(key: str, content: bytes) -> None:
    """Stores `content` under `key` unless it lies there already.

    Until the transaction ends, `tidying.forget` leaves the key alone: a row that names it is on its way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [KEEPING, number_of(key)])
    with _alone(key):
        if default_storage.exists(key):
            if default_storage.size(key) == len(content):
                return
            default_storage.delete(key)
        default_storage.save(key, ContentFile(content))


def get(key: str) -> bytes:
    """The bytes under `key`. Raises FileNotFoundError."""
    with default_storage.open(key) as file:
        content: bytes = file.read()
    return content


def number_of(key: str) -> int:
    """A signed 32-bit number for the lock; two keys with the same number only wait for each other."""
    return crc32(key.encode()) - 2**31


def evidence_key(sha256: str) -> str:
    return f"evidence/{sha256[:2]}/{sha256}"


@contextmanager
def _alone(key: str) -> Iterator[None]:
    # Not held until commit: a request may store several files, and two such requests must not block each other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [WRITING, number_of(key)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WRITING, number_of(key)])
