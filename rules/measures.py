"""The measures a rule may use: each is data, checked at load, and turns typed facts into hours.

A measure sees the facts it names, the year asked for, the unit it counts in and nothing else; it never knows a
policy or a kind. `uses`: the facts it would read if they are told. `figures`: what a sentence of the rule may
say, by the name that stands in braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.dates import Session, When, last_day_after, months_text
from rules.hours import HALF, HourUnit, floor_to, number_text

FactValue = str | bool | int | Decimal | date | When | tuple[Session, ...]
Facts = Mapping[str, FactValue]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hours of one measure (None: cannot be computed), the sum as text, and what else there is to say."""

    hours: Decimal | None
    sum_text: str
    note: str = ""
    deemed: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A figure that the rule names outright."""

    hours: Decimal

    def needs(self) -> tuple[str, ...]:
        return ()

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        return Outcome(self.hours, unit.text(self.hours))

    def uses(self) -> tuple[str, ...]:
        return ()

    def figures(self) -> Mapping[str, Decimal]:
        return {"hours": self.hours}


@dataclass(frozen=True, slots=True)
class Rate:
    """Quantity × rate: so many hours for every `per` of a counted or measured fact.

    The quantity is rounded down to whole steps first (A16, A17): 1.7 days in half days are 1.5.
    """

    fact: str
    hours: Decimal
    per: Decimal
    step: Decimal
    unit: str
    sessions: str | None = None

    def needs(self) -> tuple[str, ...]:
        return (self.fact,)

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        quantity, note = self._quantity(facts, year)
        counted = floor_to(quantity, self.step)
        hours = counted * self.hours / self.per
        per = f"每 {number_text(self.per)} {self.unit}" if self.per != 1 else f"每{self.unit}"
        text = f"{number_text(counted)} {self.unit} × {per} {unit.text(self.hours)} = {unit.text(hours)}"
        if counted != quantity:
            whole, kept = number_text(quantity), number_text(counted)
            note += f"{whole} {self.unit}按 {kept} {self.unit}计算，不足部分不计。"
        return Outcome(hours, text, note)

    def uses(self) -> tuple[str, ...]:
        return (self.fact,) if self.sessions is None else (self.fact, self.sessions)

    def figures(self) -> Mapping[str, Decimal]:
        return {"hours": self.hours, "half": self.hours * HALF}

    def by_day(self, facts: Facts) -> bool:
        """Whether the days are listed one by one, so that each falls into its own year (A23)."""
        return self.sessions is not None and self.sessions in facts

    def _quantity(self, facts: Facts, year: int) -> tuple[Decimal, str]:
        stated = Decimal(str(facts[self.fact]))
        days = facts[self.sessions] if self.sessions and self.by_day(facts) else None
        if not isinstance(days, tuple):
            return stated, ""
        here = sum((session.length for session in days if session.day.year == year), ZERO)
        return here, f"按逐日日期，{year} 年度 {number_text(here)} {self.unit}。"


@dataclass(frozen=True, slots=True)
class RankStep:
    """Everybody up to this rank (None: everybody further down) earns these hours."""

    up_to: int | None
    hours: Decimal
    says: str


@dataclass(frozen=True, slots=True)
class RankTable:
    """Hours by place in a list of names."""

    fact: str
    steps: tuple[RankStep, ...]
    beyond: str

    def needs(self) -> tuple[str, ...]:
        return (self.fact,)

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        rank = int(str(facts[self.fact]))
        for step in self.steps:
            if step.up_to is None or rank <= step.up_to:
                return Outcome(step.hours, f"第 {rank} 名，{unit.text(step.hours)}", step.says)
        return Outcome(ZERO, f"第 {rank} 名，{unit.text(ZERO)}", self.beyond)

    def uses(self) -> tuple[str, ...]:
        return (self.fact,)

    def figures(self) -> Mapping[str, Decimal]:
        return {f"rank{place}": step.hours for place, step in enumerate(self.steps, start=1)}


@dataclass(frozen=True, slots=True)
class Band:
    """A length of stay and the calendar years it completes.

    `over` tells whether the stay must be longer than `months` (超过) or may be just as long (满).
    `all_years` gives every calendar year touched, otherwise the year in which the months are complete.
    """

    months: int
    over: bool
    all_years: bool

    def years(self, start: date, end: date) -> range | None:
        complete = last_day_after(start, self.months)
        if end < complete or (self.over and end == complete):
            return None
        if self.all_years:
            return range(start.year, end.year + 1)
        return range(complete.year, complete.year + 1)


def _day(facts: Facts, name: str) -> date:
    value = facts[name]
    if not isinstance(value, date):
        raise TypeError(f"the loader lets no {name} but a date into this measure")
    return value


@dataclass(frozen=True, slots=True)
class Deemed:
    """The whole year counts as completed, split over the categories, if the stay was long enough."""

    start: str
    end: str
    bands: tuple[Band, ...]
    split: Mapping[str, Decimal]
    too_short: str

    def needs(self) -> tuple[str, ...]:
        return (self.start, self.end)

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        start, end = _day(facts, self.start), _day(facts, self.end)
        years = self.years(start, end)
        length = months_text(start, end)
        nothing = f"工作时间 {length}，{unit.text(ZERO)}"
        if not years:
            return Outcome(ZERO, nothing, self.too_short)
        named = "、".join(str(each) for each in years)
        if year not in years:
            return Outcome(ZERO, nothing, f"视同完成的年度为 {named}，不含 {year} 年度。")
        text = f"工作时间 {length}，视同完成 {year} 年度 {unit.text(self.total)}"
        return Outcome(self.total, text, deemed=self.split)

    @property
    def total(self) -> Decimal:
        return sum(self.split.values(), ZERO)

    def uses(self) -> tuple[str, ...]:
        return (self.start, self.end)

    def figures(self) -> Mapping[str, Decimal]:
        return {"hours": self.total, **self.split}

    def years(self, start: date, end: date) -> tuple[int, ...]:
        """The calendar years that the longest fitting band completes."""
        for band in reversed(self.bands):
            years = band.years(start, end)
            if years is not None:
                return tuple(years)
        return ()


@dataclass(frozen=True, slots=True)
class AsStated:
    """Hours printed on the paper itself; without them nothing can be computed."""

    fact: str

    def needs(self) -> tuple[str, ...]:
        return ()

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        hours = facts.get(self.fact)
        if not isinstance(hours, Decimal):
            return Outcome(None, "", f"请按证书或证明载明的{unit.word}填写。")
        return Outcome(hours, f"证明载明 {unit.text(hours)}")

    def uses(self) -> tuple[str, ...]:
        return (self.fact,)

    def figures(self) -> Mapping[str, Decimal]:
        return {}


@dataclass(frozen=True, slots=True)
class NotComputable:
    """The notice recognises the activity but gives no figure."""

    reason: str

    def needs(self) -> tuple[str, ...]:
        return ()

    def outcome(self, facts: Facts, year: int, unit: HourUnit) -> Outcome:
        return Outcome(None, "", self.reason)

    def uses(self) -> tuple[str, ...]:
        return ()

    def figures(self) -> Mapping[str, Decimal]:
        return {}


Measure = Fixed | Rate | RankTable | Deemed | AsStated | NotComputable
