"""核验单位: assessment bodies that check in batches, known by a key that is shown once."""

from __future__ import annotations

import hashlib
import secrets

from django.db import IntegrityError, transaction

from certificates.models import AssessmentBody
from organizations.acting.errors import NotAllowed

PREFIX = "cv_"


def admit(name: str) -> str:
    """Enters a body and returns its key, which is kept nowhere. Raises NotAllowed for a name that exists."""
    key = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            AssessmentBody.objects.create(name=name.strip(), key_sha256=_digest(key))
    except IntegrityError as error:
        raise NotAllowed(f"“{name}”已经登记过。") from error
    return key


def renew(name: str) -> str:
    """A new key; the old one ends at once. Raises NotAllowed for an unknown name."""
    key = PREFIX + secrets.token_urlsafe(32)
    _change(name, key_sha256=_digest(key), active=True)
    return key


def dismiss(name: str) -> None:
    """The key ends at once; the body stays on record. Raises NotAllowed for an unknown name."""
    _change(name, active=False)


def with_key(key: str) -> AssessmentBody | None:
    """The active body with this key."""
    return AssessmentBody.objects.filter(key_sha256=_digest(key.strip()), active=True).first()


def _change(name: str, **values: object) -> None:
    if not AssessmentBody.objects.filter(name=name.strip()).update(**values):
        raise NotAllowed(f"没有登记过“{name}”。")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
