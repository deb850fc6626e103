"""One year put together: sums by category, the minimums, what is short and what does not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from rules.credit import Credit, credit
from rules.dates import read_year
from rules.errors import RuleInputError
from rules.hours import Number, number_text, read_hours
from rules.measures import ZERO, Deemed
from rules.policy import Minimums, Policy

BASES = ("declared", "computed", "stated", "deemed", "platform", "plan", "base", "certificate")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing brought to a year.

    With `hours` these count as they are (declared, assessed, from a platform); facts then only serve
    remarks. Without, `kind` and `facts` are computed. `basis="deemed"` or a kind that deems the year
    completes it; then `category` may be None.
    """

    category: str | None
    hours: Number | None = None
    kind: str | None = None
    facts: Mapping[str, object] | None = None
    basis: str = "declared"


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours missing in a category (None: in the total)."""

    category: str | None
    missing: Decimal
    says: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say about the item at `place` (from 0): `counts` False means it adds nothing."""

    place: int
    counts: bool
    says: str


@dataclass(frozen=True, slots=True)
class YearAssessment:
    """Whether a year meets its minimums. The totals by category always add up to `total`."""

    year: int
    met: bool
    totals: Mapping[str, Decimal]
    total: Decimal
    gaps: tuple[Gap, ...]
    says: str
    deemed: bool
    minimums: Mapping[str, Decimal]
    minimum_total: Decimal
    remarks: tuple[Remark, ...]
    cite: str


@dataclass(frozen=True, slots=True)
class _Counted:
    category: str | None
    hours: Decimal
    deemed: Mapping[str, Decimal] = field(default_factory=dict)
    remark: str = ""
    counts: bool = True


def assess_year(policy: Policy, year: int | str, items: Iterable[Item]) -> YearAssessment:
    """Sum the items of `year` by category and compare with the minimums in force that year.

    A deemed year (A19, A20) is met at its split; other activities are kept, and the total is the larger of
    the deemed total and their own sum. Raises RuleInputError for an item that cannot be read.
    """
    asked = read_year("year", "年度", year)
    minimums = policy.minimums_of(asked)
    counted = [_count(policy, asked, minimums, item) for item in items]
    own = {each.key: _sum_of(counted, each.key) for each in policy.categories}
    split = _larger_split(counted)
    totals = _with_deemed(own, split) if split else own
    total = sum(totals.values(), ZERO)
    gaps = () if split else _gaps(policy, minimums, totals, total)
    return YearAssessment(
        year=asked,
        met=not gaps,
        totals=MappingProxyType(totals),
        total=total,
        gaps=gaps,
        says=_says(policy, asked, totals, total, gaps, bool(split)),
        deemed=bool(split),
        minimums=minimums.by_category,
        minimum_total=minimums.total,
        remarks=tuple(
            Remark(place, each.counts, each.remark) for place, each in enumerate(counted) if each.remark
        ),
        cite=f"{policy.document} {minimums.cite}",
    )


def _count(policy: Policy, year: int, minimums: Minimums, item: Item) -> _Counted:
    if item.basis not in BASES:
        raise RuleInputError("basis", f"学时来源应为以下之一：{'、'.join(BASES)}。")
    earned = _computed(policy, year, item)
    if isinstance(earned, str):
        return _Counted(None, ZERO, remark=earned, counts=False)
    if earned is not None and earned.deemed:
        return _Counted(None, ZERO, deemed=earned.deemed, remark=earned.says)
    if item.basis == "deemed":
        return _deemed(policy, minimums, item, earned)
    hours = _hours(policy, item)
    if hours is None:
        if earned is None or earned.hours is None:
            says = earned.says if earned is not None else "未填写学时。"
            return _Counted(None, ZERO, remark=says, counts=False)
        if not earned.hours:
            return _Counted(None, ZERO, remark=earned.says, counts=False)
        return _Counted(_category(policy, item), earned.hours)
    return _Counted(_category(policy, item), hours, remark=_over(hours, earned), counts=bool(hours))


