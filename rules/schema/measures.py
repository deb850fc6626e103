"""Reading the measure of a row, and refusing those whose figures do not fall on the policy's step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from rules.kinds import Fact
from rules.measures import AsStated, Band, Deemed, Fixed, Measure, NotComputable, RankStep, RankTable, Rate
from rules.schema.frame import Frame
from rules.schema.sentences import filled
from rules.schema.table import Table

Facts = Mapping[str, Fact]


def read_measure(row: Table, facts: Facts, frame: Frame) -> Measure:
    """The measure that `row` names, with its figures."""
    name = row.among("measure", tuple(READERS))
    return READERS[name](row, facts, frame)


def _hours(table: Table, key: str, frame: Frame) -> Decimal:
    hours = table.number(key)
    if hours % frame.step:
        raise table.fail(key, f"比最小单位 {frame.step} 还细")
    return hours


def _fact(table: Table, key: str, facts: Facts, types: tuple[str, ...]) -> str:
    name = table.text(key)
    if name not in facts:
        raise table.fail(key, f"填写项里没有 {name}")
    if facts[name].type not in types:
        raise table.fail(key, f"须是 {'、'.join(types)} 类型的填写项，而 {name} 是 {facts[name].type}")
    return name


def _fixed(row: Table, facts: Facts, frame: Frame) -> Measure:
    return Fixed(_hours(row, "hours", frame))


def _per_item(row: Table, facts: Facts, frame: Frame) -> Measure:
    fact = _fact(row, "fact", facts, ("integer",))
    one = Decimal(1)
    return Rate(fact, _hours(row, "hours", frame), one, one, facts[fact].unit or "项")


def _per_day(row: Table, facts: Facts, frame: Frame) -> Measure:
    fact = _fact(row, "fact", facts, ("integer", "decimal"))
    sessions = _fact(row, "sessions", facts, ("sessions",)) if row.has("sessions") else None
    step = row.number("step", Decimal(1))
    rate = Rate(fact, row.number("hours"), Decimal(1), step, facts[fact].unit or "天", sessions)
    return _on_step(row, rate, frame)


def _per_hour(row: Table, facts: Facts, frame: Frame) -> Measure:
    fact = _fact(row, "fact", facts, ("integer", "decimal"))
    # `minutes` says how long one credited hour lasts on the clock; the fact is in clock hours.
    minutes = row.number("minutes", frame.unit.minutes_of_one())
    per = minutes / 60
    if per != round(per, 4):
        raise row.fail("minutes", "不是一小时的准确分数；请改填分钟数，用 quantity 折算")
    rate = Rate(fact, row.number("hours", Decimal(1)), per, row.number("step"), facts[fact].unit or "小时")
    return _on_step(row, rate, frame)


def _quantity(row: Table, facts: Facts, frame: Frame) -> Measure:
    fact = _fact(row, "fact", facts, ("integer", "decimal"))
    per, hours = _conversion(row, facts[fact].unit, frame)
    rate = Rate(fact, hours, per, row.number("step", per), facts[fact].unit or "份")
    return _on_step(row, rate, frame)


def _conversion(row: Table, unit: str, frame: Frame) -> tuple[Decimal, Decimal]:
    """(per, hours): as the row says, or else as [hours] says for minutes and for other units."""
    per = frame.unit.minutes if unit == "分钟" and not row.has("per") else None
    hours = frame.unit.conversions.get(unit) if not row.has("hours") else None
    if per is not None and not row.has("hours"):
        return per, Decimal(1)
    return row.number("per", per or Decimal(1)), row.number("hours", hours)


def _on_step(row: Table, rate: Rate, frame: Frame) -> Rate:
    if not rate.step or not rate.per:
        raise row.fail("step" if not rate.step else "per", "须大于 0")
    if (rate.hours * rate.step) % (rate.per * frame.step):
        raise row.fail("hours", f"每 {rate.step} {rate.unit}折算的不是最小单位 {frame.step} 的整数倍")
    return rate


def _rank(row: Table, facts: Facts, frame: Frame) -> Measure:
    fact = _fact(row, "fact", facts, ("integer",))
    steps = tuple(_rank_step(each, frame) for each in row.tables("table"))
    limits = [step.up_to for step in steps]
    closed = [limit for limit in limits if limit is not None]
    if limits[: len(closed)] != closed or len(limits) - len(closed) > 1 or closed != sorted(set(closed)):
        raise row.fail("table", "up_to 须从小到大，只有最后一行可以不写")
    beyond = row.text("beyond") if len(closed) == len(limits) else ""
    return RankTable(fact, steps, beyond)


def _rank_step(table: Table, frame: Frame) -> RankStep:
    up_to = table.integer("up_to") if table.has("up_to") else None
    if up_to == 0:
        raise table.fail("up_to", "名次从 1 起")
    hours = _hours(table, "hours", frame)
    step = RankStep(up_to, hours, filled(table, "says", table.text("says"), {"hours": hours}, frame.unit))
    table.close()
    return step


def _deemed(row: Table, facts: Facts, frame: Frame) -> Measure:
    bands = tuple(_band(each) for each in row.tables("bands"))
    if [band.months for band in bands] != sorted({band.months for band in bands}):
        raise row.fail("bands", "月数须从少到多，不重复")
    split_table = row.table("split")
    split = {name: _hours(split_table, name, frame) for name in split_table.names()}
    frame.check_split(row, split)
    start, end = (_fact(row, key, facts, ("date",)) for key in ("start", "end"))
    return Deemed(start, end, bands, split, row.text("too_short"))


def _band(table: Table) -> Band:
    over = table.has("over_months")
    months = table.integer("over_months" if over else "months")
    band = Band(months, over, table.among("years", ("completing", "all")) == "all")
    table.close()
    if not months:
        raise table.fail("months", "至少为 1")
    return band


def _as_stated(row: Table, facts: Facts, frame: Frame) -> Measure:
    return AsStated(_fact(row, "fact", facts, ("hours",)))


def _not_computable(row: Table, facts: Facts, frame: Frame) -> Measure:
    return NotComputable(row.text("reason"))


READERS: Mapping[str, Callable[[Table, Facts, Frame], Measure]] = {
    "fixed": _fixed,
    "per_item": _per_item,
    "per_day": _per_day,
    "per_hour": _per_hour,
    "quantity": _quantity,
    "rank": _rank,
    "deemed": _deemed,
    "as_stated": _as_stated,
    "not_computable": _not_computable,
}
