"""Where checkpoints lie: a store outside the database to which files are only added.

Three verbs on purpose. What keeps others from changing files is the store's own: versions and object lock of a
bucket, or a file share that this machine may only add to (docs/operations.md).
"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import storages

ALIAS = "checkpoints"


class Altered(Exception):
    """Under this name something else is kept already. The message is for the operator."""


def put(name: str, content: bytes) -> None:
    """Adds one file; the same bytes once more are no change. Raises Altered."""
    store = storages[ALIAS]
    if store.exists(name):
        if get(name) != content:
            raise Altered(f"{name} is kept already, with other content")
        return
    store.save(name, ContentFile(content))


def get(name: str) -> bytes:
    """Raises FileNotFoundError."""
    with storages[ALIAS].open(name) as file:
        content: bytes = file.read()
    return content


def names(folder: str) -> list[str]:
    """The files of a folder by name, the last of them last."""
    store = storages[ALIAS]
    try:
        return sorted(f"{folder}/{name}" for name in store.listdir(folder)[1])
    except FileNotFoundError:
        return []
