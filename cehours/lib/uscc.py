"""Unified social credit codes of units (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

import re

from cehours.lib import visible
from cehours.lib.half_width import half_width
from cehours.lib.refusal import Refusal

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class BadUscc(Refusal):
    """The code cannot be right; `says` tells what to compare."""


class OddCheckCharacter(BadUscc):
    """Everything is right but the last character. A few genuine codes are like that: their papers decide."""


def validate(text: str, *, as_issued: bool = False) -> str:
    """The code half-width, upper case, without spaces. Raises BadUscc.

    `as_issued`: somebody has compared it with the 登记证书, and takes its check character as it is.
    """
    code = "".join(visible.shown(half_width(text)).split()).upper()
    if not code:
        raise BadUscc("请填写统一社会信用代码。")
    if len(code) != 18:
        raise BadUscc(f"统一社会信用代码应为 18 位，您填写了 {len(code)} 位，请核对。")
    if not re.fullmatch(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}", code):
        raise BadUscc(
            "统一社会信用代码由数字和大写字母组成，不含 I、O、S、V、Z，第 3 至 8 位为数字，请核对。"
        )
    if not as_issued and check_character(code[:17]) != code[17]:
        raise OddCheckCharacter("统一社会信用代码校验位不正确，请按登记证书逐位核对。")
    return code


def check_character(body: str) -> str:
    """The 18th character for the first 17."""
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def make(category: str, region: str, serial: int) -> str:
    """A valid code for sample data. `region` six digits, `serial` 0 to 99999999.

    `category` two characters: 91 enterprise, 12 public institution, 11 organ of state, 51 association.
    """
    organization = f"{serial:08d}"
    total = sum(
        int(digit) * weight for digit, weight in zip(organization, _ORGANIZATION_WEIGHTS, strict=True)
    )
    body = category + region + organization + "0123456789X0"[-total % 11]
    return body + check_character(body)
