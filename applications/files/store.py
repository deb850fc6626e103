"""The private storage of evidence and of pictures of its pages: written whole, under its content's hash.

A file on a disk is there before it is complete, and two uploads of the same bytes may meet: an advisory lock per
key lets one write at a time. What was filed is read here alone (`original`), and compared with its hash each time.
Pictures of pages carry a hash of their own in front; one that does not fit is as if it had never been drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

WRITING, KEEPING = 5101, 5102  # classes of advisory locks; the second number stands for the key
log = structlog.get_logger(__name__)


class Damaged(Exception):
    """The stored bytes are gone or are not those that were filed. The message is for the log."""


def put(key: str, content: bytes) -> None:
    """Stores `content` under `key` unless it lies there already.

    Until the transaction ends, `tidying.forget` leaves the key alone: a row that names it is on its way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [KEEPING, number_of(key)])
    with _alone(key):
        if default_storage.exists(key):
            if get(key) == content:
                return
            default_storage.delete(key)  # half-written, or damaged since
        default_storage.save(key, ContentFile(content))


def get(key: str) -> bytes:
    """The bytes under `key`, as they lie there. Raises FileNotFoundError."""
    with default_storage.open(key) as file:
        content: bytes = file.read()
    return content


def original(key: str, sha256: str) -> bytes:
    """The bytes of a file as it was filed, compared with its hash. Raises Damaged, and says so in the log."""
    try:
        content = get(key)
    except OSError as error:
        log.error("stored_file_unreadable", storage_key=key, error=str(error))
        raise Damaged(f"{key} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        log.error("stored_file_damaged", storage_key=key)
        raise Damaged(f"{key} is not what was filed")
    return content


def put_drawn(key: str, content: bytes) -> None:
    """Keeps what was made of an original, with its hash in front."""
    put(key, hashlib.sha256(content).digest() + content)


def drawn(key: str) -> bytes:
    """What `put_drawn` kept. Raises FileNotFoundError, also when it is damaged: it is to be made again."""
    kept = get(key)
    if hashlib.sha256(kept[32:]).digest() != kept[:32]:
        log.warning("drawn_file_damaged", storage_key=key)
        raise FileNotFoundError(key)
    return kept[32:]


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
