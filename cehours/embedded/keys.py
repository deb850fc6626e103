"""Secrets of an instance here: made once, for its owner's eyes, kept so that its data stays readable."""

import base64
import json
import os
import secrets
from pathlib import Path


def load_or_make(path: Path) -> dict[str, str]:
    """SECRET_KEY, FIELD_KEYS and BLIND_INDEX_KEY of this profile."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = fresh()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(made, stream)
    return made


def fresh() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"k1:{_base64_key()}",
        "BLIND_INDEX_KEY": _base64_key(),
    }


def _base64_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
