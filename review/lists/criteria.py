"""What a list is asked for, free of forms and addresses, so that pages, batches and exports mean the same."""

from __future__ import annotations

from dataclasses import dataclass

NO_SUCH_NUMBER = "?"  # a sealed number that does not open: finds nothing, instead of everything


@dataclass(frozen=True)
class ListCriteria:
    """A filter as it is understood. Empty means not asked.

    `text` is a name, pinyin, initials or a 受理编号; `number` a whole identity number; `unit` part of the
    employer's name, pinyin or initials; `step` a state in review; `view` one of clean, warned, late; `region` a
    GB/T 2260 code that includes what lies below it; `series` a 申报大类; `year` the session's; `mark` one of
    mine, again, flagged, reduced, and in 待办 fresh; `outcome` that of the unit's own decision.
    """

    text: str = ""
    number: str = ""
    unit: str = ""
    step: str = ""
    view: str = ""
    region: str = ""
    series: str = ""
    year: int | None = None
    mark: str = ""
    outcome: str = ""
