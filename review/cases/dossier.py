"""A case as reviewers read it: the frozen revision put into words, year by year, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import rules
from applications.filed.facts import policy_of
from applications.filed.header import BY_KEY, Frozen, Line, Place, lines
from applications.filed.snapshot import Filed
from applications.models import Application, Basis, Decision, Outcome
from applications.presenters.timeline import TONES, marks, outcome_in_words
from cehours.lib import names
from review.cases import assessing
from rules.catalogue import is_for_all

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Paper:
    """One file of evidence as it was filed, and the titles of what it proves in this year.

    `own`: it was uploaded to this year. `unlooked`: the system labelled it, and the applicant did not look.
    """

    id: str
    year: int
    kind: str
    filename: str
    size: str
    pages: int
    stamped: bool
    proves: tuple[str, ...] = ()
    own: bool = True
    unlooked: bool = False


@dataclass(frozen=True)
class ActivityLine:
    """One activity: what is claimed, what the rules give, and by which clause."""

    title: str
    category: str
    way: str
    claimed: Decimal
    computed: Decimal | None
    cite: str
    says: str
    over_reason: str
    source: str

    @property
    def over(self) -> Decimal:
        """Hours claimed above what the rules give; 0 where nothing was computed."""
        return max(self.claimed - self.computed, Decimal(0)) if self.computed is not None else Decimal(0)


@dataclass(frozen=True)
class Subject:
    """One category of a year: names as the notice's row prints them, hours claimed and still recognisable."""

    category: rules.Category
    titles: str
    claimed: Decimal
    limit: Decimal

    @property
    def lowered(self) -> bool:
        return self.limit < self.claimed


@dataclass(frozen=True)
class Doubt:
    """What the rules found in one year: `short` for the list on top, `says` in full beside the year."""

    short: str
    says: str


