"""Hours and other exact numbers: read strictly, kept as Decimal, printed without trailing zeros."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.errors import RuleInputError

Number = Decimal | int | str

# Ten digits are far beyond any real figure. Length and exponent are looked at before anything is spelt out,
# so that a figure such as 1e999999999 costs nothing.
DIGITS = 10
LONGEST = 40
HALF = Decimal("0.5")
PLAIN_NUMBER = re.compile(
    rf"[+-]?([0-9]{{1,{DIGITS}}}(\.[0-9]{{0,{DIGITS}}})?|\.[0-9]{{1,{DIGITS}}})", re.ASCII
)

WHOLE_NUMBER = re.compile(rf"[0-9]{{1,{DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HourUnit:
    """What a policy counts in: 学时（分）, 学分, 课时; nothing finer than `step` exists.

    `minutes`: how long one unit is on the clock, where the policy says so. `conversions`: how many units one
    of another unit is worth (1 学分 = 1 学时).
    """

    name: str
    step: Decimal
    minutes: Decimal | None = None
    conversions: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """The unit in a sentence: 学时. What stands in brackets belongs to headings only."""
        return self.name.partition("（")[0]

    @property
    def heading(self) -> str:
        """The unit in the head of a column, as annex 3 of the notice writes it: 学时分."""
        return self.name.replace("（", "").replace("）", "")

    def text(self, hours: Decimal) -> str:
        """So many of the unit: 7.5 学时."""
        return f"{number_text(hours)} {self.word}"

    def minutes_of_one(self) -> Decimal:
        """An hour on the clock where nothing else is said."""
        return Decimal(60) if self.minutes is None else self.minutes


def folded(text: str) -> str:
    """`text` as if typed on a plain keyboard: full-width digits and signs made half-width, margins off."""
    return unicodedata.normalize("NFKC", text).strip()


def read_number(
    key: str, name: str, value: object, example: str = "8 或 3.5", units: Iterable[str] = ()
) -> Decimal:
    """The exact number in `value`, zero or more; one of `units` may follow it (3天, 3天半, 半天).

    Floats are refused because they are not what was typed. Raises RuleInputError.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise RuleInputError(key, f"{name}应为数字。")
    text = _spelt(value, tuple(units))
    if text is None or not PLAIN_NUMBER.fullmatch(text):
        raise RuleInputError(key, f"{name}应为数字，例如 {example}。")
    number = abs(Decimal(text))
    if text.startswith("-") and number:
        raise RuleInputError(key, f"{name}不能小于 0。")
    return number


def _spelt(value: Number, units: tuple[str, ...]) -> str | None:
    """Plain digits, or None for what cannot be a figure; decided without spelling out an endless one."""
    if isinstance(value, str):
        return _without_unit(folded(value).replace("。", "."), units) if len(value) <= LONGEST else None
    if isinstance(value, int):
        return str(value) if abs(value) < 10**DIGITS else None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DIGITS or value.adjusted() > DIGITS:
        return None
    return format(value, "f")


def _without_unit(text: str, units: tuple[str, ...]) -> str:
    """3天 → 3, 3 天半 → 3.5, 半天 → 0.5; anything else as it is."""
    for unit in units:
        whole = text.removesuffix("半") if text.endswith(f"{unit}半") else text
        if not unit or not whole.endswith(unit):
            continue
        figure = whole.removesuffix(unit).removesuffix("个").strip()
        if figure == "半":
            return str(HALF)
        if whole != text:
            return str(int(figure) + HALF) if WHOLE_NUMBER.fullmatch(figure) else text
        return figure
    return text


def read_hours(key: str, name: str, value: object, unit: HourUnit) -> Decimal:
    """Hours in whole steps (0.5 in Hunan): anything finer is refused, not rounded.

    The unit may follow the figure; another unit is converted where the policy says what one is worth.
    """
    worth = Decimal(1)
    if isinstance(value, str):
        other = next((each for each in unit.conversions if folded(value).endswith(each)), None)
        worth = unit.conversions[other] if other is not None else worth
    number = read_number(key, name, value, units=(unit.heading, unit.word, *unit.conversions)) * worth
    if number % unit.step:
        raise RuleInputError(key, f"{name}须为 {number_text(unit.step)} 的整数倍。")
    return number


def floor_to(number: Decimal, step: Decimal) -> Decimal:
    """`number` rounded down to a whole multiple of `step`."""
    return number // step * step


def number_text(number: Decimal) -> str:
    """Plain digits without trailing zeros: 30, 7.5; nothing is 0, whatever its sign."""
    text = format(number if number else abs(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
