"""The last day, figure and character a policy file may hold, and the first that it may not."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rules
from rules.schema import read_policy
from rules.schema.table import Table
from tests.rules.bent import row
from tests.rules.tables import course, small


def taken(values: dict[str, Any]) -> rules.Policy:
    return read_policy("small.toml", values)


def refused(values: dict[str, Any], key: str) -> str:
    """The reason given for refusing `key`."""
    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("small.toml", values)
    assert refusal.value.key == key
    return str(refusal.value)


@pytest.mark.parametrize(
    ("bend", "fits"),
    [
        ({"closes": date(2025, 12, 31), "review_until": date(2026, 12, 31)}, True),
        ({"review_until": date(2027, 1, 1)}, False),
        ({"closes": date(2026, 1, 1), "review_until": date(2026, 1, 1)}, False),
        ({"opens": date(2024, 12, 31)}, False),
    ],
)
def test_a_window_lies_in_the_year_of_its_policy_and_reviewing_ends_by_the_next(
    bend: dict[str, date], fits: bool
) -> None:
    values = small()
    values["session"].update(bend)

    if fits:
        assert taken(values).session is not None
    else:
        refused(values, "session.opens")


def test_reviewing_does_not_end_before_the_window_closes() -> None:
    values = small()
    values["session"]["review_until"] = date(2025, 5, 31)

    refused(values, "session.closes")


@pytest.mark.parametrize(("days", "fits"), [(0, True), (1, True), (-1, False), (True, False), ("1", False)])
def test_a_count_is_a_whole_number_from_nothing_on(days: object, fits: bool) -> None:
    values = small()
    values["session"]["grace_days"] = days

    if fits:
        session = taken(values).session
        assert session is not None
        assert session.grace_days == days
    else:
        refused(values, "session.grace_days")


@pytest.mark.parametrize("day", [datetime(2025, 5, 1, 9), "2025-05-01", 2025])  # noqa: DTZ001 - as TOML gives it
def test_a_day_has_no_hour_and_no_quotation_marks(day: object) -> None:
    values = small()
    values["session"]["opens"] = day

    refused(values, "session.opens")


@pytest.mark.parametrize(("worth", "fits"), [("0.1234", True), ("0.12345", False)])
def test_a_figure_has_four_places_at_most(worth: str, fits: bool) -> None:
    values = small()
    values["hours"]["conversions"] = [{"unit": "学分", "hours": Decimal(worth)}]

    if fits:
        assert taken(values).hours.conversions["学分"] == Decimal(worth)
    else:
        assert "小数不能超过四位" in refused(values, "hours.conversions[1].hours")


@pytest.mark.parametrize("region", ["99000", "9900000", "99000X"])
def test_a_region_is_six_digits(region: str) -> None:
    values = small()
    values["policy"]["region"] = region

    refused(values, "policy.region")


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("bases", {"name": "基地", "platform": "example.cn"}),
        ("ambiguities", {"id": "A1", "point": "何", "default": "此", "reason": "因", "key": "span"}),
    ],
)
def test_one_entry_is_taken_and_the_same_one_twice_is_not(name: str, entry: dict[str, str]) -> None:
    assert taken({**small(), name: [entry]})

    refused({**small(), name: [entry, dict(entry)]}, name)


def test_the_sources_of_hours_for_some_people_only_are_known_and_so_are_the_people() -> None:
    values = small()
    values["forms"][0]["sources"] = ["platform"]
    rule = {"natures": ["enterprise"], "cite": "八", "says": "不行。"}

    values["recognised"] = {"platform": rule}
    assert [each.source for each in taken(values).recognised] == ["platform"]

    for natures in ([], ["nobody"]):
        values["recognised"] = {"platform": {**rule, "natures": natures}}
        refused(values, "recognised.platform.natures")

    values["recognised"] = {"base": rule}
    refused(values, "recognised.base.natures")


def test_what_is_left_out_has_its_usual_meaning() -> None:
    values = small()
    values["forms"][0]["sources"] = ["plan"]
    values["forms"][0].pop("printed", None)
    values["plans"] = {"kind": "course", "cite": "三"}

    policy = taken(values)

    assert policy.plans is not None
    assert policy.plans.require_before
    assert policy.forms[0].printed
    assert not policy.draft


def test_of_an_endless_word_the_first_forty_characters_are_told() -> None:
    values = small()
    values["routes"][0]["departments"] = "长" * 41
    assert f"“{'长' * 40}”" in refused(values, "routes[1].departments")

    values = small()
    values["certificate"]["number_format"] = "{year}{serial:06d}" + "长" * 31
    assert f"“2025000001{'长' * 30}”" in refused(values, "certificate.number_format")


@pytest.mark.parametrize(("says", "fits"), [("不足 1 天的不计", True), ("不足 2 天的不计", False)])
def test_a_sentence_may_always_speak_of_one(says: str, fits: bool) -> None:
    """One of what is counted is no figure of the rule's own; any other number is."""
    values = small()
    row(values, 0)["says"] = says

    if fits:
        assert taken(values).kinds[0].rows[0].says == says
    else:
        assert "“2 天”" in refused(values, "kinds.course.rows[1].says")


