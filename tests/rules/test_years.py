"""Part 一(二) of the notice: what a year asks for, and what is short."""

from __future__ import annotations

import pytest

import rules
from tests.rules.holding import year_holds
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("years"))
def test_whether_a_year_is_met(row: dict[str, str]) -> None:
    year_holds(rules.load_policy(row["policy"]), row)


@pytest.mark.requirement("R008")
def test_a_year_names_the_activities_that_do_not_count_and_why() -> None:
    policy = rules.load_policy("hunan-2025")
    late = {"serial": "cn", "author": "first", "published_on": "2023"}

    result = rules.assess_year(
        policy, 2024, [rules.Item("public", 30), rules.Item(None, kind="paper", facts=late)]
    )

    [remark] = result.remarks
    assert (remark.place, remark.counts) == (1, False)
    assert "发表在 2023 年，不计入 2024 年度" in remark.says


def test_declared_hours_count_and_an_over_claim_is_remarked() -> None:
    policy = rules.load_policy("hunan-2025")
    item = rules.Item("public", 40, kind="training", facts={"days": "3"}, basis="computed")

    result = rules.assess_year(policy, 2024, [item])

    assert result.total == 40
    assert "填报 40 学时，按细则折算 24 学时" in result.remarks[0].says


def test_the_plain_row_may_name_a_kind_before_its_facts_are_known() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.assess_year(policy, 2024, [rules.Item("public", 30, kind="training", facts={})])

    assert result.totals["public"] == 30
    assert result.remarks == ()


def test_a_deemed_item_without_facts_completes_the_year() -> None:
    policy = rules.load_policy("hunan-2025")

    for item in (
        rules.Item(None, basis="deemed"),
        rules.Item("professional", 90, kind="aid", basis="deemed"),
    ):
        result = rules.assess_year(policy, 2024, [item])
        assert result.met
        assert result.deemed
        assert result.total == 90


def test_only_kinds_that_deem_can_be_called_deemed() -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError, match="不属于视同完成"):
        rules.assess_year(policy, 2024, [rules.Item(None, kind="paper", basis="deemed")])


def test_what_cannot_be_computed_adds_nothing_until_hours_are_declared() -> None:
    policy = rules.load_policy("hunan-2025")
    item = rules.Item("professional", kind="health_front", facts={})

    result = rules.assess_year(
        policy, 2024, [item, rules.Item("professional", 8, kind="health_front", facts={})]
    )

    assert result.total == 8
    assert [(remark.place, remark.counts) for remark in result.remarks] == [(0, False)]


def test_an_activity_of_open_category_needs_one() -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError, match="请选择计入的科目类别"):
        rules.assess_year(policy, 2024, [rules.Item(None, kind="training", facts={"days": 1})])


def test_an_unknown_basis_is_refused() -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError):
        rules.assess_year(policy, 2024, [rules.Item("public", 30, basis="guessed")])


def test_hours_equal_to_the_rule_need_no_remark_and_empty_items_do() -> None:
    policy = rules.load_policy("hunan-2025")
    exact = rules.Item("public", 24, kind="training", facts={"days": "3"}, basis="computed")

    result = rules.assess_year(policy, 2024, [exact, rules.Item("public")])

    assert [(remark.place, remark.says) for remark in result.remarks] == [(1, "未填写学时。")]
    assert result.totals["public"] == 24


def test_an_activity_of_open_category_counts_where_it_is_declared() -> None:
    policy = rules.load_policy("hunan-2025")
    course = {"days": "2"}

    result = rules.assess_year(
        policy,
        2024,
        [rules.Item(key, kind="training", facts=course) for key in ("public", "professional", "public")],
    )

    assert result.totals == {"public": 32, "professional": 16}


@pytest.mark.requirement("R129")
def test_a_deemed_year_keeps_what_else_was_earned_and_enters_the_larger_sum() -> None:
    policy = rules.load_policy("hunan-2025")
    own = [rules.Item("professional", 120)]

    deemed = rules.Item(None, basis="deemed")
    alone, both = (rules.assess_year(policy, 2022, [deemed, *more]) for more in ([], own))

    assert alone.total == 90
    assert both.total == 120
    assert alone.totals == {"public": 30, "professional": 60}
    assert both.totals == {"public": 30, "professional": 120}
    assert both.entered == {"public": 30, "professional": 90}
    assert both.says == (
        "2022 年度视同完成：公需科目 30、专业科目 60，合计 90 学时；"
        "另有公需科目 0、专业科目 120，共 120 学时，合计按较大者计 120 学时。"
    )


def test_a_year_deemed_outright_reaches_the_total_where_the_categories_ask_for_less() -> None:
    policy = rules.load_policy("henan-2025")

    result = rules.assess_year(policy, 2022, [rules.Item(None, basis="deemed")])

    assert result.totals == {"public": 24, "professional": 66}
    assert result.total == 90


def test_remarks_tell_whether_an_item_counts() -> None:
    policy = rules.load_policy("hunan-2025")
    stay: dict[str, object] = {"place": "tibet", "start": "2024-01-01", "end": "2024-12-31", "passed": True}
    failed = {**stay, "passed": False}
    paper = {"serial": "cn", "author": "first", "published_on": "2024"}

    result = rules.assess_year(
        policy,
        2024,
        [
            rules.Item(None, kind="aid", facts=stay),
            rules.Item("public", kind="paper", facts=paper),
            rules.Item("professional", 90, kind="aid", facts=failed, basis="deemed"),
            rules.Item("public", 40, kind="training", facts={"days": 3}),
            rules.Item("public", 0),
        ],
    )

    assert [(each.place, each.counts) for each in result.remarks] == [
        (0, True),
        (1, False),
        (2, False),
        (3, True),
    ]
    assert result.remarks[1].says == "“发表论文”不能计入公需科目。"
    assert result.totals == {"public": 40, "professional": 60}


def test_what_exceeds_the_shares_is_entered_once() -> None:
    policy = rules.load_policy("guangdong-2025")
    items = [rules.Item(None, basis="deemed"), rules.Item("public", 40), rules.Item("professional", 60)]

    result = rules.assess_year(policy, 2021, items)

    assert result.totals == {"public": 40, "professional": 60, "elective": 18}
    assert result.total == 100
    assert result.entered == {"public": 40, "professional": 42, "elective": 18}
