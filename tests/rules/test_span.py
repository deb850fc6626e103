"""Part 二 of the notice: the years to file."""

from __future__ import annotations

import pytest

import rules
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("spans"))
def test_which_years_are_filed(row: dict[str, str]) -> None:
    policy = rules.load_policy(row["policy"])
    chosen = {"exception": row["exception"]} if row["exception"] else None
    if row["years"] == "error":
        with pytest.raises(rules.RuleInputError) as refusal:
            rules.span(policy, target_title=row["target_title"], education=row["education"], facts=chosen)
        assert refusal.value.key == row["applied"]
        return

    result = rules.span(policy, target_title=row["target_title"], education=row["education"], facts=chosen)

    assert f"{result.years[0]}-{result.years[-1]}" == row["years"]
    assert (result.required, result.min_years) == (row["required"] == "yes", int(row["min_years"]))
    assert (result.exception.key if result.exception else "") == row["applied"]
    assert result.reviewer_confirms is (result.exception is not None)


@pytest.mark.requirement("R025")
def test_the_exceptions_one_may_choose_are_listed() -> None:
    result = rules.span(rules.load_policy("hunan-2025"), target_title="正高级", education="大学本科")

    assert [each.key for each in result.exceptions] == ["late_entry", "transferred", "other"]
    assert result.says == "须申报 2020—2024 年共 5 个年度。"
