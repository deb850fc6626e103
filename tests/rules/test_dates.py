"""Counting in months, and what is accepted as a date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import rules
from rules.dates import last_day_after, months_text, read_date, read_sessions, read_when, read_year


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2022-01-01", 6, "2022-06-30"),
        ("2022-07-01", 6, "2022-12-31"),
        ("2022-07-15", 6, "2023-01-14"),
        ("2022-01-31", 2, "2022-03-30"),
        ("2022-08-31", 6, "2023-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2022-12-01", 12, "2023-11-30"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_the_day_on_which_months_are_complete(start: str, months: int, last: str) -> None:
    assert last_day_after(date.fromisoformat(start), months).isoformat() == last


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [
        ("2022-01-01", "2022-06-30", "6 个月"),
        ("2022-01-01", "2022-07-01", "6 个月零 1 天"),
        ("2022-01-01", "2022-06-29", "5 个月零 29 天"),
        ("2022-01-01", "2022-01-01", "1 天"),
        ("2022-01-01", "2022-01-31", "1 个月"),
        ("2022-01-01", "2023-12-31", "24 个月"),
    ],
)
def test_the_length_of_a_stay_in_words(start: str, end: str, length: str) -> None:
    assert months_text(date.fromisoformat(start), date.fromisoformat(end)) == length


@pytest.mark.parametrize("year", [1950, "2100", " 2024 "])
def test_years_from_1950_to_2100_are_accepted(year: int | str) -> None:
    assert read_year("year", "年度", year) == int(year)


@pytest.mark.parametrize(
    "year", [1949, 2101, True, None, 2024.0, Decimal("2024"), "二〇二四", "20245", "", "٢٠٢٤"]
)
def test_other_years_are_refused(year: object) -> None:
    with pytest.raises(rules.RuleInputError, match="四位年份"):
        read_year("year", "年度", year)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2024-05-01", "2024年5月1日"),
        ("2024年5月1日", "2024年5月1日"),
        ("2024/5/1", "2024年5月1日"),
        ("2024-05", "2024年5月"),
        ("2024年5月", "2024年5月"),
        ("2024年", "2024年"),
        (2024, "2024年"),
        (date(2024, 5, 1), "2024年5月1日"),
    ],
)
def test_a_moment_is_kept_as_precisely_as_it_was_given(typed: object, said: str) -> None:
    assert str(read_when("on", "日期", typed)) == said


@pytest.mark.parametrize(
    "typed", ["2024-02-30", "2024-13", "2024-00-01", "去年", "1949-01-01", "2024-1-", True, 1.5, []]
)
def test_what_is_no_date_is_refused(typed: object) -> None:
    with pytest.raises(rules.RuleInputError):
        read_when("on", "日期", typed)


def test_a_day_is_needed_where_months_are_counted() -> None:
    assert read_date("on", "日期", "2024-05-01") == date(2024, 5, 1)
    with pytest.raises(rules.RuleInputError, match="须写到日"):
        read_date("on", "日期", "2024-05")


@pytest.mark.parametrize(
    "typed", ["2024-12-31、2025-01-01半天", "2024-12-31, 2025-01-01*0.5", ["2024-12-31*1", "2025-01-01下午"]]
)
def test_days_of_a_course_are_listed_with_their_halves(typed: object) -> None:
    sessions = read_sessions("days", "日期", typed)

    assert [(each.day.isoformat(), str(each.length)) for each in sessions] == [
        ("2024-12-31", "1"),
        ("2025-01-01", "0.5"),
    ]


@pytest.mark.parametrize("typed", ["2024-12-31、2024-12-31", "2024-12", "每天", 7, ["2024-12-31*2"]])
def test_days_that_cannot_be_told_apart_are_refused(typed: object) -> None:
    with pytest.raises(rules.RuleInputError):
        read_sessions("days", "日期", typed)
