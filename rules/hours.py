"""Hours and other exact numbers: read strictly, kept as Decimal, printed without trailing zeros."""

from __future__ import annotations

import re
from decimal import Decimal

from rules.errors import RuleInputError

Number = Decimal | int | str

# Ten digits are far beyond any real figure, and keep a hostile exponent from filling the memory.
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,10})?", re.ASCII)


def read_number(key: str, name: str, value: object, example: str = "8 或 3.5") -> Decimal:
    """The exact number in `value`, zero or more.

    Floats are refused because they are not what was typed. Raises RuleInputError.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise RuleInputError(key, f"{name}应为数字。")
    text = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value)
    if not PLAIN_NUMBER.fullmatch(text.strip()):
        raise RuleInputError(key, f"{name}应为数字，例如 {example}。")
    number = Decimal(text.strip())
    if number < 0:
        raise RuleInputError(key, f"{name}不能小于 0。")
    return number


def read_hours(key: str, name: str, value: object, step: Decimal) -> Decimal:
    """Hours in whole steps (0.5 in Hunan): anything finer is refused, not rounded."""
    number = read_number(key, name, value)
    if number % step:
        raise RuleInputError(key, f"{name}须为 {number_text(step)} 的整数倍。")
    return number


def floor_to(number: Decimal, step: Decimal) -> Decimal:
    """`number` rounded down to a whole multiple of `step`."""
    return number // step * step


def number_text(number: Decimal) -> str:
    """Plain digits without trailing zeros: 30, 7.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
