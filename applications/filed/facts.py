"""The one adapter between filed rows and `rules`: everything the engine needs to know, as plain facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

import rules
from applications.filed import records, repeats
from applications.filed.folder import NEEDS_NO_EVIDENCE as NEEDS_NO_EVIDENCE
from applications.filed.folder import Folder
from applications.models import Activity, Application, Evidence, FilingSession, YearEntry
from organizations.models import Entrustment, Unit


@dataclass(frozen=True)
class Gap:
    """Missing evidence of one activity: what it is for, and the ways to become complete, nearest first."""

    activity: UUID
    title: str
    form: str
    found: tuple[rules.Way, ...]

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(way.says for way in self.found)

    @property
    def lacks(self) -> int:
        """How many papers the nearest way still lacks."""
        return len(self.found[0].missing)


@dataclass(frozen=True)
class YearFindings:
    """What the rules say of one year: is it met, what is short, which papers are missing, what is over-claimed.

    `withdrawn`: records taken over that do not stand any more; their hours are not counted.
    `repeated`: achievements that are claimed in another year or application as well. `unlooked`: papers labelled by
    the system that nobody looked at.
    """

    year: int
    assessment: rules.YearAssessment
    evidence: tuple[Gap, ...]
    over_claimed: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    unlooked: int = 0

    @property
    def met(self) -> bool:
        return self.assessment.met and not self.withdrawn

    @property
    def in_order(self) -> bool:
        return self.met and not self.evidence and not self.over_claimed and not self.repeated


@dataclass(frozen=True)
class Findings:
    """What the rules say of a whole application."""

    span: rules.Span
    years: tuple[YearFindings, ...]
    missing_years: tuple[int, ...]

    @property
    def every_year_met(self) -> bool:
        return bool(self.years) and not self.missing_years and all(year.met for year in self.years)

    @property
    def warnings(self) -> int:
        return sum(len(year.evidence) + len(year.over_claimed) + len(year.repeated) for year in self.years)

    @property
    def lacks_evidence(self) -> bool:
        return any(year.evidence for year in self.years)

    @property
    def ready(self) -> bool:
        """Nothing is left to fill in, to upload or to look at."""
        return self.every_year_met and not any(year.evidence or year.unlooked for year in self.years)

    def of_year(self, year: int) -> YearFindings | None:
        return next((found for found in self.years if found.year == year), None)


def policy_of(case: Application) -> rules.Policy:
    """The policy of the session the application was filed in, whatever applies by now (R005)."""
    return policy_of_session(case.session)


def policy_of_session(session: FilingSession) -> rules.Policy:
    """The policy that a session was opened with."""
    return rules.load_policy(session.policy)


def span_of(case: Application) -> rules.Span:
    """The years to be covered, for this title, education and chosen exception.

    Before the header is filled in it is the general span, which no exception shortens.
    """
    policy = policy_of(case)
    return rules.span(
        policy,
        target_title=_known(case.target_title, policy.target_titles) or policy.target_titles[0].key,
        education=_known(case.education, policy.educations) or policy.educations[-1].key,
        facts={"exception": case.span_exception} if case.span_exception else None,
    )


def _known(key: str, choices: tuple[rules.Choice, ...]) -> str | None:
    return key if any(choice.key == key for choice in choices) else None


def find(case: Application) -> Findings:
    """Asks the rules about everything filed so far. Reads years, activities and evidence once."""
    policy = policy_of(case)
    span = span_of(case)
    entries = list(case.years.prefetch_related("activities__recognised"))
    folder = Folder.of(case, policy)
    again = repeats.repeated(case, entries)
    years = tuple(
        replace(find_year(policy, entry, folder), repeated=again.get(entry.year, ())) for entry in entries
    )
    filed = {entry.year for entry in entries}
    missing = tuple(year for year in span.years if year not in filed) if span.required else ()
    return Findings(span, years, missing)


def find_year(policy: rules.Policy, entry: YearEntry, folder: Folder) -> YearFindings:
    """Asks the rules about one year whose activities are loaded."""
    activities = list(entry.activities.all())
    broken = {
        activity.pk: says
        for activity in activities
        if (says := records.no_longer(activity, entry.application))
    }
    standing = [activity for activity in activities if activity.pk not in broken]
    assessment = rules.assess_year(policy, entry.year, [item_of(activity) for activity in standing])
    return YearFindings(
        entry.year,
        assessment,
        tuple(_evidence_gaps(policy, entry.year, activities, folder)),
        tuple(_over_claims(policy, activities)),
        tuple(broken.values()),
        unlooked=sum(not paper.confirmed for paper in folder.papers if paper.year_entry_id == entry.pk),
    )


def item_of(activity: Activity) -> rules.Item:
    return rules.Item(
        category=activity.category,
        hours=activity.claimed,
        kind=activity.kind or None,
        facts=activity.facts,
        basis=activity.basis,
        title=activity.title,
    )


def _evidence_gaps(
    policy: rules.Policy, year: int, activities: Iterable[Activity], folder: Folder
) -> Iterable[Gap]:
    """What a label was only guessed of completes nothing until somebody looked at it."""
    forms = {form.key: form for form in policy.forms}
    for activity in activities:
        if activity.basis in NEEDS_NO_EVIDENCE:
            continue
        papers = [paper for paper in folder.proving(activity, year) if paper.confirmed]
        result = rules.evidence_gap(
            policy,
            form=activity.form,
            kind=activity.kind or None,
            documents=[rules.Doc(kind=paper.kind, stamped=paper.stamped) for paper in papers],
            year=year,
            prior_span=_prior_span(year, papers),
        )
        if not result.sufficient:
            yield Gap(activity.pk, activity.title, forms[activity.form].short, result.ways)


def _prior_span(year: int, evidence: Iterable[Evidence]) -> tuple[int, int] | None:
    """The span of an earlier 学时认定单 among the papers, one that covers the year before any other (三(四))."""
    spans = [
        (paper.prior_from, paper.prior_to)
        for paper in evidence
        if paper.prior_from is not None and paper.prior_to is not None
    ]
    return next((span for span in spans if span[0] <= year <= span[1]), spans[0] if spans else None)


def _over_claims(policy: rules.Policy, activities: Iterable[Activity]) -> Iterable[str]:
    for activity in activities:
        if activity.computed is not None and activity.claimed > activity.computed:
            yield (
                f"{activity.title}：申报 {policy.hours.text(activity.claimed)}，"
                f"细则折算 {policy.hours.text(activity.computed)}"
            )


def unit_facts(unit: Unit, year: int) -> rules.UnitFacts:
    """What the route depends on, from the registry, not from what an applicant typed (A73)."""
    return rules.UnitFacts(
        affiliation=unit.affiliation,
        nature=unit.nature,
        top_level=unit.top_level
        or bool(unit.bureau_level),  # nobody reviews before a bureau's own people's bureau
        has_superior=unit.parent_id is not None,
        region_code=unit.region_id,
        entrusted=Entrustment.objects.filter(unit=unit, year=year).exists(),
    )
