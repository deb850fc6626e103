"""The hours on record that a year may take over: ticked, confirmed with 确认选择, then locked (R173)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import rules
from applications.filed import records
from applications.models import Activity
from training.models import RecognisedHours

TAKE = "take"  # the name of the boxes, and of the hidden fields of what was confirmed
UNTAKE = "untake:"


@dataclass(frozen=True)
class RecordLine:
    """One record as the page shows it. `withdrawn`: why it does not stand any more, and what to do."""

    key: str
    title: str
    category: str
    category_name: str
    hours: Decimal
    source: str
    number: str
    withdrawn: str = ""


class Records:
    """What is on record for one year: `offers` can be ticked, `taken` are ticked already.

    `withheld`: lines that do not count for this person, each with why and what to do.
    """

    def __init__(
        self,
        policy: rules.Policy,
        *,
        offered: Sequence[RecognisedHours] = (),
        withheld: Sequence[tuple[RecognisedHours, str]] = (),
        saved: Iterable[Activity] = (),
        ticked: Iterable[str] | None = None,
    ) -> None:
        names = {category.key: category.name for category in policy.categories}
        lines = {str(row.pk): _line(row, names) for row in offered}
        taken_before = {str(each.recognised_id): _line_of(each, names) for each in saved}
        known = {**taken_before, **lines}
        wanted = list(taken_before) if ticked is None else list(dict.fromkeys(ticked))
        self.taken = [known[key] for key in wanted if key in known]
        self.unknown = [key for key in wanted if key not in known]
        self.withheld = [
            replace(_line(row, names), withdrawn=says) for row, says in withheld if str(row.pk) not in wanted
        ]
        self.offers = [line for key, line in lines.items() if key not in wanted]

    @property
    def keys(self) -> list[UUID]:
        return [UUID(line.key) for line in self.taken]

    def __bool__(self) -> bool:
        return bool(self.taken or self.offers or self.withheld)

    def hours_of(self, category: str) -> Decimal:
        taken = [line.hours for line in self.taken if line.category == category and not line.withdrawn]
        return sum(taken, Decimal(0))

    def items(self) -> list[rules.Item]:
        """For the sum of the year."""
        return [rules.Item(line.category, line.hours) for line in self.taken if not line.withdrawn]


def ticked(data: object) -> list[str]:
    """The keys that were sent ticked or confirmed."""
    getlist = getattr(data, "getlist", None)
    return [str(key) for key in getlist(TAKE)] if getlist else []


def _line(row: RecognisedHours, names: Mapping[str, str]) -> RecordLine:
    return RecordLine(
        str(row.pk),
        records.title_of(row),
        row.category,
        names.get(row.category, row.category),
        row.hours,
        row.get_source_display(),
        row.number,
    )


def _line_of(activity: Activity, names: Mapping[str, str]) -> RecordLine:
    row = activity.recognised
    return RecordLine(
        str(activity.recognised_id),
        activity.title,
        activity.category,
        names.get(activity.category, activity.category),
        activity.claimed,
        row.get_source_display() if row else activity.get_basis_display(),
        row.number if row else "",
        records.no_longer(activity, activity.application),
    )
