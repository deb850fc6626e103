"""One year put together: sums by category, the minimums, what is short and what does not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from rules.achievement import achievement
from rules.credit import Credit, credit
from rules.dates import read_year
from rules.errors import RuleInputError
from rules.hours import Number, number_text, read_hours
from rules.measures import ZERO, Deemed
from rules.policy import Minimums, Policy, Share

BASES = ("declared", "computed", "stated", "deemed", "platform", "plan", "base", "certificate")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing brought to a year.

    With `hours` these count as they are (declared, assessed, from a platform); facts then only serve
    remarks. Without, `kind` and `facts` are computed. `basis="deemed"` or a kind that deems the year
    completes it; then `category` may be None. `title`: the name of the activity, which may tell an achievement
    from others where its number alone does not.
    """

    category: str | None
    hours: Number | None = None
    kind: str | None = None
    facts: Mapping[str, object] | None = None
    basis: str = "declared"
    title: str = ""


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
    """Whether a year meets its minimums.

    `totals`: what each category has reached; no activity ever lowers one. `entered`: how `total` is entered
    by category in a record; these always add up. Both are the same but for a deemed year with hours of its
    own beyond a category's share (A20).
    """

    year: int
    met: bool
    totals: Mapping[str, Decimal]
    entered: Mapping[str, Decimal]
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
    achievement: str = ""


def assess_year(policy: Policy, year: int | str, items: Iterable[Item]) -> YearAssessment:
    """Sum the items of `year` by category and compare with the minimums in force that year.

    A deemed year (A19, A20) is met at its split. Other activities are kept: a category shows the larger of
    its share and their own sum, the year the larger of the whole split and their own sum, so that deeming
    adds nothing on top and takes nothing away. One achievement counts once, at the larger of its figures (A08).
    Raises RuleInputError for an item that cannot be read, PolicyError for a draft.
    """
    policy.must_be_in_force()
    asked = read_year("year", "年度", year)
    minimums = policy.minimums_of(asked)
    counted = _once_each(_count(policy, asked, minimums, item) for item in items)
    own = {each.key: _sum_of(counted, each.key) for each in policy.categories}
    split = _larger_split(counted)
    totals = {key: max(hours, split.get(key, ZERO)) for key, hours in own.items()}
    total = max(sum(own.values(), ZERO), sum(split.values(), ZERO))
    asked_for = _asked_for(policy, minimums, total)
    gaps = () if split else _gaps(policy, minimums, asked_for, totals, total)
    return YearAssessment(
        year=asked,
        met=not gaps,
        totals=MappingProxyType(totals),
        entered=MappingProxyType(_entered(own, split)),
        total=total,
        gaps=gaps,
        says=_deemed_says(policy, asked, own, split) if split else _says(policy, asked, own, gaps),
        deemed=bool(split),
        minimums=MappingProxyType(asked_for),
        minimum_total=minimums.total,
        remarks=tuple(
            Remark(place, each.counts, each.remark) for place, each in enumerate(counted) if each.remark
        ),
        cite=f"{policy.document} {minimums.cite}",
    )


def _once_each(counted: Iterable[_Counted]) -> list[_Counted]:
    """The items with every achievement counted once: the first of its largest figure stays."""
    kept: list[_Counted] = []
    first: dict[str, int] = {}  # each key of an achievement, and the item at which it counts
    for place, each in enumerate(counted):
        keys = each.achievement.split() if each.hours else []
        before = next((first[key] for key in keys if key in first), None)
        stays = place if before is None or each.hours > kept[before].hours else before
        if before is not None and stays == place:
            kept[before] = _again(kept[before], place)
            keys += [key for key, at in first.items() if at == before]
        kept.append(each if stays == place else _again(each, stays))
        first |= dict.fromkeys(keys, stays)
    return kept


def _again(item: _Counted, place: int) -> _Counted:
    says = f"与第 {place + 1} 项是同一成果，同一成果只计一次。"
    return replace(item, hours=ZERO, remark=says, counts=False)


def _count(policy: Policy, year: int, minimums: Minimums, item: Item) -> _Counted:
    if item.basis not in BASES:
        raise RuleInputError("basis", f"{policy.hours.word}来源应为以下之一：{'、'.join(BASES)}。")
    told = achievement(policy, kind=item.kind, title=item.title, facts=item.facts or {})
    return replace(_counted(policy, year, minimums, item), achievement=told)


def _counted(policy: Policy, year: int, minimums: Minimums, item: Item) -> _Counted:
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
            says = earned.says if earned is not None else f"未填写{policy.hours.word}。"
            return _Counted(None, ZERO, remark=says, counts=False)
        if not earned.hours:
            return _Counted(None, ZERO, remark=earned.says, counts=False)
        return _Counted(_category(policy, item), earned.hours, remark="".join(earned.remarks))
    return _Counted(_category(policy, item), hours, remark=_over(policy, hours, earned), counts=bool(hours))


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
    return credit(policy, kind=item.kind, year=year, facts=item.facts, category=item.category)


def _deemed(policy: Policy, minimums: Minimums, item: Item, earned: Credit | None) -> _Counted:
    if earned is not None:
        return _Counted(None, ZERO, remark=earned.says, counts=False)
    if item.kind is None:
        return _Counted(
            None, ZERO, deemed=_whole_year(policy, minimums), remark=f"视同完成本年度{policy.hours.word}。"
        )
    for row in policy.kind_of(item.kind).rows:
        if isinstance(row.measure, Deemed):
            return _Counted(
                None, ZERO, deemed=row.measure.split, remark=f"视同完成本年度{policy.hours.word}。"
            )
    raise RuleInputError("basis", f"“{policy.kind_of(item.kind).name}”不属于视同完成的情形。")


