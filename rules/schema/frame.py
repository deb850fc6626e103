"""What the rest of a policy is checked against: its unit, categories and minimums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from rules.hours import HourUnit
from rules.policy import Category, Minimums, Share
from rules.schema.sentences import filled
from rules.schema.table import Table

RESERVED = ("total", "whole")  # the sum of a year, and what completes it, stand beside the categories


@dataclass(frozen=True, slots=True)
class Frame:
    """Categories, dated minimums and the unit of hours."""

    unit: HourUnit
    categories: tuple[Category, ...]
    minimums: tuple[Minimums, ...]

    @property
    def step(self) -> Decimal:
        return self.unit.step

    def check_category(self, table: Table, key: str, name: str) -> str:
        if name not in {category.key for category in self.categories}:
            raise table.fail(key, f"科目类别里没有 {name}")
        return name

    def check_split(self, table: Table, split: Mapping[str, Decimal]) -> None:
        """A deemed year must be complete by itself, or it would be deemed and short at once."""
        for name in split:
            self.check_category(table, "split", name)
        total = sum(split.values(), Decimal(0))
        for minimums in self.minimums:
            asked = {name: Fraction(least) for name, least in minimums.by_category.items()}
            for name, share in minimums.shares.items():
                asked[name] = max(asked[name], share.part * Fraction(total))
            short = any(Fraction(split.get(name, Decimal(0))) < least for name, least in asked.items())
            if short or total < minimums.total:
                raise table.fail("split", "不够本政策自己的年度要求，视同完成的年度应当达到要求")


def read_unit(root: Table) -> HourUnit:
    """`[hours]`: what the policy counts in."""
    hours = root.table("hours")
    step = hours.number("step")
    if not step or 1 % step:
        raise hours.fail("step", "须能整除 1，例如 0.5")
    unit = HourUnit(
        hours.text("unit"),
        step,
        hours.number("minutes") if hours.has("minutes") else None,
        MappingProxyType(dict(_conversion(each) for each in hours.tables("conversions", needed=False))),
    )
    hours.close()
    if unit.minutes == 0:
        raise hours.fail("minutes", "须大于 0")
    if not unit.word or {unit.word, unit.heading} & set(unit.conversions):
        raise hours.fail("unit", "一种单位不能再折算成自己，也不能只有括号")
    return unit


def _conversion(table: Table) -> tuple[str, Decimal]:
    other, worth = table.text("unit"), table.number("hours")
    table.close()
    if not worth:
        raise table.fail("hours", "须大于 0")
    return other, worth


def read_frame(root: Table, unit: HourUnit) -> Frame:
    """Categories and minimums of the policy file."""
    categories = tuple(_category(table) for table in root.tables("categories"))
    words = [word for each in categories for word in {each.key, each.name}]
    if len(set(words)) != len(words):
        raise root.fail("categories", "有两个科目类别的 key 或名称相同")
    keys = tuple(category.key for category in categories)
    minimums = tuple(_minimums(table, keys, unit) for table in root.tables("minimums"))
    _check_order(root, minimums)
    return Frame(unit, categories, minimums)


def _category(table: Table) -> Category:
    category = Category(table.text("key"), table.text("name"), table.text("short"))
    table.close()
    if category.key in RESERVED:
        raise table.fail("key", f"“{category.key}”另有用途，请换一个")
    return category


def _minimums(table: Table, categories: tuple[str, ...], unit: HourUnit) -> Minimums:
    total = table.number("total")
    if total % unit.step:
        raise table.fail("total", f"比最小单位 {unit.step} 还细")
    if 0 < total < 1:
        raise table.fail("total", f"写的是 {total} {unit.word}，一年的合计不会少于 1 {unit.word}，请核对")
    asked = table.table("by_category")
    shares = {key: _share(asked, key) for key in asked.names() if isinstance(asked.raw(key), dict)}
    by_category = {key: _minimum(asked, key, shares.get(key), total, unit.step) for key in asked.names()}
    for unknown in sorted(set(by_category) - set(categories)):
        raise asked.fail(unknown, "科目类别里没有这一类")
    if sum(by_category.values(), Decimal(0)) > total:
        raise asked.fail(
            max(by_category, key=lambda key: by_category[key]), f"各类相加超过合计 {total}，请核对"
        )
    figures = {"total": total, **by_category}
    minimums = Minimums(
        table.integer("from_year") if table.has("from_year") else None,
        total,
        MappingProxyType(by_category),
        table.text("cite"),
        filled(table, "says", table.text("says"), figures, unit),
        MappingProxyType(shares),
    )
    table.close()
    return minimums


def _share(asked: Table, key: str) -> Share:
    """`{ share = "2/3", of = "minimum" }`: of the total asked for; `of = "learnt"`: of what was really learnt."""
    table = asked.table(key)
    text, learnt = table.text("share"), table.among("of", ("minimum", "learnt")) == "learnt"
    table.close()
    try:
        part = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise table.fail("share", '须写成几分之几，例如 "2/3"') from None
    # All of what was learnt can never be of one category while another asks for anything.
    if not (0 <= part < 1 or (part == 1 and not learnt)):
        raise table.fail("share", "须在 0 与 1 之间；当年实际合计的几分之几须小于 1")
    return Share(part, learnt)


def _minimum(asked: Table, key: str, share: Share | None, total: Decimal, step: Decimal) -> Decimal:
    """A figure, or a share of the total.

    A share that falls between two steps can only be reached at the next step, so that is the minimum.
    """
    if share is not None:
        steps = ceil(share.part * Fraction(total) / Fraction(step))
        return (Decimal(steps) * step).quantize(Decimal(1) if step == 1 else step)
    value = asked.raw(key)
    if isinstance(value, str):
        form = f'{{ share = "{value}", of = "minimum" }}'
        raise asked.fail(key, f'几分之几须写明是谁的：{form} 为最低合计的，of = "learnt" 为当年实际合计的')
    number = asked.exact(key, value)
    if number % step:
        raise asked.fail(key, f"比最小单位 {step} 还细")
    if 0 < number < 1:
        raise asked.fail(
            key, f'写的是 {number} 个单位；要写几分之几，请用 {{ share = "1/2", of = "minimum" }}'
        )
    return number


def _check_order(root: Table, minimums: tuple[Minimums, ...]) -> None:
    years = [each.from_year for each in minimums]
    dated = [year for year in years if year is not None]
    if (None in years[1:]) or dated != sorted(set(dated)):
        raise root.fail("minimums", "from_year 须从早到晚，只有第一条可以不写")
