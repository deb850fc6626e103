"""照 2023 年带入: what was copied from another year and not looked at since, and years that a title names."""

from __future__ import annotations

import re
from collections.abc import Iterable

import rules
from applications.models import Activity, Basis
from training.models import Source

_SAYS = re.compile(r"照 ([0-9]{4}) 年带入")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")


def says(year: int) -> str:
    return f"照 {year} 年带入"


def year_of(activity: Activity) -> int | None:
    """The year it was copied from; None where somebody typed it, or saved it since."""
    found = _SAYS.fullmatch(activity.says) if activity.basis == Basis.DECLARED else None
    return int(found[1]) if found else None


def foreign_year(title: str, year: int) -> int | None:
    """A year that the title names instead of `year`: 2023公需科目 in 2024. 2019-2023 names all between."""
    named = [int(each) for each in _YEAR.findall(title)]
    return None if not named or min(named) <= year <= max(named) else named[0]


def lines(policy: rules.Policy, activities: Iterable[Activity]) -> list[Activity]:
    """What another year may look like: the plain lines. An achievement, a record, an earlier slip prove their own."""
    slip = policy.form_for(Source.CERTIFICATE)
    own = slip.key if slip else ""
    return [each for each in activities if each.basis == Basis.DECLARED and each.form != own]
