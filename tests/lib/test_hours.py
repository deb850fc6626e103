from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib.hours import BadHours, check, parse
from rules import number_text


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("8", "8"),
        ("7.5", "7.5"),
        ("８学时", "8"),
        ("８．５ 学时", "8.5"),
        ("7。5", "7.5"),
        ("60学时分", "60"),
        ("24 个学时", "24"),
        ("+3", "3"),
        (".5", "0.5"),
        ("0", "0"),
        ("-0", "0"),
        ("30.0", "30"),
        ("30.", "30"),
        ("9999", "9999"),
    ],
)
def test_hours_are_understood_as_people_type_them(typed, hours):
    assert parse(typed) == Decimal(hours)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写学时"),
        ("学时", "请填写学时"),
        ("7.8", "学时最小单位为 0.5，请改为 7.5 或 8"),
        ("0.1", "请改为 0 或 0.5"),
        ("7.500000001", "请改为 7.5 或 8"),
        ("1.234", "最小单位"),
        ("-1", "不能为负数"),
        ("-0.5", "不能为负数"),
        ("9999.5", "不能超过 9999"),
        ("99999", "不能超过 9999"),
        ("9" * 4000, "应为数字"),
        ("八", "应为数字"),
        ("1e3", "应为数字"),
        ("1,000", "应为数字"),
        ("NaN", "应为数字"),
        ("٣", "应为数字"),
        ("8 9 天", "应为数字"),
    ],
)
def test_what_cannot_be_hours_is_answered_with_what_to_do(typed, says):
    with pytest.raises(BadHours, match=says):
        parse(typed)


@given(st.integers(0, 2 * 9999).map(lambda halves: Decimal(halves) / 2))
def test_hours_survive_being_shown_and_typed_again(hours):
    assert parse(number_text(hours)) == hours


@pytest.mark.parametrize(
    ("hours", "seen"), [("7.50", "7.5"), ("60.0", "60"), ("100", "100"), ("0.0", "0"), ("1E+2", "100")]
)
def test_hours_are_shown_without_trailing_zeros(hours, seen):
    assert number_text(Decimal(hours)) == seen


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-0.5", "0.25", "10000"])
def test_figures_that_did_not_come_as_text_are_checked_too(figure):
    with pytest.raises(BadHours):
        check(Decimal(figure))


def test_hours_are_called_what_the_policy_calls_them():
    assert parse("24 学分", word="学分", also=()) == 24
    assert parse("24个学分", word="学分", also=("学分数",)) == 24
    with pytest.raises(BadHours, match="学分应为数字"):
        parse("24学时", word="学分", also=())
    with pytest.raises(BadHours, match="学时应为数字"):
        parse("24学分")
    with pytest.raises(BadHours, match=r"学分最小单位为 0\.5"):
        check(Decimal("0.1"), word="学分")
