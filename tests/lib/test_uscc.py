import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib.uscc import BadUscc, OddCheckCharacter, make, validate

# The example the registration authority itself carries.
KNOWN = "91110000600037341L"


def test_43_a_check_character_that_the_papers_really_have_is_taken_as_issued():
    odd = KNOWN[:17] + ("A" if KNOWN[17] != "A" else "B")

    with pytest.raises(OddCheckCharacter):
        validate(odd)
    assert validate(odd, as_issued=True) == odd
    with pytest.raises(BadUscc, match="18 位"):
        validate(odd[:17], as_issued=True)


@pytest.mark.parametrize(
    "typed", [KNOWN, f"\u202d{KNOWN}\u202c", " 91110000 600037341l ", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_code_is_understood_however_it_is_typed(typed):
    assert validate(typed) == KNOWN


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写"),
        (KNOWN[:-1], "您填写了 17 位"),
        ("911100006000373411", "校验位不正确"),
        ("9111000060003734IL", "不含 I、O、S、V、Z"),
        ("91A10000600037341L", "第 3 至 8 位为数字"),
    ],
)
def test_a_wrong_code_is_answered_with_what_to_compare(typed, says):
    with pytest.raises(BadUscc, match=says):
        validate(typed)


@given(st.sampled_from(["91", "12", "11", "51", "N2"]), st.integers(0, 99_999_999))
def test_a_made_code_is_valid(category, serial):
    code = make(category, "430102", serial)

    assert validate(code) == code


@given(st.integers(0, 99_999_999), st.integers(0, 17), st.integers(1, 9))
def test_every_single_mistyped_digit_is_noticed(serial, position, shift):
    code = make("91", "430102", serial)

    if code[position].isdecimal():
        wrong = (int(code[position]) + shift) % 10
        with pytest.raises(BadUscc):
            validate(f"{code[:position]}{wrong}{code[position + 1 :]}")
