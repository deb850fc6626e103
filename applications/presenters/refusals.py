"""What a reviewer said when the case was refused, and how far the applicant has come in answering it.

It stands where it is put right until the case is submitted again: on the returned case itself, and after a rejection
on the new application that took over what the rejected one held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications.filed import facts, snapshot
from applications.filed.facts import Findings
from applications.models import Application, Decision, Outcome
from applications.presenters import timeline
from applications.presenters.timeline import Remark
from applications.states import State


@dataclass(frozen=True)
class Refused:
    """`remarks`: year → what was said of it. `changed`: years that differ from what was refused; `settled`: years
    whose remark the applicant marked as dealt with. `unchanged`: nothing at all differs.
    """

    decision: Decision
    remarks: Mapping[int, tuple[Remark, ...]]
    changed: frozenset[int]
    settled: frozenset[int]
    unchanged: bool
    note: str

    @property
    def open_years(self) -> list[int]:
        """The marked years in which nothing was done about it so far."""
        return [year for year in self.remarks if year not in self.changed | self.settled]

    @property
    def rejected(self) -> bool:
        return self.decision.outcome == Outcome.REJECTED


def last_refusal(case: Application) -> Decision | None:
    """The decision that returned or rejected what this case is still about: its own present revision, or the
    rejected application that an unsubmitted one took over.
    """
    if case.state == State.DRAFT and not case.revision and case.copied_from is not None:
        case = case.copied_from
    if case.state not in (State.RETURNED, State.REJECTED):
        return None
    refusals = case.decisions.select_related("unit", "application__session").prefetch_related("assessments")
    return refusals.filter(revision=case.revision).exclude(outcome=Outcome.APPROVED).last()


def year_remarks(refusal: Decision | None) -> Iterable[tuple[int, tuple[Remark, ...]]]:
    """Years that the refusing reviewer marked, first things first."""
    return sorted(timeline.marks(refusal.application, refusal).items()) if refusal else []


def remarks_of_year(case: Application, year: int) -> tuple[Remark, ...]:
    """What the refusing reviewer said of one year, shown where that year is put right."""
    return dict(year_remarks(last_refusal(case))).get(year, ())


def refused(case: Application, findings: Findings) -> Refused | None:
    """What is to be answered before this case is submitted; None where nothing is."""
    decision = last_refusal(case) if case.is_editable else None
    earlier = snapshot.earlier(case) if decision else None
    if decision is None or earlier is None:
        return None
    changed = snapshot.changed_years(case, findings)
    return Refused(
        decision,
        dict(year_remarks(decision)),
        changed,
        frozenset(case.years.filter(settled=decision.pk).values_list("year", flat=True)),
        unchanged=not changed and snapshot.same_header(case),
        note=earlier.evidence_note,
    )


def open_years(case: Application) -> list[int]:
    """The marked years in which nothing was done so far; the rules are asked only where something was refused."""
    if not case.is_editable or last_refusal(case) is None:
        return []
    asked = refused(case, facts.find(case))
    return asked.open_years if asked else []
