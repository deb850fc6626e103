"""Identity numbers: what each kind looks like, and the check of GB 11643-1999 for resident numbers.

The county code is not compared with the year of birth: counties were renamed and merged, and people keep
the number they were given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from cehours.lib import clock, visible
from cehours.lib.half_width import half_width
from cehours.lib.refusal import Refusal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# 81 to 83: residence permits of people from Hong Kong, Macao and Taiwan, same construction.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_EARLIEST_BIRTH = date(1900, 1, 1)


class IdKind(StrEnum):
    """证件类型."""

    RESIDENT = "resident"
    RESIDENCE = "residence"
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"
    TAIWAN = "taiwan"
    PERMANENT = "permanent"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def tells_gender(self) -> bool:
        """Whether its number is built as GB 11643-1999 says, with gender and date of birth in it."""
        return self in (IdKind.RESIDENT, IdKind.RESIDENCE)

    @property
    def indexed_as(self) -> IdKind:
        """The kind under which its numbers are found: a residence permit may have been entered as 居民身份证."""
        return IdKind.RESIDENT if self is IdKind.RESIDENCE else self

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a form's or model's `choices`."""
        return [(kind.value, kind.label) for kind in cls]


_LABELS = {
    IdKind.RESIDENT: "居民身份证",
    IdKind.RESIDENCE: "港澳台居民居住证",
    IdKind.PASSPORT: "护照",
    IdKind.HK_MACAO: "港澳居民来往内地通行证",
    IdKind.TAIWAN: "台湾居民来往大陆通行证",
    IdKind.PERMANENT: "外国人永久居留身份证",
}


class BadIdNumber(Refusal):
    """The number cannot be right; `says` tells what to compare or change."""


def validate(kind: IdKind | str, text: str) -> str:
    """The number as it is stored (half-width, upper case, no spaces). Raises BadIdNumber.

    Raises ValueError for an unknown `kind`, which is a mistake of ours, not the person's.
    """
    number = _tidy(text)
    if not number:
        raise BadIdNumber("请填写证件号码。")
    _CHECKS[IdKind(kind)](number)
    return number


def canonical(text: str) -> str:
    """One spelling per person for the blind index; unlike `validate` it accepts anything.

    First-generation resident numbers (15 digits) become 18, travel permits of Hong Kong and Macao lose the
    two digits that count renewals.
    """
    number = _tidy(text)
    if re.fullmatch(r"[0-9]{15}", number):
        return from_first_generation(number)
    if re.fullmatch(r"[HM][A0-9][0-9]{9}", number):
        return number[:9]
    return number


def from_first_generation(number: str) -> str:
    """18 characters for a 15-digit number, all of which were given to people born in the 1900s."""
    body = number[:6] + "19" + number[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def birth_date(number: str) -> date:
    """Date of birth in an 18-character number. Raises BadIdNumber if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadIdNumber("身份证号码中的出生日期（第 7 至 14 位）不存在，请核对。") from None


def gender(number: str) -> str:
    """男 or 女 in an 18-character number: the 17th digit is odd for men."""
    return "男" if int(number[16]) % 2 else "女"


def make_resident_id(region: str, born: date, sequence: int) -> str:
    """A number with a valid check character for sample data; `region` six digits, `sequence` 0 to 999."""
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def _tidy(text: str) -> str:
    return "".join(visible.shown(half_width(text)).split()).upper()


def _check_resident(number: str) -> None:
    if len(number) == 15 and number.isdecimal():
        raise BadIdNumber("15 位身份证号码已停用，请填写现用居民身份证上的 18 位号码。")
    _check_shape(number)
    if number.startswith("9"):
        raise BadIdNumber("以 9 开头的是外国人永久居留身份证，请改选证件类型。")
    if not _PROVINCE.fullmatch(number[:2]):
        raise BadIdNumber("身份证号码前两位不是省级行政区代码，请核对。")
    _check_date_and_last_character(number)


def _check_residence(number: str) -> None:
    _check_resident(number)
    if not number.startswith("8"):
        raise BadIdNumber("港澳台居民居住证号码以 81、82 或 83 开头，请核对，或者改选证件类型。")


def _check_permanent(number: str) -> None:
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return  # the card before 2023
    if len(number) != 18 or not number.startswith("9"):
        raise BadIdNumber(
            "外国人永久居留身份证号码应为以 9 开头的 18 位号码，或 3 位字母加 12 位数字，请核对。"
        )
    _check_shape(number)
    _check_date_and_last_character(number)


def _check_shape(number: str) -> None:
    if len(number) != 18:
        raise BadIdNumber(f"身份证号码应为 18 位，您填写了 {len(number)} 位，请核对。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise BadIdNumber("身份证号码前 17 位应为数字，最后一位为数字或 X，请核对。")


def _check_date_and_last_character(number: str) -> None:
    if not _EARLIEST_BIRTH <= birth_date(number) <= clock.today():
        raise BadIdNumber("身份证号码中的出生日期（第 7 至 14 位）不合理，请核对。")
    if check_character(number[:17]) != number[17]:
        raise BadIdNumber("号码有误，请对照证件逐位核对。")


def _pattern(pattern: str, says: str) -> Callable[[str], None]:
    def check(number: str) -> None:
        if not re.fullmatch(pattern, number):
            raise BadIdNumber(says)

    return check


_CHECKS: dict[IdKind, Callable[[str], None]] = {
    IdKind.RESIDENT: _check_resident,
    IdKind.RESIDENCE: _check_residence,
    IdKind.PASSPORT: _pattern(
        r"(?=.*[0-9])[A-Z0-9]{5,12}", "护照号码应为 5 至 12 位字母和数字，请按护照资料页核对。"
    ),
    IdKind.HK_MACAO: _pattern(
        r"[HM][A0-9][0-9]{7}([0-9]{2})?",
        "港澳居民来往内地通行证号码应为 H 或 M 加 8 位数字，非中国籍的为 HA 或 MA 加 7 位数字，请核对。",
    ),
    IdKind.TAIWAN: _pattern(
        r"[0-9]{8}|[0-9]{10}[A-Z]?", "台湾居民来往大陆通行证号码应为 8 位数字，请按证件正面核对。"
    ),
    IdKind.PERMANENT: _check_permanent,
}
