"""What somebody typed, read strictly: names, flags, conditions with limits, days listed one by one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import rules
from rules.schema import read_policy
from tests.rules.bent import row
from tests.rules.tables import course, small

AID: dict[str, object] = {"place": "tibet", "start": "2024-01-01", "end": "2024-12-31"}


def earned(values: dict[str, Any], **facts: object) -> Decimal | None:
    policy = read_policy("small.toml", values)
    return rules.credit(policy, kind="course", year=2024, facts=facts).hours


@pytest.mark.parametrize(("items", "hours"), [(1, 1), (2, 2), (3, 6), (4, 8)])
def test_a_row_with_a_least_begins_exactly_there(items: int, hours: int) -> None:
    assert earned(small(), mode="item", items=items) == hours


@pytest.mark.parametrize(("items", "hours"), [(2, 2), (3, 6), (4, 8), (5, 2)])
def test_a_row_with_a_least_and_a_most_ends_exactly_there(items: int, hours: int) -> None:
    values = small()
    row(values, 1)["when"]["items"]["max"] = 4

    assert earned(values, mode="item", items=items) == hours


@pytest.mark.parametrize(("items", "hours"), [(1, 2), (3, 6), (4, 2)])
def test_a_row_with_a_most_alone_begins_at_the_first(items: int, hours: int) -> None:
    values = small()
    row(values, 1)["when"]["items"] = {"max": 3}

    assert earned(values, mode="item", items=items) == hours


def test_a_fact_needed_in_a_case_that_is_not_told_is_not_needed() -> None:
    """`letters` is needed where `extra` is at least 1; nobody said anything about `extra`."""
    values = small()
    needed = {"key": "letters", "name": "函件", "type": "integer", "needed_when": {"extra": {"min": 1}}}
    course(values)["facts"].append(needed)

    assert earned(values, mode="day", days=1) == 8
    assert earned(values, mode="day", days=1, extra="0.5") == 8
    with pytest.raises(rules.RuleInputError, match="请填写“函件”"):
        earned(values, mode="day", days=1, extra=1)


def test_days_are_checked_against_every_row_that_rests_on_them() -> None:
    values = small()
    course(values)["facts"].append({"key": "on", "name": "逐日", "type": "sessions", "required": False})
    row(values, 0)["sessions"] = "on"
    row(values, 1).pop("adds")
    row(values, 1).update(measure="per_day", hours=2, step=1, sessions="on")

    assert earned(values, mode="item", items=3, on="2024-01-01、2024-01-02、2024-01-03") == 6
    with pytest.raises(rules.RuleInputError, match="不一致") as refusal:
        earned(values, mode="item", items=3, on="2024-01-01")
    assert refusal.value.key == "on"


@pytest.mark.parametrize("facts", [["days"], "days=1", 1, None])
def test_facts_that_are_no_list_of_names_are_refused(facts: Any) -> None:
    with pytest.raises(rules.RuleInputError) as refusal:
        rules.credit(rules.load_policy("hunan-2025"), kind="training", year=2024, facts=facts)

    assert refusal.value.key == "facts"


def test_an_endless_name_is_cut_in_the_refusal() -> None:
    with pytest.raises(rules.RuleInputError) as refusal:
        rules.credit(rules.load_policy("hunan-2025"), kind="training", year=2024, facts={"d" * 99: 1})

    assert refusal.value.key == "d" * 40
    assert "“" + "d" * 40 + "”" in refusal.value.says


@pytest.mark.parametrize("passed", ["也许", 2, 1.0, [True]])
def test_a_flag_is_yes_or_no(passed: object) -> None:
    with pytest.raises(rules.RuleInputError, match="请选择“是”或“否”"):
        rules.credit(rules.load_policy("hunan-2025"), kind="aid", year=2024, facts={**AID, "passed": passed})


@pytest.mark.parametrize(("passed", "hours"), [("1", 90), ("on", 90), (0, 0), ("OFF", 0)])
def test_a_flag_may_be_given_in_several_ways(passed: object, hours: int) -> None:
    policy = rules.load_policy("hunan-2025")

    assert rules.credit(policy, kind="aid", year=2024, facts={**AID, "passed": passed}).hours == hours


def test_an_hour_on_the_clock_is_an_hour_where_nothing_else_is_said() -> None:
    values = small()
    row(values, 0).update(measure="per_hour")
    row(values, 0).pop("hours")
    policy = read_policy("small.toml", values)

    result = rules.credit(policy, kind="course", year=2024, facts={"mode": "day", "days": "1.5"})

    assert (result.hours, result.sum_text) == (Decimal("1.5"), "1.5 小时 × 每小时 1 学时 = 1.5 学时")


def test_a_quantity_counts_by_ones_where_nothing_else_is_said() -> None:
    values = small()
    row(values, 0).update(measure="quantity")
    row(values, 0).pop("step")

    assert earned(values, mode="day", days="2.9") == 16


def test_a_number_may_have_one_value_only() -> None:
    values = small()
    course(values)["facts"][2]["max"] = 1

    assert earned(values, mode="item", items=1) == 1
    with pytest.raises(rules.RuleInputError, match="不能大于 1"):
        earned(values, mode="item", items=2)


def test_a_row_may_name_its_conditions_in_any_order() -> None:
    values = small()
    row(values, 1)["when"] = {"items": {"min": 3}, "mode": ["item"]}

    assert earned(values, mode="item", items=3) == 6
