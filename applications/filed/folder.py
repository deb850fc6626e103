"""The papers of one application and what each of them proves (policy decision A82)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import rules
from applications.models import Activity, Application, Basis, Evidence, YearEntry

# Hours that are on record already need no papers (notice 三(一) to 三(四)); an earlier slip that is not on
# record is uploaded instead, and its hours are declared ones.
NEEDS_NO_EVIDENCE = {Basis.PLATFORM, Basis.PLAN, Basis.CERTIFICATE}


@dataclass(frozen=True)
class Folder:
    """Every paper of an application in its order, with its ties. `slip`: the kind of an earlier 学时认定单."""

    papers: Sequence[Evidence]
    slip: str | None

    @classmethod
    def of(cls, case: Application, policy: rules.Policy) -> Folder:
        papers = case.evidence.select_related("year_entry").prefetch_related("ties")
        return cls(list(papers), policy.prior_document)

    def proving(self, activity: Activity, year: int) -> list[Evidence]:
        """What is tied to an activity, the slips that cover its year, and those that were uploaded to it."""
        if activity.basis in NEEDS_NO_EVIDENCE:
            return []
        return [
            paper
            for paper in self.papers
            if (self._speaks_of(paper, year) if paper.kind == self.slip else activity.pk in tied(paper))
        ]

    def of_year(self, entry: YearEntry) -> list[Evidence]:
        """The year's own papers, then those of other years that prove something in it."""
        here = {activity.pk for activity in entry.activities.all()}
        own = [paper for paper in self.papers if paper.year_entry_id == entry.pk]
        others = [paper for paper in self.papers if paper.year_entry_id != entry.pk]
        return own + [
            paper
            for paper in others
            if (covers(paper, entry.year) if paper.kind == self.slip else here & set(tied(paper)))
        ]

    def proves(self, paper: Evidence, entry: YearEntry) -> list[Activity]:
        """The activities of one year that a paper proves."""
        return [
            activity for activity in entry.activities.all() if paper in self.proving(activity, entry.year)
        ]

    def _speaks_of(self, slip: Evidence, year: int) -> bool:
        return slip.year_entry.year == year or covers(slip, year)


def tied(paper: Evidence) -> list[UUID]:
    """The activities a paper is tied to; prefetch `ties` where several papers are asked."""
    return [tie.activity_id for tie in paper.ties.all()]


def covers(slip: Evidence, year: int) -> bool:
    """Whether an earlier 学时认定单 speaks of a year."""
    return (
        slip.prior_from is not None and slip.prior_to is not None and slip.prior_from <= year <= slip.prior_to
    )


def asking_for(policy: rules.Policy, activities: Iterable[Activity], kind: str) -> list[Activity]:
    """The activities that some way of proof lets be proved by papers of this kind."""
    return [
        activity
        for activity in activities
        if activity.basis not in NEEDS_NO_EVIDENCE and kind in _asked(policy, activity)
    ]


def _asked(policy: rules.Policy, activity: Activity) -> set[str]:
    ways = rules.evidence_gap(policy, form=activity.form, kind=activity.kind or None).ways
    return {kind for way in ways for slot in way.papers for kind in slot}
