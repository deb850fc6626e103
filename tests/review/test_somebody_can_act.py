"""No case ever comes to rest where nobody can move it, whatever happens to units, members and sessions."""

from __future__ import annotations

import sys

import pytest

from applications.states import State
from tests.review.walking import CHANGES, Walk
from tests.world import World

pytestmark = pytest.mark.django_db


def walked(world: World, steps: int, seed: int) -> Walk:
    walk = Walk(world, seed)
    for _ in range(steps):
        walk.step()
        walk.check()
    sys.stdout.write(walk.table())
    return walk


def unmet(walk: Walk) -> set[tuple[str, str]]:
    return {(state, name) for state in State.values for name in CHANGES} - set(walk.met)


def test_in_every_state_somebody_can_act_or_somebody_finds_it_stuck(world: World) -> None:
    walk = walked(world, 500, seed=7)

    assert unmet(walk) == set(), walk.table()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_same_over_longer_walks(world: World, seed: int) -> None:
    walk = walked(world, 2000, seed)

    assert unmet(walk) == set(), walk.table()
