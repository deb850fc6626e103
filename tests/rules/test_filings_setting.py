"""Which last steps file instead of reviewing, and what their acts are called, is said by the policy (A37)."""

import pytest

import rules
from rules import Filing, PolicyError, load_policy
from rules.schema.policy import read_policy
from tests.rules.tables import small

REPORT = {"label": "审核", "approved": "上报通过", "rejected": "不予上报", "cite": "二"}


def test_a_policy_of_before_files_nowhere() -> None:
    policy = read_policy("small.toml", small())

    assert policy.filings == ()
    assert policy.filing("审核") is None


def test_a_policy_names_the_acts_of_the_steps_that_file() -> None:
    policy = read_policy("small.toml", {**small(), "filings": [REPORT]})

    assert policy.filing("审核") == Filing("审核", "上报通过", "不予上报", "二")
    assert policy.filing("核认") is None


def test_in_hunan_units_of_the_province_and_the_centre_are_filed() -> None:
    policy = load_policy("hunan-2025")

    filed = {route.key for route in policy.routes if policy.filing(route.final_label)}

    assert filed == {"provincial", "university", "central"}


def test_a_change_of_words_is_told_and_described() -> None:
    before = read_policy("small.toml", small())
    after = read_policy("small.toml", {**small(), "filings": [REPORT]})

    assert any("上报通过，或者不予上报" in line for line in rules.compare(before, after))
    assert rules.describe(after)["filings"] == [REPORT]


@pytest.mark.parametrize(
    ("filings", "key"),
    [
        ([{**REPORT, "label": "备案"}], r"filings\[1\]\.label"),
        ([REPORT, REPORT], "filings"),
        ([{**REPORT, "rejected": " "}], r"filings\[1\]\.rejected"),
        ([{**REPORT, "other": 1}], r"filings\[1\]\.other"),
    ],
)
def test_what_no_route_ends_in_or_says_nothing_is_refused(filings: object, key: str) -> None:
    with pytest.raises(PolicyError, match=key):
        read_policy("small.toml", {**small(), "filings": filings})
