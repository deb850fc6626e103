"""Kinds of activity as data: the facts they ask for and the rows that credit them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.hours import HourUnit
from rules.measures import Facts, Measure


@dataclass(frozen=True, slots=True)
class Choice:
    """A key and the words people see."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact must be among these choices, or lie between `least` and `most` (both inclusive)."""

    fact: str
    among: frozenset[str | bool] = frozenset()
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        if value is None:
            return False
        if self.among:
            return value in self.among
        number = Decimal(str(value))
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to be told about an activity.

    `type`: choice, flag, integer, decimal, hours, date, when (date, month or year), sessions, text.
    `needed_when`: it is required only where all these hold; empty with `required` means always.
    """

    key: str
    name: str
    type: str
    choices: tuple[Choice, ...]
    required: bool
    unit: str
    hint: str
    needed_when: tuple[Condition, ...]
    least: Decimal | None
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a rule; the first counts whose conditions hold and whose years include the year asked."""

    when: tuple[Condition, ...]
    measure: Measure
    says: str
    first_year: int | None
    last_year: int | None
    adds: tuple[Measure, ...] = ()
    cap: Decimal | None = None

    def fits(self, facts: Facts, year: int) -> bool:
        in_years = (self.first_year is None or year >= self.first_year) and (
            self.last_year is None or year <= self.last_year
        )
        return in_years and all(condition.holds(facts) for condition in self.when)

    def uses(self) -> frozenset[str]:
        """The facts this line looks at, for its conditions or for its sum."""
        looked_at = {condition.fact for condition in self.when}
        return frozenset(looked_at.union(*(each.uses() for each in (self.measure, *self.adds))))


@dataclass(frozen=True, slots=True)
class Kind:
    """An activity that the rules credit. `category` None: as the person declares it.

    `unit`: what its figures count in. `identity`: sets of facts (or "title", the activity's name) each of which
    tells one achievement from all others; the first set that is filled in counts (policy decision A24).
    `also`: what people call it in everyday words; one looks for it by them, nothing is computed from them.
    """

    key: str
    name: str
    form: str
    category: str | None
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    cite: str
    says: str
    year_fact: str | None
    year_word: str
    otherwise: str
    unit: HourUnit
    identity: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()
