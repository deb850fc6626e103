"""Part 二 of the notice: the years to file."""

from __future__ import annotations

import pytest

import rules
from rules.schema import read_policy
from tests.rules.holding import span_holds
from tests.rules.tables import small
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("spans"))
def test_which_years_are_filed(row: dict[str, str]) -> None:
    span_holds(rules.load_policy(row["policy"]), row)


@pytest.mark.requirement("R025")
def test_the_exceptions_one_may_choose_are_listed() -> None:
    result = rules.span(rules.load_policy("hunan-2025"), target_title="正高级", education="大学本科")

    assert [each.key for each in result.exceptions] == ["late_entry", "transferred", "other"]
    assert result.says == "须申报 2020—2024 年共 5 个年度。"


def test_an_exception_says_how_few_years_will_do() -> None:
    policy = rules.load_policy("hunan-2025")

    doctor = rules.span(policy, target_title="associate_senior", education="11")
    late = rules.span(policy, target_title="senior", education="21", facts={"exception": "late_entry"})

    assert doctor.says.startswith("核认跨度为 2020—2024 年，年度数不设下限。博士参评副高")
    assert late.says.startswith("核认跨度为 2020—2024 年，至少 1 个年度。参加专业技术工作以前的年度")
    assert doctor.cite == "湘人社办函〔2025〕37号 正文二"


def test_a_policy_may_ask_for_any_years_and_offer_exceptions_to_some() -> None:
    values = small()
    values["span"]["require_all"] = False
    values["span"]["exceptions"] = [
        {
            "key": "a",
            "name": "甲",
            "min_years": 1,
            "says": "甲。",
            "when": {"education": ["11"]},
            "cite": "八",
        },
        {"key": "b", "name": "乙", "min_years": 2, "says": "乙。", "when": {"education": ["21"]}},
    ]
    values["lists"]["educations"]["21"] = "本科"
    policy = read_policy("small.toml", values)

    plain = rules.span(policy, target_title="senior", education="11")
    chosen = rules.span(policy, target_title="senior", education="11", facts={"exception": "a"})

    assert (plain.required, plain.min_years) == (False, 0)
    assert plain.says == "核认跨度为 2022—2024 年，年度数不设下限。"
    assert [each.key for each in plain.exceptions] == ["a"]
    assert (plain.cite, chosen.cite) == ("文号 五", "文号 八")
    with pytest.raises(rules.RuleInputError, match="没有这个例外情形"):
        rules.span(policy, target_title="senior", education="11", facts={"exception": "b"})
