"""Whether the store still holds what was filed and printed, and taking back from a backup what it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

from applications.files import store

# Every content that a file or a submission needs, once. An infected file's bytes are gone on purpose.
NEEDED = """
SELECT DISTINCT needed.key, needed.sha256 FROM (
    SELECT storage_key, sha256 FROM applications_evidence
    UNION ALL
    SELECT paper ->> 'storage_key', paper ->> 'sha256' FROM applications_revision,
        jsonb_path_query(content::jsonb, '$.years[*].evidence[*]') paper
    UNION ALL
    SELECT storage_key, sha256 FROM certificates_certificate WHERE storage_key <> ''
) needed (key, sha256)
WHERE NOT EXISTS (
    SELECT FROM applications_evidence e WHERE e.sha256 = needed.sha256 AND e.scan = 'infected')
ORDER BY 1
"""


@dataclass(frozen=True)
class Unsound:
    """One stored file that is not what it should be. `is_gone`: there is none at all."""

    key: str
    sha256: str
    is_gone: bool


def unsound() -> Iterator[Unsound]:
    """Reads every stored file once, as the current actor, and yields those that are gone or changed."""
    with connection.cursor() as cursor:
        cursor.execute(NEEDED)
        needed = cursor.fetchall()
    for key, sha256 in needed:
        try:
            store.original(key, sha256)
        except store.Damaged:
            yield Unsound(key, sha256, not default_storage.exists(key))


def restore(damage: Unsound, backup: Path) -> bool:
    """Takes the bytes from a copy of the store, by name and hash; False when the copy has none that fit."""
    copy = backup / damage.key
    if not copy.is_file():
        return False
    content = copy.read_bytes()
    if hashlib.sha256(content).hexdigest() != damage.sha256:
        return False
    store.put(damage.key, content)
    return True
