"""Part 二 of the notice: who decides about whom, one after another."""

from __future__ import annotations

import pytest

import rules
from rules.schema import read_policy
from tests.rules.holding import route_holds
from tests.rules.tables import small
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("routes"))
def test_who_decides(row: dict[str, str]) -> None:
    route_holds(rules.load_policy(row["policy"]), row)


@pytest.mark.requirement("R040")
def test_each_bureau_step_names_its_region() -> None:
    policy = rules.load_policy("hunan-2025")
    unit = rules.UnitFacts("city", "institution", has_superior=True)

    assert rules.route(policy, unit, region_code="430202").regions == ("430202", "430200")


@pytest.mark.requirement("R007")
def test_the_registry_facts_a_route_rests_on_are_policy_data() -> None:
    policy = rules.load_policy("hunan-2025")

    assert [choice.name for choice in policy.affiliations][:4] == ["省直", "省属高校", "市州", "中央驻湘"]
    assert [choice.name for choice in policy.natures] == ["机关", "事业", "企业", "社会组织", "自由职业"]
    assert {"bureau:city", "bureau:province"} <= {step for rule in policy.routes for step in rule.steps}


@pytest.mark.requirement("R033")
def test_departments_may_not_be_skipped_and_a_university_decides_by_two_accounts() -> None:
    policy = rules.load_policy("hunan-2025")

    assert {rule.departments for rule in policy.routes} == {"every"}
    result = rules.route(policy, rules.UnitFacts("university", "institution"), region_code="430104")
    assert result.says == "省属高校：用人单位初审 → 本单位复审确认（另一账号），省级人社部门备案。"


@pytest.mark.requirement("R046")
def test_territory_is_the_units_or_the_archives() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.route(policy, rules.UnitFacts("none", "enterprise"), region_code="430102")

    assert result.anchors == ("unit", "archive")


def test_what_the_registry_does_not_say_is_not_assumed() -> None:
    policy = rules.load_policy("hunan-2025")

    alone = rules.route(policy, rules.UnitFacts("city", "institution"), region_code="430100")
    below = rules.route(
        policy, rules.UnitFacts("provincial", "institution", has_superior=True), region_code="430100"
    )
    central = rules.route(policy, rules.UnitFacts("central", "institution"), region_code="430100")

    assert alone.steps == ("employer", "bureau:city")
    assert alone.says.endswith("单位没有登记上级主管单位，不经过主管部门复审。")
    assert below.steps == ("employer", "department", "bureau:province")
    assert (central.name, central.refusal, central.says) == ("中央驻湘单位", central.says, central.says)
    assert central.cite == "湘人社办函〔2025〕37号 正文二（三）"
    assert below.regions == ("430000",)


def test_a_unit_no_route_fits_is_told_whom_to_ask() -> None:
    values = small()
    values["routes"][0]["natures"] = ["enterprise"]
    values["lists"]["natures"]["social"] = "社会组织"
    policy = read_policy("small.toml", values)

    result = rules.route(policy, rules.UnitFacts("none", "social"), region_code="990100")

    assert result.steps == ()
    assert (result.key, result.name, result.anchors, result.departments) == ("", "", (), "every")
    assert "请与当地人力资源社会保障部门联系" in (result.refusal or "")
    assert result.cite == "文号"


def test_no_step_is_left_out_without_a_word() -> None:
    policy = rules.load_policy("hunan-2025")

    def says(**facts: bool) -> str:
        return rules.route(policy, rules.UnitFacts("city", "institution", **facts), region_code="430100").says

    assert says(top_level=True, has_superior=True).endswith("单位登记为一级单位，不经过主管部门复审。")
    assert says(has_superior=True) == "市州单位：用人单位初审 → 主管部门复审，市级人社部门核认。"
    without = rules.route(policy, None, region_code="430102").says
    assert without == "自由职业人员：市级人社部门核认。"


def test_what_a_registry_cannot_mean_cites_its_place_in_the_notice() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.route(policy, rules.UnitFacts("provincial", "institution"), region_code="430100")

    assert (result.steps, result.key) == ((), "")
    assert result.cite == "湘人社办函〔2025〕37号 正文二（一）"


@pytest.mark.parametrize(
    ("superior", "unit", "refused"),
    [
        (True, {"has_superior": True}, True),
        (True, {}, False),
        (True, {"top_level": True}, False),
        (False, {}, True),
        (False, {"has_superior": True}, False),
        (False, {"top_level": True}, False),
    ],
)
def test_a_contradiction_may_rest_on_the_superior(
    superior: bool, unit: dict[str, bool], refused: bool
) -> None:
    values = small()
    said = {"natures": ["enterprise"], "superior": superior, "cite": "八", "says": "请更正登记。"}
    values["contradictions"] = [said]
    policy = read_policy("small.toml", values)

    result = rules.route(policy, rules.UnitFacts("none", "enterprise", **unit), region_code="990100")

    assert (result.refusal == "请更正登记。") is refused


def test_one_fact_alone_contradicts_nothing() -> None:
    values = small()
    values["contradictions"] = [{"natures": ["enterprise"], "cite": "八", "says": "请更正登记。"}]

    with pytest.raises(rules.PolicyError, match=r"contradictions\[1\]\.says"):
        read_policy("small.toml", values)


def test_a_region_of_steps_must_be_one_the_province_has() -> None:
    values = small()
    values["routes"][0]["regions"] = {"990100": ["bureau:city"]}

    assert read_policy("small.toml", values, {"990100", "430100"}).regions == {"990100"}
    with pytest.raises(rules.PolicyError, match=r"regions\.990100"):
        read_policy("small.toml", values, {"990000", "990200"})
