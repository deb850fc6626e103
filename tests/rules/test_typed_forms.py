"""Figures and dates as keyboards and habits give them: understood as in the site's own fields, or told the form."""

from __future__ import annotations

from decimal import Decimal

import pytest

import rules
from rules.dates import read_sessions, read_when, read_year
from rules.hours import HourUnit, number_text, read_hours, read_number

HUNAN = rules.load_policy("hunan-2025")
HALVES = HourUnit("学时（分）", Decimal("0.5"))


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("３．５", 28),
        (" ３ 天", 24),
        ("3天", 24),
        ("3个天", 24),
        ("3天半", 28),
        ("半天", 4),
        ("３天半", 28),
        ("0.5天", 4),
        ("\u30003.5\u00a0", 28),
        ("3。5天", 28),
        ("+3", 24),
        (".5", 4),
        ("3.", 24),
    ],
)
def test_days_are_understood_with_their_unit_and_in_full_width(typed: str, hours: int) -> None:
    assert rules.credit(HUNAN, kind="training", year=2024, facts={"days": typed}).hours == hours


@pytest.mark.parametrize(
    "typed",
    ["三天", "3.5天半", "天", "半", "半学时", "天半", "3天3", "3 5", "½", "3小时", "1e3", "٣天半", "-"],
)
def test_days_in_another_form_are_refused_with_the_form_that_is(typed: str) -> None:
    with pytest.raises(rules.RuleInputError, match=r"培训天数应为数字，例如 8 或 3\.5。"):
        rules.credit(HUNAN, kind="training", year=2024, facts={"days": typed})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2024 年 5 月", "2024年5月"),
        ("2024 年 5 月 1 日", "2024年5月1日"),
        ("２０２４年５月", "2024年5月"),
        ("２０２４－０５－０１", "2024年5月1日"),
        ("2024年5月1号", "2024年5月1日"),
        ("20240501", "2024年5月1日"),
        (20240501, "2024年5月1日"),
        ("2024 年", "2024年"),
    ],
)
def test_dates_are_understood_with_blanks_and_in_full_width(typed: object, said: str) -> None:
    assert str(read_when("on", "日期", typed)) == said


@pytest.mark.parametrize(
    "typed", ["202405", 202405, 2024050101, "2024年第5期", "五月", "2024-5-1-1", "1" * 41]
)
def test_dates_in_another_form_are_refused_with_the_form_that_is(typed: object) -> None:
    with pytest.raises(rules.RuleInputError, match="日期应为日期，例如 2024-05-01、2024年5月，或只写 2024"):
        read_when("on", "日期", typed)


@pytest.mark.parametrize("typed", ["２０２４", "2024年", "2024年度", " 2024 年度"])
def test_a_year_may_carry_its_word(typed: str) -> None:
    assert read_year("year", "年度", typed) == 2024


def test_days_one_by_one_are_understood_with_their_words() -> None:
    sessions = read_sessions("days", "日期", "2024年12月31日，２０２５－０１－０１半天；20250102")

    assert [(each.day.isoformat(), str(each.length)) for each in sessions] == [
        ("2024-12-31", "1"),
        ("2025-01-01", "0.5"),
        ("2025-01-02", "1"),
    ]


def test_a_course_has_no_more_days_than_a_year() -> None:
    days = [f"{2000 + number // 28}-02-{number % 28 + 1:02}" for number in range(367)]

    assert len(read_sessions("days", "日期", days[:366])) == 366
    assert len(read_sessions("days", "日期", "、".join(days[:366]))) == 366
    for typed in (days, "、".join(days), " " * (366 * 40 + 1)):
        with pytest.raises(rules.RuleInputError, match="最多列 366 天"):
            read_sessions("days", "日期", typed)


@pytest.mark.parametrize("typed", ["有国内统一刊号(CN)", "有国内统一刊号（ＣＮ）", "ＣＮ", " cn "])
def test_a_choice_is_known_by_its_name_whatever_brackets_it_has(typed: str) -> None:
    facts = {"serial": typed, "author": "first", "published_on": "2024"}
    if typed == "ＣＮ":
        facts["serial"] = "ｃｎ"

    assert rules.credit(HUNAN, kind="paper", year=2024, facts=facts).hours == 30


@pytest.mark.parametrize("typed", ["有国内统一刊号", "CN", "x" * 201, 1, None])
def test_another_word_is_no_choice(typed: object) -> None:
    facts = {"serial": typed, "author": "first", "published_on": "2024"}

    with pytest.raises(rules.RuleInputError, match=r"请从以下选项中选择|请选择"):
        rules.credit(HUNAN, kind="paper", year=2024, facts=facts)


@pytest.mark.parametrize("typed", ["是", "ＹＥＳ", "１", True])
def test_a_yes_is_understood_in_full_width(typed: object) -> None:
    facts = {"recognised": typed, "courses": "２门", "passed_on": "2024"}

    assert rules.credit(HUNAN, kind="degree", year=2024, facts=facts).hours == 60


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("-0", "0"), ("-0.0", "0"), (Decimal("-0"), "0"), ("8学时", "8"), ("7.5 学时分", "7.5")],
)
def test_hours_are_plain_figures(typed: str | Decimal, hours: str) -> None:
    assert number_text(read_hours("hours", "学时", typed, HALVES)) == hours


@pytest.mark.parametrize("typed", [Decimal("-0.5"), "-0.5", -1, "－１"])
def test_less_than_nothing_is_refused(typed: object) -> None:
    with pytest.raises(rules.RuleInputError, match="不能小于 0"):
        read_hours("hours", "学时", typed, HALVES)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (10**10 - 1, True),
        (10**10, False),
        ("9" * 10, True),
        ("9" * 11, False),
        (Decimal("1E9"), True),
        (Decimal("1E10"), False),
        (Decimal("1E-10"), True),
        (Decimal("1E-11"), False),
        (Decimal("Infinity"), False),
        (Decimal("NaN"), False),
        (" " * 39 + "1", True),
        (" " * 40 + "1", False),
    ],
)
def test_a_figure_has_ten_digits_at_most(typed: Decimal | int | str, taken: bool) -> None:
    if taken:
        assert read_number("n", "数", typed) > 0
    else:
        with pytest.raises(rules.RuleInputError, match="数应为数字，例如"):
            read_number("n", "数", typed)


def test_a_figure_in_another_unit_is_converted_where_the_policy_says_what_it_is_worth() -> None:
    unit = HourUnit("学时", Decimal("0.5"), None, {"学分": Decimal(2)})

    assert read_hours("hours", "学时", "3.5学分", unit) == 7
    assert read_hours("hours", "学时", "３．５学分", unit) == 7
    with pytest.raises(rules.RuleInputError, match=r"0\.5 的整数倍"):
        read_hours("hours", "学时", "3.1 学分", unit)
    with pytest.raises(rules.RuleInputError, match="应为数字"):
        read_hours("hours", "学时", "3.5学分", HALVES)


def test_a_figure_below_nothing_is_told_with_its_sign() -> None:
    assert [number_text(Decimal(text)) for text in ("-3.50", "-0.0", "0", "3.0")] == ["-3.5", "0", "0", "3"]
