from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib import clock
from cehours.lib.idnumbers import (
    BadIdNumber,
    IdKind,
    birth_date,
    canonical,
    gender,
    make_resident_id,
    validate,
)

# 11010519491231002X is the example printed in GB 11643.
STANDARD = "11010519491231002X"


@pytest.mark.parametrize(
    "typed",
    [
        STANDARD,
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２ｘ",
        "\u200b11010519491231002X\u3000",
    ],
)
def test_a_resident_number_is_understood_however_it_is_typed(typed):
    assert validate(IdKind.RESIDENT, typed) == STANDARD


@pytest.mark.parametrize("region", ["430181", "430182", "430112", "430212", "431381", "430581"])
def test_a_county_younger_than_its_people_is_no_reason_to_refuse(region):
    number = make_resident_id(region, date(1975, 3, 8), 21)

    assert validate(IdKind.RESIDENT, number) == number


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_count(region):
    number = make_resident_id(region, date(1990, 2, 3), 1)

    assert validate(IdKind.RESIDENT, number) == number


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写"),
        (" \u3000", "请填写"),
        ("43070119850810001X", "号码有误，请对照证件逐位核对"),
        ("110105194912310021", "号码有误"),
        ("1101051949123100X", "您填写了 17 位"),
        ("11010519491231002XX", "您填写了 19 位"),
        ("110105491231002", "15 位身份证号码已停用"),
        ("1101051949123100XX", "前 17 位应为数字"),
        ("11010519490229002X", "不存在"),
        ("110105194913310021", "不存在"),
        ("110105000012310021", "不存在"),
        ("110105189912310021", "不合理"),
        ("99010519491231002X", "改选证件类型"),
        ("16010519491231002X", "省级"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "应为数字"),
    ],
)
def test_a_wrong_resident_number_is_answered_with_what_to_do(typed, says):
    with pytest.raises(BadIdNumber, match=says):
        validate(IdKind.RESIDENT, typed)


def test_nobody_is_born_tomorrow_and_tomorrow_begins_in_shanghai():
    number = make_resident_id("430102", date(2025, 7, 2), 1)

    with clock.at(datetime(2025, 7, 1, 15, 59, tzinfo=UTC)), pytest.raises(BadIdNumber):
        validate(IdKind.RESIDENT, number)
    with clock.at(datetime(2025, 7, 1, 16, 0, tzinfo=UTC)):
        assert validate(IdKind.RESIDENT, number) == number


born = st.dates(date(1900, 1, 1), date(2024, 12, 31))


@given(born, st.integers(0, 999))
def test_a_made_number_is_valid_and_tells_birth_and_gender(day, sequence):
    number = make_resident_id("430102", day, sequence)

    assert validate(IdKind.RESIDENT, number) == number
    assert birth_date(number) == day
    assert gender(number) == ("男" if sequence % 2 else "女")


@given(born, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_is_noticed(day, sequence, position, shift):
    number = make_resident_id("430102", day, sequence)
    wrong = (int(number[position]) + shift) % 10

    with pytest.raises(BadIdNumber):
        validate(IdKind.RESIDENT, f"{number[:position]}{wrong}{number[position + 1 :]}")


@given(born, st.integers(0, 999), st.integers(0, 16))
def test_two_neighbouring_digits_swapped_are_noticed(day, sequence, left):
    number = make_resident_id("430102", day, sequence)
    swapped = number[:left] + number[left + 1] + number[left] + number[left + 2 :]

    if swapped != number:
        with pytest.raises(BadIdNumber):
            validate(IdKind.RESIDENT, swapped)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("passport", "e12345678", "E12345678"),
        ("passport", "Ｐ 1234567", "P1234567"),
        ("hk_macao", "h12345678", "H12345678"),
        ("hk_macao", "M1234567802", "M1234567802"),
        ("hk_macao", "ha1234567", "HA1234567"),
        ("hk_macao", "\u202dMA1234567\u202c", "MA1234567"),
        ("taiwan", "12345678", "12345678"),
        ("permanent", "911124198108030024", "911124198108030024"),
        ("permanent", "usa110074123105", "USA110074123105"),
    ],
)
def test_other_kinds_are_kept_in_one_spelling(kind, typed, kept):
    assert validate(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("passport", "ABCDEFGH", "护照号码"),
        ("passport", STANDARD, "护照号码"),
        ("passport", "E123-5678", "护照号码"),
        ("hk_macao", "12345678", "H 或 M"),
        ("hk_macao", "H1234567", "H 或 M"),
        ("hk_macao", "HA12345678", "HA 或 MA"),
        ("hk_macao", "HB1234567", "HA 或 MA"),
        ("taiwan", "1234567", "8 位数字"),
        ("permanent", STANDARD, "以 9 开头"),
        ("permanent", "911124198108030025", "号码有误"),
        ("permanent", "", "请填写"),
    ],
)
def test_a_wrong_number_of_another_kind_is_answered_with_its_shape(kind, typed, says):
    with pytest.raises(BadIdNumber, match=says):
        validate(kind, typed)


def test_an_unknown_kind_is_our_mistake():
    with pytest.raises(ValueError, match="library_card") as caught:
        validate("library_card", STANDARD)

    assert not isinstance(caught.value, BadIdNumber)


def test_the_first_generation_number_is_the_same_person():
    assert canonical("110105491231002") == STANDARD


def test_a_renewed_travel_permit_is_the_same_person():
    assert canonical("H1234567801") == canonical("H1234567802") == canonical("h12345678")


def test_the_kinds_are_offered_in_chinese():
    assert IdKind.choices()[0] == ("resident", "居民身份证")
    assert len(IdKind.choices()) == 6
