import pytest

from cehours.lib import idnumbers, phone, uscc
from cehours.lib.half_width import half_width
from cehours.lib.hours import parse


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("１３８－００１３", "138-0013"),
        ("ＡＢｃ＠ｄ．ｃｎ", "ABc@d.cn"),
        ("　１　", " 1 "),
        ("①½一。", "①½一。"),
        ("", ""),
    ],
)
def test_full_width_ascii_becomes_half_width_and_nothing_else_changes(typed: str, read: str) -> None:
    assert half_width(typed) == read


def test_numbers_and_hours_typed_in_full_width_are_read_alike() -> None:
    number = idnumbers.make_resident_id("430102", idnumbers.date(1985, 6, 1), 7)
    wide = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})

    assert idnumbers.validate(idnumbers.IdKind.RESIDENT, number.translate(wide)) == number
    assert uscc.validate("91110000600037341L".translate(wide)) == "91110000600037341L"
    assert parse("7.5".translate(wide)) == parse("7。5") == parse("7｡5") == parse("7.5")


@pytest.mark.parametrize("number", ["13800138000", "19912345678"])
def test_a_mobile_number_has_eleven_digits(number: str) -> None:
    assert phone.is_mobile(number)
    assert not phone.is_landline(number)


@pytest.mark.parametrize("number", ["0731-84900000", "073184900000", "010-12345678", "0731-8490000"])
def test_a_landline_has_an_area_code(number: str) -> None:
    assert phone.is_landline(number)
    assert not phone.is_mobile(number)


@pytest.mark.parametrize(
    "number", ["1３９99999999", "13٩99999999", "0731-8490000٣", "12345678901", "138001380001"]
)
def test_other_scripts_digits_and_wrong_lengths_ring_nowhere(number: str) -> None:
    assert not phone.is_mobile(number)
    assert not phone.is_landline(number)