def _computed(policy: Policy, year: int, item: Item) -> Credit | str | None:
    """The credit of an item with facts; a sentence if it may not stand in its category; else None."""
    if item.kind is None:
        return None
    rule = policy.kind_of(item.kind)
    if item.category is not None:
        wanted = policy.category_of(item.category)
        if rule.category not in (None, item.category):
            return f"“{rule.name}”不能计入{wanted.name}。"
    if item.facts is None or (not item.facts and item.hours is not None):
        # The plain row of the notice: hours as declared, facts may follow later.
        return None
    declared = item.category if rule.category is None else None
    return credit(policy, kind=item.kind, year=year, facts=item.facts, category=declared)


def _deemed(policy: Policy, minimums: Minimums, item: Item, earned: Credit | None) -> _Counted:
    if earned is not None:
        return _Counted(None, ZERO, remark=earned.says, counts=False)
    if item.kind is None:
        return _Counted(None, ZERO, deemed=minimums.by_category, remark="视同完成本年度学时。")
    for row in policy.kind_of(item.kind).rows:
        if isinstance(row.measure, Deemed):
            return _Counted(None, ZERO, deemed=row.measure.split, remark="视同完成本年度学时。")
    raise RuleInputError("basis", f"“{policy.kind_of(item.kind).name}”不属于视同完成的情形。")


def _hours(policy: Policy, item: Item) -> Decimal | None:
    return None if item.hours is None else read_hours("hours", "学时", item.hours, policy.step)


def _category(policy: Policy, item: Item) -> str:
    own = policy.kind_of(item.kind).category if item.kind is not None else None
    if item.category is None and own is None:
        raise RuleInputError("category", "请选择计入的科目类别。")
    return policy.category_of(item.category or own or "").key


def _over(hours: Decimal, earned: Credit | None) -> str:
    if earned is None or earned.hours is None or hours <= earned.hours:
        return ""
    return f"填报 {number_text(hours)} 学时，按细则折算 {number_text(earned.hours)} 学时。{earned.says}"


def _sum_of(counted: Iterable[_Counted], category: str) -> Decimal:
    return sum((each.hours for each in counted if each.category == category), ZERO)


def _larger_split(counted: Iterable[_Counted]) -> Mapping[str, Decimal]:
    split: dict[str, Decimal] = {}
    for each in counted:
        for category, hours in each.deemed.items():
            split[category] = max(hours, split.get(category, ZERO))
    return split


def _with_deemed(own: Mapping[str, Decimal], split: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The split, plus what the person's own sum exceeds it by, placed where the own hours lie (A20)."""
    surplus = max(ZERO, sum(own.values(), ZERO) - sum(split.values(), ZERO))
    totals: dict[str, Decimal] = {}
    for category, hours in own.items():
        deemed = split.get(category, ZERO)
        extra = min(surplus, max(ZERO, hours - deemed))
        totals[category] = deemed + extra
        surplus -= extra
    return totals


def _gaps(
    policy: Policy, minimums: Minimums, totals: Mapping[str, Decimal], total: Decimal
) -> tuple[Gap, ...]:
    gaps = []
    for category in policy.categories:
        missing = minimums.by_category.get(category.key, ZERO) - totals[category.key]
        if missing > 0:
            gaps.append(Gap(category.key, missing, f"{category.name}还差 {number_text(missing)} 学时"))
    if total < minimums.total:
        missing = minimums.total - total
        gaps.append(Gap(None, missing, f"合计还差 {number_text(missing)} 学时"))
    return tuple(gaps)


def _says(
    policy: Policy,
    year: int,
    totals: Mapping[str, Decimal],
    total: Decimal,
    gaps: tuple[Gap, ...],
    deemed: bool,
) -> str:
    sums = "、".join(f"{each.name} {number_text(totals[each.key])}" for each in policy.categories)
    start = f"{year} 年度{sums}，合计 {number_text(total)} 学时"
    if deemed:
        return f"{start}，本年度视同完成。"
    if not gaps:
        return f"{start}，已达到要求。"
    return f"{start}；{'，'.join(gap.says for gap in gaps)}。"
