"""Sentences and bounds that a small change of the code would move unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import rules
from rules.compare import compare
from rules.dates import read_sessions, read_when
from rules.describe import describe
from rules.errors import RuleInputError
from rules.hours import LONGEST

HUNAN = rules.load_policy("hunan-2025")
STILL = "没有改"


@pytest.mark.parametrize("typed", ["胡说", "半天", ["2024-01-01", "胡说"], ["2024-01-01\n2024-01-02"]])
def test_a_day_of_a_course_that_is_none_is_told_how_days_are_listed(typed: object) -> None:
    with pytest.raises(RuleInputError, match="应逐日列出，例如 2024-12-31、2025-01-01半天"):
        read_sessions("sessions", "培训日期", typed)


@pytest.mark.parametrize(("blanks", "read"), [(LONGEST - 4, True), (LONGEST - 3, False)])
def test_a_text_is_read_up_to_its_longest(blanks: int, read: bool) -> None:
    typed = " " * blanks + "2024"
    if read:
        assert read_when("on", "日期", typed).year == 2024
    else:
        with pytest.raises(RuleInputError, match="应为日期"):
            read_when("on", "日期", typed)


def test_a_next_years_policy_is_asked_what_it_kept() -> None:
    told = compare(HUNAN, replace(HUNAN, key="hunan-2026", year=2026))
    assert [each.partition("：")[2].partition("仍")[0] for each in told if each.startswith(STILL)][:3] == [
        "通知名称", "文号", "发文日期",
    ]  # fmt: skip
    assert f"{STILL}：申报期限仍是上年的，请核对" in told


def test_without_a_window_of_its_own_nothing_is_said_of_the_window() -> None:
    for old, new in ((HUNAN, replace(HUNAN, session=None)), (replace(HUNAN, session=None), HUNAN)):
        told = compare(old, replace(new, key="hunan-2026", year=2026))
        assert not any("申报期限" in each and each.startswith(STILL) for each in told)


@pytest.mark.parametrize(
    "changed", [{"title": "另一个通知"}, {"year": 2024}, {"year": 2026, "region": "440000"}]
)
def test_a_policy_of_the_same_year_or_of_another_province_is_not_asked(changed: dict[str, Any]) -> None:
    told = compare(HUNAN, replace(HUNAN, **changed))
    assert told
    assert not any(each.startswith(STILL) for each in told)


def test_another_order_of_a_list_is_told_by_both_orders() -> None:
    first, second, *others = HUNAN.forms
    told = compare(HUNAN, replace(HUNAN, forms=(second, first, *others)))
    (says,) = [each for each in told if "先后次序" in each]
    before, _, after = says.partition("改为")
    names = [each.short for each in (first, second)]
    assert [before.index(each) for each in names] == sorted(before.index(each) for each in names)
    assert [after.index(each) for each in names] == sorted(
        (after.index(each) for each in names), reverse=True
    )


@pytest.mark.parametrize("key", ["henan-2025", "guangdong-2025", "hunan-2025"])
def test_a_share_says_of_what_it_is_one(key: str) -> None:
    policy = rules.load_policy(key)
    told: Any = describe(policy)["minimums"]
    for minimums, said in zip(policy.minimums, told, strict=True):
        assert {name: each["of"] for name, each in said["shares"].items()} == {
            name: "learnt" if share.learnt else "minimum" for name, share in minimums.shares.items()
        }
