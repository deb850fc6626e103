"""Whose reviewers may work in batches is said by the policy (A61)."""

import pytest

from rules import PolicyError, load_policy
from rules.schema.policy import read_policy
from tests.rules.tables import small


def test_the_bureaus_may_unless_a_policy_says_otherwise() -> None:
    assert read_policy("small.toml", small()).batches == {"bureau"}
    assert load_policy("hunan-2025").batches == {"bureau"}


def test_a_policy_may_allow_others_or_nobody() -> None:
    for kinds in (["employer", "bureau"], []):
        assert read_policy("small.toml", {**small(), "review": {"batches": kinds}}).batches == set(kinds)


@pytest.mark.parametrize("kinds", [["clerk"], "bureau", ["bureau", "bureau"], [1]])
def test_what_is_no_kind_of_reviewer_is_named(kinds: object) -> None:
    with pytest.raises(PolicyError, match="batches"):
        read_policy("small.toml", {**small(), "review": {"batches": kinds}})


def test_the_table_holds_nothing_else() -> None:
    with pytest.raises(PolicyError, match="other"):
        read_policy("small.toml", {**small(), "review": {"batches": ["bureau"], "other": 1}})
