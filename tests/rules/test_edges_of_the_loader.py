"""What just passes and what just does not: the last value that is taken, and the first that is refused."""

from __future__ import annotations

from typing import Any

import pytest

import rules
from rules.schema import read_policy
from tests.rules.tables import course, small


def taken(values: dict[str, Any]) -> rules.Policy:
    return read_policy("small.toml", values)


def refused(values: dict[str, Any], key: str) -> None:
    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)
    assert refusal.value.key == key


@pytest.mark.parametrize("years", [1, 2, 20])
def test_a_span_of_one_to_twenty_years_is_taken(years: int) -> None:
    values = small()
    values["span"]["years_before"] = years

    assert len(taken(values).span.years) == years


def test_a_span_of_twenty_one_years_is_refused() -> None:
    values = small()
    values["span"]["years_before"] = 21

    refused(values, "span.years_before")


def exception(**more: object) -> dict[str, Any]:
    return {"key": "late", "name": "新入职", "min_years": 1, "says": "说", **more}


@pytest.mark.parametrize("years", [0, 3])
def test_an_exception_may_ask_for_as_many_years_as_the_span_has(years: int) -> None:
    values = small()
    values["span"]["exceptions"] = [exception(min_years=years)]

    (read,) = taken(values).span.exceptions
    assert read.min_years == years


def test_a_span_asks_for_all_years_and_an_exception_for_the_reviewer_unless_it_says_otherwise() -> None:
    values = small()
    values["span"]["exceptions"] = [
        exception(),
        exception(key="own", automatic=True, reviewer_confirms=False),
    ]

    span = taken(values).span
    assert span.require_all
    assert [(each.automatic, each.reviewer_confirms) for each in span.exceptions] == [
        (False, True),
        (True, False),
    ]


def route(key: str, **more: object) -> dict[str, Any]:
    return {**small()["routes"][0], "key": key, "without_unit": False, **more}


# The second of two routes, and whether anybody can still reach it past the first.
BEHIND = [
    ({"natures": ["enterprise"]}, {"natures": ["enterprise"]}, False),
    ({"natures": ["enterprise"]}, {"natures": []}, True),
    ({"natures": []}, {"natures": ["enterprise"]}, False),
    ({"affiliations": ["none"]}, {"affiliations": ["none"]}, False),
    ({"affiliations": ["none"]}, {"affiliations": []}, True),
    ({"affiliations": []}, {"affiliations": ["none"]}, False),
    ({"natures": []}, {"natures": [], "without_unit": True}, True),
    ({"natures": [], "without_unit": True}, {"natures": [], "without_unit": True}, False),
]


@pytest.mark.parametrize(("first", "second", "reached"), BEHIND)
def test_a_route_behind_another_is_taken_only_where_somebody_reaches_it(
    first: dict[str, Any], second: dict[str, Any], reached: bool
) -> None:
    values = small()
    values["routes"] = [route("first", **first), route("second", **second)]

    if reached:
        assert [each.key for each in taken(values).routes] == ["first", "second"]
    else:
        refused(values, "routes[2]")


def test_a_route_is_for_people_with_a_unit_and_skips_no_superior_unless_it_says_otherwise() -> None:
    values = small()
    del values["routes"][0]["without_unit"]

    (read,) = taken(values).routes
    assert (read.without_unit, read.needs_entrusted, read.departments) == (False, False, "every")


@pytest.mark.parametrize(("number", "fits"), [(100_000, True), (100_001, False)])
def test_a_number_goes_up_to_a_hundred_thousand(number: int, fits: bool) -> None:
    values = small()
    course(values)["rows"][0]["hours"] = number

    if fits:
        assert taken(values).kinds[0].rows[0].measure
    else:
        refused(values, "kinds.course.rows[1].hours")


@pytest.mark.parametrize("slot", [[], "paper", [1], ["paper", 1]])
def test_a_slot_is_a_list_of_document_keys(slot: object) -> None:
    values = small()
    values["evidence"][0]["ways"][0]["all"] = [slot]

    refused(values, "evidence[1].ways[1].all")


def test_what_a_good_paper_shows_is_said_in_whole_sentences_or_not_at_all() -> None:
    values = small()
    assert [each.good for each in taken(values).documents if each.key == "letter"] == [""]

    values["documents"]["letter"]["good"] = "看得清公章。"
    assert [each.good for each in taken(values).documents if each.key == "letter"] == ["看得清公章。"]

    values["documents"]["letter"]["good"] = "看得清公章"
    refused(values, "documents.letter.good")


