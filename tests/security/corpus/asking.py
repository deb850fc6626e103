"""Asks the gate about some bytes."""

from __future__ import annotations

import io

import pytest

from cehours.lib.uploads import Accepted, Refused, examine


def taken(content: bytes, name: str) -> Accepted:
    return examine(io.BytesIO(content), name)


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as caught:
        taken(content, name)
    return caught.value.says
