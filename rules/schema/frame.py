"""What the rest of a policy is checked against: its categories, minimums and step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from types import MappingProxyType

from rules.policy import Category, Minimums
from rules.schema.table import Table


@dataclass(frozen=True, slots=True)
class Frame:
    """Categories, dated minimums and the smallest step of hours."""

    unit: str
    step: Decimal
    categories: tuple[Category, ...]
    minimums: tuple[Minimums, ...]

    def check_category(self, table: Table, key: str, name: str) -> str:
        if name not in {category.key for category in self.categories}:
            raise table.fail(key, f"there is no category {name!r}")
        return name

    def check_split(self, table: Table, split: Mapping[str, Decimal]) -> None:
        """A deemed year must be complete by itself, or it would be deemed and short at once."""
        for name in split:
            self.check_category(table, "split", name)
        for minimums in self.minimums:
            short = any(split.get(name, Decimal(0)) < least for name, least in minimums.by_category.items())
            if short or sum(split.values(), Decimal(0)) < minimums.total:
                raise table.fail("split", "does not complete a year under the policy's own minimums")


def read_frame(root: Table) -> Frame:
    """Categories, minimums and step of the policy file."""
    hours = root.table("hours")
    unit, step = hours.text("unit"), hours.number("step")
    hours.close()
    if not step or 1 % step:
        raise hours.fail("step", "must divide 1")
    categories = tuple(_category(table) for table in root.tables("categories"))
    if len({category.key for category in categories}) != len(categories):
        raise root.fail("categories", "names a category twice")
    keys = tuple(category.key for category in categories)
    minimums = tuple(_minimums(table, keys, step) for table in root.tables("minimums"))
    _check_order(root, minimums)
    return Frame(unit, step, categories, minimums)


def _category(table: Table) -> Category:
    category = Category(table.text("key"), table.text("name"), table.text("short"))
    table.close()
    return category


def _minimums(table: Table, categories: tuple[str, ...], step: Decimal) -> Minimums:
    total = table.number("total")
    shares = table.table("by_category")
    by_category = {key: _minimum(shares, key, total, step) for key in shares.names()}
    unknown = set(by_category) - set(categories)
    if unknown:
        raise shares.fail(sorted(unknown)[0], "there is no such category")
    from_year = table.integer("from_year") if table.has("from_year") else None
    minimums = Minimums(
        from_year, total, MappingProxyType(by_category), table.text("cite"), table.text("says")
    )
    table.close()
    if total % step:
        raise table.fail("total", f"is finer than the step of {step}")
    return minimums


def _minimum(shares: Table, key: str, total: Decimal, step: Decimal) -> Decimal:
    """A figure, or a share of the total such as "2/3".

    A share that falls between two steps can only be reached at the next step, so that is the minimum.
    """
    value = shares.raw(key)
    if not isinstance(value, str):
        number = shares.exact(key, value)
        if number % step:
            raise shares.fail(key, f"is finer than the step of {step}")
        return number
    try:
        share = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise shares.fail(key, 'must be a number or a share such as "2/3"') from None
    if not 0 <= share <= 1:
        raise shares.fail(key, "a share lies between 0 and 1")
    steps = share * Fraction(total) / Fraction(step)
    whole = Decimal(-(-steps.numerator // steps.denominator))
    return (whole * step).quantize(Decimal(1) if step == 1 else step, rounding=ROUND_CEILING)


def _check_order(root: Table, minimums: tuple[Minimums, ...]) -> None:
    years = [each.from_year for each in minimums]
    dated = [year for year in years if year is not None]
    if (None in years[1:]) or dated != sorted(set(dated)):
        raise root.fail("minimums", "must rise in from_year; only the first may be without one")
