"""No shipped policy can be bent unseen: a test turns red, and whoever compares or reads it out is told."""

from __future__ import annotations

import json
from functools import cache

import pytest

import rules
from rules.describe import in_words
from tests.rules import bending

SLICES = 32  # one of them every time, all of them with --long
TODAY = 7


@cache
def made(file: str, number: int) -> list[tuple[bending.Bend, rules.Policy]]:
    """The bends of a slice that the loader takes and that make another policy."""
    some = (bend for bend in bending.bends(file) if bending.in_slice(bend, number, SLICES))
    taken = ((bend, bending.policy_of(bend)) for bend in some)
    return [(bend, policy) for bend, policy in taken if policy not in (None, bending.original(file))]  # type: ignore[misc]


def untold(file: str, number: int) -> list[str]:
    """Bends of the slice after which `diff` or `describe` reads as before."""
    original = bending.original(file)
    words, values = list(in_words(original)), json.dumps(rules.describe(original))
    return [
        bend.name
        for bend, policy in made(file, number)
        if not rules.compare(original, policy)
        or not rules.compare(policy, original)
        or list(in_words(policy)) == words
        or json.dumps(rules.describe(policy)) == values
    ]


def unseen(file: str, number: int) -> list[str]:
    """Bends of the slice that decide something, turn no test red and stand in no list."""
    return [
        bend.name
        for bend, policy in made(file, number)
        if bend.decides and not bending.is_seen(bend, policy) and not bending.reason_of(bend)
    ]


@pytest.mark.parametrize("file", bending.SHIPPED)
def test_no_bend_reads_like_the_policy_it_was(file: str) -> None:
    assert untold(file, TODAY) == []


@pytest.mark.parametrize("file", bending.SHIPPED)
def test_every_bend_of_a_figure_a_way_a_kind_or_a_flag_turns_a_test_red(file: str) -> None:
    assert unseen(file, TODAY) == []


@pytest.mark.long
@pytest.mark.parametrize("number", range(SLICES))
@pytest.mark.parametrize("file", bending.SHIPPED)
def test_no_bend_at_all_reads_like_the_policy_it_was(file: str, number: int) -> None:
    assert untold(file, number) == []


@pytest.mark.long
def test_no_bend_at_all_is_left_unseen_and_the_count_is_told() -> None:
    assert bending.main() == 0


@pytest.mark.long
def test_no_reason_is_given_for_a_bend_that_a_test_sees() -> None:
    excused = [
        (bend, policy)
        for file in bending.SHIPPED
        for bend in bending.bends(file)
        if bending.reason_of(bend) and (policy := bending.policy_of(bend)) is not None
    ]

    assert len(excused) >= len(bending.reasons())
    assert [bend.name for bend, policy in excused if bend.decides and bending.is_seen(bend, policy)] == []
