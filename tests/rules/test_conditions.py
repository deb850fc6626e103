"""When one condition can only hold where another holds: the loader rests on it to trust a row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.kinds import Condition
from rules.schema.conditions import implied

Limits = tuple[int | None, int | None]
OPEN: Limits = (None, None)


def between(limits: Limits, fact: str = "n") -> Condition:
    least, most = (None if limit is None else Decimal(limit) for limit in limits)
    return Condition(fact, least=least, most=most)


def among(*choices: str | bool, fact: str = "n") -> Condition:
    return Condition(fact, frozenset(choices))


@pytest.mark.parametrize(
    ("given", "needed", "holds"),
    [
        ((3, None), (3, None), True),
        ((4, None), (3, None), True),
        ((2, None), (3, None), False),
        ((None, 3), (3, None), False),
        ((None, 3), (None, 3), True),
        ((None, 2), (None, 3), True),
        ((None, 4), (None, 3), False),
        ((3, None), (None, 3), False),
        ((2, 5), (2, 5), True),
        ((3, 4), (2, 5), True),
        ((1, 5), (2, 5), False),
        ((2, 6), (2, 5), False),
        ((3, 4), (2, None), True),
        ((3, 4), (None, 5), True),
        ((3, None), (2, 5), False),
        ((None, 4), (2, 5), False),
    ],
)
def test_limits_are_narrower_only_when_both_ends_are(given: Limits, needed: Limits, holds: bool) -> None:
    assert implied((between(needed),), (between(given),)) is holds


@pytest.mark.parametrize(
    ("given", "needed", "holds"),
    [
        (among("a"), among("a", "b"), True),
        (among("a", "b"), among("a", "b"), True),
        (among("a", "c"), among("a", "b"), False),
        (among(True), among(True), True),
        (among(False), among(True), False),
        (between((1, 2)), among("a"), False),
        (among("a"), between((None, 3)), False),
        (among("a", fact="m"), among("a"), False),
        (between((3, None), fact="m"), between((3, None)), False),
    ],
)
def test_choices_are_narrower_only_when_all_are_among_them(
    given: Condition, needed: Condition, holds: bool
) -> None:
    assert implied((needed,), (given,)) is holds


def test_every_needed_condition_must_follow_from_some_given_one() -> None:
    both = (between((1, None)), among("a", fact="m"))

    assert implied(both, (*both, among(True, fact="other")))
    assert not implied(both, both[:1])
    assert implied((), ())


@pytest.mark.parametrize(
    ("limits", "value", "holds"),
    [
        ((3, 5), "2.9", False),
        ((3, 5), "3", True),
        ((3, 5), "5", True),
        ((3, 5), "5.1", False),
        (OPEN, "7", True),
    ],
)
def test_limits_belong_to_what_they_limit(limits: Limits, value: str, holds: bool) -> None:
    assert between(limits).holds({"n": Decimal(value)}) is holds


def test_a_condition_on_a_fact_that_is_not_there_does_not_hold() -> None:
    assert not between((0, None)).holds({})
    assert not among(False).holds({"other": False})
