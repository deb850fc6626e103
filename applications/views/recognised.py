"""已申报学时信息: the hours already on record for the person, year by year (annex 3, step 6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import rules
from applications.facts import policy_of
from applications.models import Application


@dataclass(frozen=True)
class RecognisedYear:
    """One line: (category name, figure) in the policy's order, and their sum."""

    year: int
    figures: tuple[tuple[str, str], ...]
    total: str


def recognised_years(case: Application) -> list[RecognisedYear]:
    """Valid hours per year; of several slips that speak of the same year the largest figure counts."""
    categories = policy_of(case).categories
    best: dict[int, dict[str, Decimal]] = {}
    for row in case.person.recognised.filter(valid=True):
        year = best.setdefault(row.year, {})
        year[row.category] = max(row.hours, year.get(row.category, Decimal(0)))
    return [
        RecognisedYear(
            year,
            tuple((each.name, rules.number_text(hours.get(each.key, Decimal(0)))) for each in categories),
            rules.number_text(sum(hours.values(), Decimal(0))),
        )
        for year, hours in sorted(best.items())
    ]
