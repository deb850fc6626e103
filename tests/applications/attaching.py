"""Attaches a file through the service, and looks into private storage."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.storage import default_storage

from applications import services
from applications.models import Application, Evidence
from organizations.acting.actor import Actor
from tests.security.corpus.photos import picture


def attach(actor: Actor, case: Application, content: bytes | None = None, **more: Any) -> Evidence:
    return services.attach(
        **{
            "actor": actor,
            "application_id": case.pk,
            "year": 2020,
            "file": io.BytesIO(picture("PNG") if content is None else content),
            "filename": "证书.png",
            "kind": "completion",
            **more,
        }
    )


def stored() -> list[str]:
    """Every file in private storage."""
    found = []
    for top in ("evidence", "previews"):
        folders = default_storage.listdir(top)[0] if default_storage.exists(top) else []
        for folder in folders:
            found += [f"{top}/{folder}/{name}" for name in default_storage.listdir(f"{top}/{folder}")[1]]
    return found
