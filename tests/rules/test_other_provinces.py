"""What the two example policies of other provinces fix besides their figures."""

from __future__ import annotations

from datetime import date

import pytest

import rules

EDUCATIONS = ["11", "14", "21", "31", "90"]
NATURES = ["government", "institution", "enterprise", "social", "freelance"]
TITLES = ["senior", "associate_senior"]


@pytest.fixture(scope="module")
def guangdong() -> rules.Policy:
    return rules.load_policy("guangdong-2025")


@pytest.fixture(scope="module")
def henan() -> rules.Policy:
    return rules.load_policy("henan-2025")


def keys(choices: tuple[rules.Choice, ...]) -> list[str]:
    return [choice.key for choice in choices]


def test_guangdong_begins_in_2021_and_says_what_a_theme_is(guangdong: rules.Policy) -> None:
    assert guangdong.issued_on == date(2021, 1, 1)
    assert guangdong.guidance == "当年公需科目学完一个完整主题即可。"


def test_henan_is_of_its_document_and_of_2025(henan: rules.Policy) -> None:
    assert (henan.issued_on, henan.year) == (date(2017, 1, 1), 2025)


def test_guangdong_counts_45_minutes_and_a_credit_as_an_hour(guangdong: rules.Policy) -> None:
    assert (guangdong.hours.minutes, dict(guangdong.hours.conversions)) == (45, {"学分": 1})


def test_guangdong_lets_everybody_choose_whose_place_counts(guangdong: rules.Policy) -> None:
    assert [(rule.anchors, rule.without_unit) for rule in guangdong.routes] == [(("unit", "archive"), True)]


def test_henan_lets_everybody_choose_whose_place_counts(henan: rules.Policy) -> None:
    assert [(rule.anchors, rule.without_unit) for rule in henan.routes] == [(("unit", "archive"), True)]


def test_the_lists_of_guangdong_are_whole(guangdong: rules.Policy) -> None:
    lists = (guangdong.target_titles, guangdong.educations, guangdong.natures, guangdong.affiliations)
    assert [keys(each) for each in lists] == [TITLES, EDUCATIONS, NATURES, ["provincial", "city", "none"]]


def test_the_lists_of_henan_are_whole(henan: rules.Policy) -> None:
    lists = (henan.target_titles, henan.educations, henan.natures, henan.affiliations)
    assert [keys(each) for each in lists] == [TITLES, EDUCATIONS, NATURES, ["provincial", "city", "none"]]
