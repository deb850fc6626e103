from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cehours.trail.tampering import as_owner, tell
from tests.world import World


@pytest.fixture(scope="module")
def told(shared_world: World) -> World:
    """A world in which everything happened once."""
    tell(shared_world)
    return shared_world


@pytest.fixture
def owner(told: World) -> Iterator[World]:
    """The same, looked at and bent by the owner of the database."""
    with as_owner():
        yield told
