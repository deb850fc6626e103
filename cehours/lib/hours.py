"""Hours (学时) as people type and read them: decimals in steps of 0.5."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

from cehours.lib.half_width import half_width
from cehours.lib.refusal import Refusal
from rules import number_text

STEP = Decimal("0.5")
MAXIMUM = Decimal(9999)
WORD, ALSO = "学时", ("学时分", "课时")
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})")


class BadHours(Refusal):
    """What was typed is not a number of hours; `says` tells how to correct it."""


def parse(text: str, *, word: str = WORD, also: tuple[str, ...] = ALSO) -> Decimal:
    """Hours from typed text: full-width digits and the unit behind them are understood. Raises BadHours.

    `word`: what the policy counts in; `also`: how else it may be called. Another unit is no figure of ours.
    Returns 0 to 9999 in steps of 0.5. Nothing is rounded: a finer figure is refused with its neighbours.
    """
    typed = "".join(half_width(text).replace("。", ".").replace("｡", ".").split())
    for unit in sorted((word, *also), key=len, reverse=True):
        if typed.endswith(unit):
            typed = typed.removesuffix(unit).removesuffix("个")
            break
    if not typed:
        raise BadHours(f"请填写{word}，例如 8 或 7.5。")
    match = _NUMBER.fullmatch(typed)
    if match is None:
        raise BadHours(f"{word}应为数字，请改为例如 8 或 7.5 的写法。")
    hours = Decimal(match["digits"])
    if match["sign"] == "-" and hours:
        raise BadHours(f"{word}不能为负数，请填写 0 或大于 0 的数。")
    return check(hours, word=word)


def check(hours: Decimal, *, word: str = WORD) -> Decimal:
    """`hours` if within 0 to 9999 and on a step of 0.5, for figures that did not come as text."""
    if not hours.is_finite():
        raise BadHours(f"{word}应为数字，请改为例如 8 或 7.5 的写法。")
    if hours < 0:
        raise BadHours(f"{word}不能为负数，请填写 0 或大于 0 的数。")
    if hours > MAXIMUM:
        raise BadHours(f"{word}不能超过 {number_text(MAXIMUM)}，请核对后重新填写。")
    if hours % STEP:
        below = (hours / STEP).to_integral_value(ROUND_FLOOR) * STEP
        raise BadHours(f"{word}最小单位为 0.5，请改为 {number_text(below)} 或 {number_text(below + STEP)}。")
    return hours
