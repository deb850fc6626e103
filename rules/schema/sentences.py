"""Sentences of a policy that speak of figures: made from the figures of the rule, and held against them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from rules.hours import HALF, HourUnit, number_text
from rules.kinds import Row
from rules.measures import Deemed, Measure, Rate
from rules.schema.table import Table

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
FIGURE = r"(?<![0-9.])([0-9]+(?:\.[0-9]+)?) ?"
UNITS_OF_HOURS = ("学时", "学分", "课时")
# A length of stay: 6 个月, 1 年; a year of the calendar has four digits and is none.
MONTHS = re.compile(FIGURE + "个月")
YEARS = re.compile(r"(?<![0-9.])([0-9]{1,2}) ?年")

Figures = Mapping[str, Decimal]


def filled(table: Table, key: str, text: str, figures: Figures, unit: HourUnit) -> str:
    """`text` with {hours} and the like replaced by the figures of the rule with their unit.

    Raises PolicyError for a name nobody knows and for a figure in the text that the rule does not have.
    """
    for name in PLACEHOLDER.findall(text):
        if name not in figures:
            known = "、".join(f"{{{each}}}" for each in figures) or "没有可用的"
            raise table.fail(key, f"{{{name}}} 不是这一条的数字；可以写：{known}")
    told = PLACEHOLDER.sub(lambda match: unit.text(figures[match[1]]), text)
    _check_units(table, key, told, unit)
    _check_figures(table, key, told, set(figures.values()), unit)
    return told


def _check_units(table: Table, key: str, text: str, unit: HourUnit) -> None:
    """A figure in another unit than the policy's own would read as a figure of the policy."""
    own = {unit.word, unit.heading, *unit.conversions}
    for word in UNITS_OF_HOURS:
        if word not in own and re.search(FIGURE + word, text):
            raise table.fail(key, f"这里写的单位是“{word}”，而 [hours] 的单位是“{unit.word}”")


def _check_figures(table: Table, key: str, text: str, known: set[Decimal], unit: HourUnit) -> None:
    for figure in re.findall(FIGURE + re.escape(unit.word), text):
        if Decimal(figure) not in known:
            raise _contradicts(
                table, key, f"{figure} {unit.word}", (unit.text(each) for each in sorted(known))
            )


def _contradicts(table: Table, key: str, said: str, known: Iterable[str]) -> Exception:
    figures = "、".join(known) or "没有数字"
    return table.fail(key, f"文字里写的是“{said}”，与这一条的数字（{figures}）不一致")


def row_sentence(table: Table, row: Row, unit: HourUnit) -> str:
    """The sentence of one line of a rule, whose figures are those of its measure, its additions and its limit."""
    figures: dict[str, Decimal] = {}
    for place, measure in enumerate((row.measure, *row.adds)):
        figures |= {f"add{place}.{name}" if place else name: n for name, n in measure.figures().items()}
    if row.cap is not None:
        figures["cap"] = row.cap
    known = dict(figures)
    for other, worth in unit.conversions.items():
        known[f"1 {other}"] = worth
    told = filled(table, "says", row.says, known, unit)
    for measure in (row.measure, *row.adds):
        _check_measure(table, told, measure, unit)
    return told


def _check_measure(table: Table, text: str, measure: Measure, unit: HourUnit) -> None:
    match measure:
        case Rate():
            _check_rate(table, text, measure, unit)
        case Deemed():
            _check_stay(table, "says", text, measure)
            _check_stay(table, "too_short", measure.too_short, measure)


def _check_rate(table: Table, text: str, rate: Rate, unit: HourUnit) -> None:
    """每天 8 学时 must be the rate itself, 半天 4 学时 half of it, 每 45 分钟 the amount it counts by."""
    each = {"每": rate.hours / rate.per, "半": rate.hours / rate.per * HALF}
    for word, hours in each.items():
        said = re.search(rf"{word}{rate.unit}[^0-9，。；]*{FIGURE}{re.escape(unit.word)}", text)
        if said and Decimal(said[1]) != hours:
            raise _contradicts(table, "says", said[0], [unit.text(hours)])
    amounts = {rate.per, rate.step, Decimal(1)}
    for figure in re.findall(FIGURE + re.escape(rate.unit), text):
        if Decimal(figure) not in amounts:
            known = (f"{number_text(each)} {rate.unit}" for each in sorted(amounts))
            raise _contradicts(table, "says", f"{figure} {rate.unit}", known)


def _check_stay(table: Table, key: str, text: str, stay: Deemed) -> None:
    known = {Fraction(band.months) for band in stay.bands}
    said = [(f"{figure} 个月", Fraction(figure)) for figure in MONTHS.findall(text)]
    said += [(f"{figure} 年", Fraction(figure) * 12) for figure in YEARS.findall(text)]
    for words, months in said:
        if months not in known:
            raise _contradicts(table, key, words, (f"{each} 个月" for each in sorted(known)))