def test_a_document_needs_a_seal_only_where_a_way_of_proof_asks_for_it() -> None:
    values = small()
    assert not any(each.needs_stamp for each in taken(values).documents if each.key == "letter")

    values["evidence"][0]["ways"][0]["all"] = [["letter+stamp"]]
    assert next(each for each in taken(values).documents if each.key == "letter").needs_stamp


@pytest.mark.parametrize("listed", ["unit", [], [1], ["unit", ""], ["unit", 1]])
def test_a_list_of_texts_holds_texts_that_say_something(listed: object) -> None:
    values = small()
    values["routes"][0]["anchors"] = listed

    refused(values, "routes[1].anchors")


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (["employer", "minister", "bureau:city"], "minister"),
        (["bureau:city", "employer"], "各步的次序应为"),
    ],
)
def test_steps_are_known_and_stand_in_their_order(steps: list[str], says: str) -> None:
    values = small()
    values["routes"][0]["steps"] = steps

    with pytest.raises(rules.PolicyError, match=says):
        taken(values)


def test_a_window_may_open_close_and_be_reviewed_on_one_day() -> None:
    values = small()
    day = values["session"]["opens"]
    values["session"].update(closes=day, review_until=day)

    assert taken(values).session.closes == day


@pytest.mark.parametrize("year", ["25", "year", "20255"])
def test_themes_are_listed_under_a_year_of_four_digits(year: str) -> None:
    values = small()
    values["themes"] = {year: ["主题"]}

    refused(values, f"themes.{year}")


@pytest.mark.parametrize(("share", "hours"), [("0/1", "0"), ("1/1", "10"), ("1/4", "2.5")])
def test_a_minimum_may_be_any_share_of_the_total(share: str, hours: str) -> None:
    values = small()
    values["minimums"][0]["by_category"]["main"] = {"share": share, "of": "minimum"}

    assert rules.number_text(taken(values).minimums[0].by_category["main"]) == hours


@pytest.mark.parametrize(
    ("share", "of"),
    [("3/2", "minimum"), ("-1/2", "minimum"), ("half", "minimum"), ("1/0", "learnt"), ("1/1", "learnt")],
)
def test_a_share_lies_between_nothing_and_all(share: str, of: str) -> None:
    """All of what was learnt could never be of one category while another one counts."""
    values = small()
    values["minimums"][0]["by_category"]["main"] = {"share": share, "of": of}

    refused(values, "minimums[1].by_category.main.share")


def dated(*years: int | None) -> dict[str, Any]:
    values = small()
    first = values["minimums"][0]
    values["minimums"] = [first | ({} if year is None else {"from_year": year}) for year in years]
    return values


@pytest.mark.parametrize("years", [(None, 2021), (2022,), (2021, 2023)])
def test_minimums_rise_in_their_years_and_reach_back_to_the_span(years: tuple[int | None, ...]) -> None:
    assert [each.from_year for each in taken(dated(*years)).minimums] == list(years)


@pytest.mark.parametrize("years", [(None, None), (2021, None), (2021, 2021), (2022, 2021)])
def test_minimums_out_of_order_are_refused(years: tuple[int | None, ...]) -> None:
    refused(dated(*years), "minimums")


@pytest.mark.parametrize(("year", "fits"), [(1949, False), (1950, True), (2100, True), (2101, False)])
def test_a_policy_is_for_a_year_from_1950_to_2100(year: int, fits: bool) -> None:
    values = small()
    values["policy"]["year"] = year
    del values["session"]

    if fits:
        assert taken(values).year == year
    else:
        refused(values, "policy.year")


def test_two_entries_that_ask_the_same_form_for_papers_are_refused() -> None:
    values = small()
    values["evidence"].append(dict(values["evidence"][0]))

    refused(values, "evidence")


@pytest.mark.parametrize(
    ("form", "taken"),
    [
        ("{year}{serial:06d}", True),
        ("{year:04d}{serial:06d}", True),
        ("{serial:06d}{year}", False),
        ("{year}-{serial:06d}", False),
        ("{year}{serial:05d}", False),
        ("HN{year}{serial:06d}", False),
        ("{year}{serial:07d}", False),
        ("2025{serial:06d}", False),
    ],
)
def test_a_number_has_the_form_that_certificates_have(form: str, taken: bool) -> None:
    values = small()
    values["certificate"]["number_format"] = form

    if taken:
        texts = taken_certificate(values)
        number = texts.number_format.format(year=2025, serial=7)
        assert rules.CERTIFICATE_NUMBER.fullmatch(number)
    else:
        with pytest.raises(rules.PolicyError, match="四位年份加六位流水号"):
            read_policy("small.toml", values)


def taken_certificate(values: dict[str, Any]) -> rules.CertificateTexts:
    texts = read_policy("small.toml", values).certificate
    assert texts is not None
    return texts
