"""The digests of everything this installation sealed, noted in the file store before the print itself is there.

A printer that is killed before its transaction commits leaves a sealed print that no row names; so does a
database restored to an earlier hour. Nobody deletes such a print. With the note, its seal is known to be ours and
raises no word of a stolen key.
"""

from __future__ import annotations

import re

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def note(digest: str) -> None:
    """`digest`: SHA-256 of the sealed bytes in hex. Noting it again changes nothing."""
    if not known(digest):
        default_storage.save(_key(digest), ContentFile(b""))


def known(digest: str) -> bool:
    """Whether this installation sealed the file with this digest."""
    return default_storage.exists(_key(digest))


def _key(digest: str) -> str:
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    return f"sealed/{digest[:2]}/{digest[2:4]}/{digest}"
