"""Unpacking archives of our own, on every Python that we support."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any


def unpacked(archive: tarfile.TarFile, folder: Path) -> None:
    """Everything in it, into `folder`; before 3.11.4, which Debian 12 may not have, no filter is known."""
    archive.extraction_filter = getattr(tarfile, "data_filter", _as_it_is)
    archive.extractall(folder)


def _as_it_is(member: Any, _path: str) -> Any:
    return member
