"""What goes on record says who somebody is to nobody: ids, states, counts, times and digests, never a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from organizations import audit

_SHAPES = (
    ("id", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("digest", re.compile(r"[0-9a-f]{64}")),
    ("time", re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?")),
    ("count", re.compile(r"\d{1,10}(\.\d+)?")),  # hours, a division's code, a certificate's number
    # No telephone, no identity number.
    ("word", re.compile(r"(?!.*(?<![0-9A-Za-z])[0-9]{11,18}[Xx]?(?![0-9A-Za-z]))[A-Za-z0-9._:-]{0,80}")),
)


def shape(value: Any) -> str:
    """The kind of a value; "text" is what must not be. A list or mapping has the kinds of what it holds."""
    if value is None or isinstance(value, bool):
        return "flag"
    if isinstance(value, int | Decimal):
        return "count"
    if isinstance(value, UUID):
        return "id"
    if isinstance(value, date):
        return "time"
    if isinstance(value, Mapping):
        return " ".join(sorted({shape(each) for pair in value.items() for each in pair}))
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(sorted({shape(each) for each in value}))
    return next((name for name, pattern in _SHAPES if pattern.fullmatch(str(value))), "text")


def hold() -> pytest.MonkeyPatch:
    """Every fact that any test puts on record is looked at; `undo()` ends it."""
    write = audit.facts_text

    def looked_at(**facts: Any) -> str:
        texts = [key for key, value in facts.items() if "text" in shape(value).split()]
        assert not texts, f"an event holds ids, states and digests only, not: {', '.join(texts)}"
        return write(**facts)

    patch = pytest.MonkeyPatch()
    patch.setattr(audit, "facts_text", looked_at)
    return patch