@pytest.mark.parametrize(
    ("says", "told", "meant"),
    [
        ("每天折算 6 学时", "6 学时", "8 学时"),
        ("半天折算 8 学时", "半天折算 8 学时", "4 学时"),
        ("每天折算 4 学时", "每天折算 4 学时", "8 学时"),
    ],
)
def test_the_refusal_of_a_sentence_tells_what_it_says_and_what_is_meant(
    says: str, told: str, meant: str
) -> None:
    values = small()
    row(values, 0)["says"] = says

    reason = refused(values, "kinds.course.rows[1].says")

    assert f"“{told}”" in reason
    assert meant in reason.split("与这一条的数字")[1]


def test_a_kind_that_is_misspelt_is_told_what_there_is() -> None:
    values = small()
    course(values)["form"] = "99"

    assert "可以写" in refused(values, "kinds.course.form")


@pytest.mark.parametrize("wrong", ["a", {"a": 1}, [1, 2], ["a", ""], ["a", 1]])
def test_what_must_be_a_list_of_words_is_refused_whatever_else_it_is(wrong: object) -> None:
    table = Table("small.toml", "frame", {"words": wrong})

    with pytest.raises(rules.PolicyError) as refusal:
        table.texts("words")

    assert (refusal.value.key, refusal.value.reason) == ("frame.words", '须是文字的清单，例如 ["a", "b"]')


def test_two_choices_of_one_name_could_not_be_told_apart() -> None:
    values = small()
    values["lists"]["natures"]["second"] = next(iter(values["lists"]["natures"].values()))

    assert "有两个选项同名" in refused(values, "lists.natures")


def test_an_unknown_word_about_a_source_of_hours_is_refused() -> None:
    text = Path(rules.__file__).with_name("policies").joinpath("hunan/2025.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text, parse_float=Decimal)
    values["recognised"]["platform"]["maximum"] = 3

    with pytest.raises(rules.PolicyError) as refusal:
        read_policy("hunan/2025.toml", values, frozenset(rules.load_policy("hunan-2025").regions))

    assert refusal.value.key == "recognised.platform.maximum"


@pytest.mark.parametrize(
    ("says", "fits"), [("每份 4 学时", True), ("每份 16 学时", False), ("半份 8 学时", False)]
)
def test_a_rate_for_two_is_told_for_one_and_for_half(says: str, fits: bool) -> None:
    values = small()
    row(values, 1).pop("adds")
    row(values, 1).update(measure="quantity", per=2, hours=8, says=says)

    if fits:
        assert taken(values).kinds
    else:
        refused(values, "kinds.course.rows[2].says")