@dataclass(frozen=True)
class YearSheet:
    """One row of 学时段明细 with what its 详情 shows."""

    year: int
    subjects: tuple[Subject, ...]
    total: Decimal
    met: bool
    says: str
    warnings: tuple[Doubt, ...]
    activities: tuple[ActivityLine, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class Dossier:
    """Everything filed in one revision."""

    filed: Filed
    years: tuple[YearSheet, ...]
    remarks: tuple[str, ...]
    policy: rules.Policy

    def person(self, number: str) -> list[Line]:
        """学时核认申报详细 line by line; `number`: the identity number as this reader may see it."""
        return lines(self.filed.header, self.policy, Place.CASE, number=number)

    @property
    def papers(self) -> list[Paper]:
        """Every file once, where it proves something first."""
        listed: dict[str, Paper] = {}
        for sheet in self.years:
            for paper in sheet.papers:
                listed.setdefault(paper.id, paper)
        return list(listed.values())

    @property
    def has_warnings(self) -> bool:
        return bool(self.remarks) or any(sheet.warnings for sheet in self.years)

    @property
    def limits(self) -> dict[int, dict[str, Decimal]]:
        """Year → category → hours that can be recognised at most at this hop."""
        return {
            sheet.year: {subject.category.key: subject.limit for subject in sheet.subjects}
            for sheet in self.years
        }


def of(case: Application) -> Dossier:
    """Reads the frozen revision of a case the actor may look at."""
    filed, policy = assessing.filed_of(case), policy_of(case)
    before = assessing.last_recognised(case)
    return Dossier(
        filed=filed,
        years=tuple(_year(policy, year, before) for year in filed.years),
        remarks=tuple(_remarks(case, policy, filed.header)),
        policy=policy,
    )


def _remarks(case: Application, policy: rules.Policy, header: Frozen) -> Iterable[str]:
    """What concerns the whole case and not one year."""
    registered = (
        case.employer if case.employer and names.same(case.employer.name, header["employer"]) else None
    )
    if registered and header["nature"] != registered.get_nature_display():
        yield (
            f"单位性质：申报填写为“{header['nature']}”，单位登记为“{registered.get_nature_display()}”，"
            "审核路线以单位登记为准，请核对。"
        )
    exception = BY_KEY["span_exception"]
    if header["span_exception"]:
        yield f"{exception.label}：申报人选择了“{exception.says(header, policy)}”，请对照材料确认。"


def _year(policy: rules.Policy, filed: Mapping[str, Any], before: assessing.Recognised) -> YearSheet:
    year: int = filed["year"]
    activities = tuple(_activity(policy, activity) for activity in filed["activities"])
    return YearSheet(
        year=year,
        subjects=tuple(_subject(policy, category, filed, before) for category in policy.categories),
        total=Decimal(filed["total"]),
        met=filed["met"],
        says=filed["says"],
        warnings=tuple(_warnings(filed)),
        activities=activities,
        papers=tuple(_paper(policy, filed, paper) for paper in filed["evidence"]),
    )


def _subject(
    policy: rules.Policy, category: rules.Category, filed: Mapping[str, Any], before: assessing.Recognised
) -> Subject:
    titles = [
        item["title"]
        for item in filed["activities"]
        if item["category"] == category.key or is_for_all(policy, item["kind"])
    ]
    claimed = Decimal(filed["totals"].get(category.key, "0"))
    limit = before.get((filed["year"], category.key), claimed)
    return Subject(category, "；".join(dict.fromkeys(titles)), claimed, limit)


def _warnings(filed: Mapping[str, Any]) -> Iterable[Doubt]:
    if not filed["met"]:
        yield Doubt(filed["says"], filed["says"])
    for gap in filed["gaps"]:
        short = f"“{gap['title']}”材料不全"
        yield Doubt(short, f"{short}（{gap['form']}）：{'；或者，'.join(gap['ways'])}。")
    for says in filed["over_claimed"]:
        yield Doubt(says, f"{says}，请核实。")
    if filed.get("repeated"):
        yield Doubt(
            "成果也在别处申报", "有成果也在其他年度或其他申报中使用；同一成果只能计入一个年度，请核实。"
        )


def _activity(policy: rules.Policy, filed: Mapping[str, Any]) -> ActivityLine:
    categories = {category.key: category.short for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    kinds = {kind.key: kind.name for kind in policy.kinds}
    way = forms.get(filed["form"], filed["form"])
    if filed["kind"]:
        way = f"{way} · {kinds.get(filed['kind'], filed['kind'])}"
    return ActivityLine(
        title=filed["title"],
        category="全年"
        if is_for_all(policy, filed["kind"])
        else categories.get(filed["category"], filed["category"]),
        way=way,
        claimed=Decimal(filed["claimed"]),
        computed=None if filed["computed"] is None else Decimal(filed["computed"]),
        cite=filed["cite"],
        says=filed["says"],
        over_reason=filed["over_reason"],
        source=str(Basis(filed["basis"]).label),
    )


def _paper(policy: rules.Policy, year: Mapping[str, Any], filed: Mapping[str, Any]) -> Paper:
    """What it proves, and whether it was looked at, was not frozen at first."""
    titles = [activity["title"] for activity in year["activities"]]
    documents = {document.key: document.name for document in policy.documents}
    return Paper(
        id=filed["id"],
        year=year["year"],
        kind=documents.get(filed["kind"], filed["kind"]),
        filename=filed["filename"],
        size=_size(filed["size"]),
        pages=filed["pages"],
        stamped=filed["stamped"],
        proves=tuple(titles[place] for place in filed.get("proves", ())),
        own=filed.get("year", year["year"]) == year["year"],
        unlooked=not filed.get("confirmed", True),
    )


def _size(octets: int) -> str:
    if octets >= MIB:
        return f"{octets / MIB:.1f} MB"
    return f"{max(octets // KIB, 1)} KB"


@dataclass(frozen=True)
class Opinion:
    """A decision of an earlier hop: its result in words, and what it marked or lowered, year by year."""

    decision: Decision
    result: str
    tone: str
    marks: tuple[str, ...]


def opinions(case: Application) -> list[Opinion]:
    """What the hops before said of the revision under review, first hop first."""
    decisions = (
        case.decisions.filter(revision=case.revision)
        .select_related("unit", "next_unit")
        .prefetch_related("assessments")
        .order_by("hop")
    )
    return [
        Opinion(
            decision,
            outcome_in_words(case, decision),
            TONES[Outcome(decision.outcome)],
            tuple(str(says) for remarks in marks(case, decision).values() for says in remarks),
        )
        for decision in decisions
    ]