def whole_year(policy: Policy, year: int | str) -> dict[str, Decimal]:
    """What a year that is met asks for at least, by category; these add up to the minimum of the total."""
    return _whole_year(policy, policy.minimums_of(read_year("year", "年度", year)))


def _whole_year(policy: Policy, minimums: Minimums) -> dict[str, Decimal]:
    """The minimums by category; what the total asks for beyond them goes to the largest category."""
    shares = {each.key: minimums.by_category.get(each.key, ZERO) for each in policy.categories}
    largest = max(shares, key=lambda key: shares[key])
    shares[largest] += max(ZERO, minimums.total - sum(shares.values(), ZERO))
    return shares


def _hours(policy: Policy, item: Item) -> Decimal | None:
    return None if item.hours is None else read_hours("hours", policy.hours.word, item.hours, policy.hours)


def _category(policy: Policy, item: Item) -> str:
    own = policy.kind_of(item.kind).category if item.kind is not None else None
    if item.category is None and own is None:
        raise RuleInputError("category", "请选择计入的科目类别。")
    return policy.category_of(item.category or own or "").key


def _over(policy: Policy, hours: Decimal, earned: Credit | None) -> str:
    if earned is None or earned.hours is None or hours <= earned.hours:
        return "" if earned is None else "".join(earned.remarks)
    claimed, given = policy.hours.text(hours), policy.hours.text(earned.hours)
    return f"填报 {claimed}，按细则折算 {given}。{earned.says}"


def _sum_of(counted: Iterable[_Counted], category: str) -> Decimal:
    return sum((each.hours for each in counted if each.category == category), ZERO)


def _larger_split(counted: Iterable[_Counted]) -> Mapping[str, Decimal]:
    split: dict[str, Decimal] = {}
    for each in counted:
        for category, hours in each.deemed.items():
            split[category] = max(hours, split.get(category, ZERO))
    return split


def _entered(own: Mapping[str, Decimal], split: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The split, plus what the own hours exceed it by as a whole, placed where they exceed their share."""
    surplus = max(ZERO, sum(own.values(), ZERO) - sum(split.values(), ZERO))
    entered: dict[str, Decimal] = {}
    for category, hours in own.items():
        share = split.get(category, ZERO)
        extra = min(surplus, max(ZERO, hours - share))
        entered[category] = share + extra
        surplus -= extra
    return entered


def _asked_for(policy: Policy, minimums: Minimums, total: Decimal) -> dict[str, Decimal]:
    """The minimum of each category; a share of what was learnt rises with the year's own total."""
    asked_for = dict(minimums.by_category)
    for key, share in minimums.shares.items():
        if share.learnt:
            asked_for[key] = max(asked_for[key], _up_to_step(policy, share.part * Fraction(total)))
    return asked_for


def _up_to_step(policy: Policy, hours: Fraction) -> Decimal:
    steps = hours / Fraction(policy.step)
    return Decimal(ceil(steps)) * policy.step


def _gaps(
    policy: Policy,
    minimums: Minimums,
    asked_for: Mapping[str, Decimal],
    totals: Mapping[str, Decimal],
    total: Decimal,
) -> tuple[Gap, ...]:
    gaps = []
    for category in policy.categories:
        missing = asked_for.get(category.key, ZERO) - totals[category.key]
        share = minimums.shares.get(category.key)
        if missing > 0 and share is not None and share.learnt:
            missing = _missing_share(policy, minimums, share, totals[category.key], total)
            why = f"（不少于{share.text()}）"
            gaps.append(Gap(category.key, missing, f"{category.name}还差 {policy.hours.text(missing)}{why}"))
        elif missing > 0:
            gaps.append(Gap(category.key, missing, f"{category.name}还差 {policy.hours.text(missing)}"))
    if total < minimums.total:
        missing = minimums.total - total
        gaps.append(Gap(None, missing, f"合计还差 {policy.hours.text(missing)}"))
    return tuple(gaps)


def _missing_share(policy: Policy, minimums: Minimums, share: Share, own: Decimal, total: Decimal) -> Decimal:
    """What more of this category alone ends the gap: every hour more raises the total it is a share of."""
    as_asked = share.part * Fraction(minimums.total) - Fraction(own)
    as_learnt = (share.part * Fraction(total) - Fraction(own)) / (1 - share.part)
    return _up_to_step(policy, max(as_asked, as_learnt))


def _sums(policy: Policy, hours: Mapping[str, Decimal]) -> str:
    return "、".join(f"{each.name} {number_text(hours.get(each.key, ZERO))}" for each in policy.categories)


def _says(policy: Policy, year: int, own: Mapping[str, Decimal], gaps: tuple[Gap, ...]) -> str:
    start = f"{year} 年度{_sums(policy, own)}，合计 {policy.hours.text(sum(own.values(), ZERO))}"
    if not gaps:
        return f"{start}，已达到要求。"
    return f"{start}；{'，'.join(gap.says for gap in gaps)}。"


def _deemed_says(policy: Policy, year: int, own: Mapping[str, Decimal], split: Mapping[str, Decimal]) -> str:
    whole, others = sum(split.values(), ZERO), sum(own.values(), ZERO)
    start = f"{year} 年度视同完成：{_sums(policy, split)}，合计 {policy.hours.text(whole)}"
    if not others:
        return f"{start}。"
    larger = f"合计按较大者计 {policy.hours.text(max(whole, others))}"
    return f"{start}；另有{_sums(policy, own)}，共 {policy.hours.text(others)}，{larger}。"
