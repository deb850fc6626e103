"""A minimum as a share says of what: of the total that is asked for, or of what was really learnt."""

from __future__ import annotations

from decimal import Decimal

import pytest

import rules
from rules.loader import POLICIES, read_policy_text
from rules.schema import read_policy
from tests.rules.bent import row
from tests.rules.tables import small

HENAN = (POLICIES / "henan/2025.toml").read_text(encoding="utf-8")


def of_what_was_learnt() -> rules.Policy:
    text = HENAN.replace('of = "minimum"', 'of = "learnt"').replace(
        "专业科目不少于最低总{unit}的三分之二，即 {professional}", "专业科目不少于实际的三分之二"
    )
    return read_policy_text("learnt.toml", text)


def year(policy: rules.Policy, public: object, professional: object) -> rules.YearAssessment:
    items = [rules.Item("public", str(public)), rules.Item("professional", str(professional))]
    return rules.assess_year(policy, 2024, items)


def test_henan_means_two_thirds_of_the_ninety_and_says_so() -> None:
    policy = rules.load_policy("henan-2025")

    assert year(policy, 120, 60).met
    assert not year(policy, 120, "59.5").met
    assert policy.minimums[0].says == (
        "每年不少于 90 学时：公需不少于 24 学时，专业科目不少于最低总学时的三分之二，即 60 学时。"
    )
    assert rules.minimums_text(policy, policy.minimums[0]) == (
        "每年不少于 90 学时，公需科目不少于 24，专业科目不少于 60（最低合计的 2/3）"
    )


@pytest.mark.parametrize(
    ("public", "professional", "met"),
    [
        (30, 60, True),
        ("30.5", 60, False),
        (30, 61, True),
        (60, 120, True),
        (60, "119.5", False),
        (120, 60, False),
    ],
)
def test_a_share_of_what_was_learnt_rises_with_it(public: object, professional: object, met: bool) -> None:
    assert year(of_what_was_learnt(), public, professional).met is met


def test_the_gap_of_a_share_is_what_ends_it() -> None:
    """70 of 190 hours: 170 more make it 240 of 360, just two thirds."""
    policy = of_what_was_learnt()

    [gap] = year(policy, 120, 70).gaps

    assert (gap.category, gap.missing) == ("professional", 170)
    assert gap.says == "专业科目还差 170 学时（不少于当年实际合计的 2/3）"
    assert year(policy, 120, 240).met
    assert not year(policy, 120, "239.5").met


def test_below_the_minimum_total_the_share_is_of_the_minimum() -> None:
    result = year(of_what_was_learnt(), 24, 50)

    assert [(gap.category, gap.missing) for gap in result.gaps] == [("professional", 10), (None, 16)]
    assert result.minimums == {"public": 24, "professional": 60}


def test_a_year_tells_what_its_own_total_asks_for() -> None:
    result = year(of_what_was_learnt(), 120, 60)

    assert result.minimums == {"public": 24, "professional": 120}
    assert rules.minimums_text(of_what_was_learnt(), of_what_was_learnt().minimums[0]).endswith(
        "专业科目不少于当年实际合计的 2/3（至少 60）"
    )


def test_a_share_between_two_steps_asks_for_the_next() -> None:
    policy = of_what_was_learnt()

    assert year(policy, "30.5", "61").met
    assert not year(policy, "30.5", "60.5").met
    assert year(policy, "30.5", "60.5").gaps[0].missing == Decimal("0.5")


def test_a_deemed_year_must_hold_its_own_share() -> None:
    values = small()
    values["categories"].append({"key": "other", "name": "他科", "short": "他"})
    values["minimums"][0]["by_category"] = {"main": {"share": "2/3", "of": "learnt"}}
    row(values, 3)["split"] = {"main": 10, "other": 5}
    assert read_policy("small.toml", values)

    row(values, 3)["split"] = {"main": 10, "other": 6}
    with pytest.raises(rules.PolicyError, match=r"rows\[4\]\.split"):
        read_policy("small.toml", values)


def test_minimums_that_add_up_to_the_total_are_meant() -> None:
    values = small()
    values["minimums"][0]["by_category"] = {"main": 10}
    assert read_policy("small.toml", values).minimums[0].by_category == {"main": 10}

    values["minimums"][0]["by_category"] = {"main": Decimal("10.5")}
    with pytest.raises(rules.PolicyError, match="相加超过合计"):
        read_policy("small.toml", values)


@pytest.mark.parametrize(("figure", "taken"), [(0, True), (Decimal("0.5"), False), (1, True)])
def test_a_figure_below_one_is_a_share_somebody_meant(figure: Decimal | int, taken: bool) -> None:
    values = small()
    values["minimums"][0]["by_category"] = {"main": figure}

    if taken:
        assert read_policy("small.toml", values)
    else:
        with pytest.raises(rules.PolicyError, match="要写几分之几"):
            read_policy("small.toml", values)
