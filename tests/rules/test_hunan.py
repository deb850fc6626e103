"""What else the notice fixes: its head, themes, window, bases, forms and texts."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal

import pytest

import rules
from rules.loader import POLICIES

KEY = "hunan-2025"


@pytest.fixture(scope="module")
def policy() -> rules.Policy:
    return rules.load_policy(KEY)


@pytest.mark.requirement("R001", "R002", "R004", "R005")
def test_the_policy_names_its_document_and_is_of_one_year(policy: rules.Policy) -> None:
    assert (policy.key, policy.year, policy.document) == ("hunan-2025", 2025, "湘人社办函〔2025〕37号")
    assert policy.issued_on == date(2025, 5, 3)
    assert policy.issuer == "湖南省人力资源和社会保障厅办公室"
    assert "人社部令第25号" in policy.legal_basis


@pytest.mark.requirement("R009", "R010", "R011", "R012", "R013")
def test_the_three_themes_of_2025_in_their_order_and_none_for_other_years(policy: rules.Policy) -> None:
    assert policy.themes(2025) == (
        "紧紧围绕推进中国式现代化进一步全面深化改革",
        "人工智能大模型技术及应用",
        "加强应急处突能力建设",
    )
    assert policy.themes(2020) == ()


@pytest.mark.requirement("R014")
def test_the_policy_explains_what_professional_subjects_are(policy: rules.Policy) -> None:
    assert "新理论、新知识、新技术、新方法" in policy.guidance


@pytest.mark.requirement("R019")
def test_there_is_one_unit_of_hours(policy: rules.Policy) -> None:
    assert (policy.unit, policy.hours.word, policy.hours.heading) == ("学时（分）", "学时", "学时分")
    assert (policy.step, policy.hours.minutes, policy.hours.conversions) == (Decimal("0.5"), None, {})


@pytest.mark.requirement("R028", "R029")
def test_the_window_is_as_printed_and_reviewing_has_its_own_end(policy: rules.Policy) -> None:
    window = policy.session
    assert window is not None
    assert (window.opens, window.closes) == (date(2025, 5, 20), date(2025, 7, 20))
    assert window.review_until == date(2025, 8, 31) > window.closes
    assert (window.timezone, window.grace_days) == ("Asia/Shanghai", 5)


@pytest.mark.requirement("R020", "R030")
def test_the_policy_is_about_senior_titles(policy: rules.Policy) -> None:
    assert [(choice.key, choice.name) for choice in policy.target_titles] == [
        ("senior", "正高级"),
        ("associate_senior", "副高级"),
    ]
    assert [choice.key for choice in policy.title_series] == [f"{number:02}" for number in range(1, 28)]


def test_the_lists_to_choose_from_are_whole(policy: rules.Policy) -> None:
    assert [choice.key for choice in policy.educations] == [
        "11",
        "14",
        "21",
        "31",
        "41",
        "44",
        "47",
        "61",
        "90",
    ]
    natures = "government institution enterprise social freelance"
    assert [choice.key for choice in policy.natures] == natures.split()
    affiliations = "provincial university city central none"
    assert [choice.key for choice in policy.affiliations] == affiliations.split()


@pytest.mark.requirement("R068", "R070")
def test_hours_on_record_are_taken_over_under_their_own_form(policy: rules.Policy) -> None:
    sources = ("platform", "base", "plan", "certificate")

    assert [form.key for source in sources if (form := policy.form_for(source))] == [
        "platform", "platform", "plan", "prior"
    ]  # fmt: skip


@pytest.mark.requirement("R068", "R070")
def test_hours_of_the_platform_count_for_people_of_public_institutions_only(policy: rules.Policy) -> None:
    for nature in ("government", "enterprise", "social", "freelance", None):
        assert "不是事业单位" in policy.not_for("platform", nature)
        assert "远程教育" in policy.not_for("platform", nature)
        assert [policy.not_for(source, nature) for source in ("base", "plan", "certificate")] == ["", "", ""]
    assert policy.not_for("platform", "institution") == ""


@pytest.mark.requirement("R053")
def test_plans_are_filed_by_their_first_day_and_only_bureaus_work_in_batches(policy: rules.Policy) -> None:
    assert policy.plans is not None
    assert (policy.plans.kind, policy.plans.require_before) == ("filed_plan", True)
    assert policy.batches == {"bureau"}


def test_the_routes_that_end_in_a_filing_call_its_outcomes_so(policy: rules.Policy) -> None:
    told = [(each.label, each.approved, each.rejected, each.cite) for each in policy.filings]

    assert told == [("备案", "备案通过", "不予备案", "正文二（一）")]
    assert {rule.key for rule in policy.routes if policy.filing(rule.final_label)} == {
        "provincial", "university", "central"
    }  # fmt: skip


@pytest.mark.requirement("R046")
def test_each_route_says_whose_place_counts(policy: rules.Policy) -> None:
    anchors = {rule.key: rule.anchors for rule in policy.routes}

    assert (anchors["freelance"], anchors["territorial"]) == (("archive",), ("unit", "archive"))
    assert {anchors[key] for key in ("provincial", "university", "central", "city")} == {("unit",)}


@pytest.mark.requirement("R057", "R060", "R061", "R062", "R063", "R064", "R065", "R066")
def test_the_seven_national_bases_of_annex_1(policy: rules.Policy) -> None:
    assert [(base.name, base.platform) for base in policy.bases] == [
        ("中南大学", "sypx.csu.edu.cn"),
        ("湖南大学", "jxjyjd.hnu.edu.cn"),
        ("湖南师范大学", "www.ejxjy.com"),
        ("长沙理工大学", "jxjy.csust.edu.cn"),
        ("湖南农业大学", "xnjxjy.hunau.edu.cn"),
        ("湖南开放大学", "www.hnzjpx.net"),
        ("长沙环保职院", "www.hbjypx.net/#/homepage"),
    ]


@pytest.mark.requirement("R078")
def test_the_eleven_printed_forms_and_the_special_sources(policy: rules.Policy) -> None:
    printed = [form.key for form in policy.forms if form.printed]
    special = [form.key for form in policy.forms if not form.printed]

    assert printed == [f"{number:02}" for number in range(1, 12)]
    assert special == ["platform", "plan", "prior"]
    assert {kind.form for kind in policy.kinds} == {form.key for form in policy.forms}


@pytest.mark.requirement("R128")
def test_aid_has_exactly_three_places(policy: rules.Policy) -> None:
    place = next(fact for fact in policy.kind_of("aid").facts if fact.key == "place")

    assert [choice.name for choice in place.choices] == ["援藏", "援疆", "援外"]


@pytest.mark.requirement("R143")
def test_every_achievement_is_professional(policy: rules.Policy) -> None:
    achievements = {kind.key for kind in policy.kinds if kind.form in ("05", "06", "07", "08", "10")}

    assert {policy.kind_of(key).category for key in achievements} == {"professional"}


@pytest.mark.requirement("R001")
def test_every_rule_and_every_proof_cites_its_place(policy: rules.Policy) -> None:
    cites = [kind.cite for kind in policy.kinds] + [proof.cite for proof in policy.proofs]

    assert all(cite.startswith(("附件2·", "正文")) for cite in cites)


def test_every_point_of_doubt_shows_its_default_and_reason(policy: rules.Policy) -> None:
    ids = [each.id for each in policy.ambiguities]

    assert len(set(ids)) == len(ids) >= 40
    assert all(each.default and each.reason and each.key for each in policy.ambiguities)


def test_every_point_of_doubt_names_its_place_in_the_file(policy: rules.Policy) -> None:
    values = tomllib.loads((POLICIES / "hunan/2025.toml").read_text(encoding="utf-8"))

    assert [each.id for each in policy.ambiguities if not _is_there(values, each.key.split("."))] == []


def _is_there(values: object, path: list[str]) -> bool:
    """Whether the path leads somewhere; `*` is any key, an entry of a list goes by its key, form or kinds."""
    if not path:
        return True
    if isinstance(values, list):
        named = [each for each in values if isinstance(each, dict) and path[0] in ("*", *_names(each))]
        return any(_is_there(each, path[1:]) for each in named) or any(
            _is_there(each, path) for each in values
        )
    if not isinstance(values, dict):
        return False
    inner = values.values() if path[0] == "*" else [values[path[0]]] if path[0] in values else []
    return any(_is_there(each, path[1:]) for each in inner)


def _names(entry: dict[str, object]) -> list[object]:
    kinds = entry.get("kinds", [])
    return [entry.get("key"), entry.get("form"), *(kinds if isinstance(kinds, list) else [])]


def test_the_certificate_texts_use_the_official_names(policy: rules.Policy) -> None:
    texts = policy.certificate
    assert texts is not None
    assert texts.heading + texts.title == "湖南省专业技术人员继续教育学时认定单"
    assert texts.number_format.format(year=2025, serial=1) == "2025000001"
    assert "暂行" not in texts.basis
