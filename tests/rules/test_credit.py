"""Annex 2, part 2, row by row: what an activity earns, and why."""

from __future__ import annotations

import pytest

import rules
from tests.rules.holding import credit_holds
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("credit"))
def test_what_an_activity_earns(row: dict[str, str]) -> None:
    credit_holds(rules.load_policy(row["policy"]), row)


@pytest.mark.requirement("R001")
def test_a_credit_carries_the_document_and_the_item_it_rests_on() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.credit(policy, kind="training", year=2024, facts={"days": "3.5"})

    assert result.cite == "湘人社办函〔2025〕37号 附件2·二·1"
    assert result.facts_used == (("培训天数", "3.5 天"),)
    assert result.sum_text == "3.5 天 × 每天 8 学时 = 28 学时"


@pytest.mark.parametrize(
    "days", [3.5, float("nan"), True, None, [], {"a": 1}, "NaN", "Infinity", "1_0", "٣", "9" * 50]
)
def test_what_is_no_plain_number_is_refused(days: object) -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError):
        rules.credit(policy, kind="training", year=2024, facts={"days": days})


def test_a_fact_nobody_asked_for_is_refused_rather_than_dropped() -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError, match="没有“day”这一项"):
        rules.credit(policy, kind="training", year=2024, facts={"days": 1, "day": 2})


def test_a_choice_may_be_given_by_its_key_or_by_its_words() -> None:
    policy = rules.load_policy("hunan-2025")
    facts = {"author": "独立作者", "published_on": "2023年5月"}

    assert rules.credit(policy, kind="book", year=2023, facts=facts).hours == 60


def test_a_blank_fact_counts_as_not_given() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.credit(policy, kind="training", year=2024, facts={"days": "1", "ended_on": " "})

    assert result.hours == 8


@pytest.mark.parametrize(
    ("kind", "facts", "basis"),
    [
        ("training", {"days": 1}, "computed"),
        ("distance", {"stated_hours": 8}, "stated"),
        ("distance", {}, "none"),
        ("health_front", {}, "none"),
        ("aid", {"place": "tibet", "start": "2024-01-01", "end": "2024-12-31", "passed": True}, "deemed"),
        ("aid", {"place": "tibet", "start": "2024-01-01", "end": "2024-03-31", "passed": True}, "computed"),
        ("distance", {"stated_hours": 8, "ended_on": "2023"}, "computed"),
    ],
)
def test_a_credit_tells_what_it_rests_on(kind: str, facts: dict[str, object], basis: str) -> None:
    result = rules.credit(rules.load_policy("hunan-2025"), kind=kind, year=2024, facts=facts)

    assert result.basis == basis


def test_a_rank_in_words_is_refused_with_an_example_that_fits() -> None:
    policy = rules.load_policy("hunan-2025")
    facts = {"rank": "第一", "granted_on": "2024"}
    with pytest.raises(rules.RuleInputError, match="应为数字，例如 3。"):
        rules.credit(policy, kind="invention", year=2024, facts=facts)
