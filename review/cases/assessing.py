"""What a decision recognises, per year and category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import rules
from applications.filed.facts import policy_of
from applications.filed.snapshot import Filed
from applications.models import Application, Assessment, Decision, Revision
from cehours.lib import hours
from organizations.acting.errors import NotAllowed

Recognised = Mapping[tuple[int, str], Decimal]  # (year, category) → hours


@dataclass(frozen=True)
class YearMark:
    """What a reviewer says of one year. `recognised` names only the categories that are lowered."""

    in_order: bool = True
    remark: str = ""
    recognised: Mapping[str, Decimal] = field(default_factory=dict)


def filed_of(case: Application) -> Filed:
    """What was filed: the newest frozen revision that reached the actor's unit, the one it decides on."""
    return Filed.of(Revision.objects.filter(application=case).order_by("-number")[0])


def filed_before(case: Application, unit_id: UUID) -> Filed | None:
    """The revision that a unit should compare the present one with; None for the first.

    It is the last one this unit decided, so that a withdrawal in between hides no change from it; for a unit
    that decided none, the one before.
    """
    earlier = Revision.objects.filter(application=case, number__lt=case.revision).order_by("-number")
    decided = case.decisions.filter(unit_id=unit_id, revision__lt=case.revision).values("revision")
    found = earlier.filter(number__in=decided).first() or earlier.first()
    return Filed.of(found) if found else None


def last_recognised(case: Application) -> Recognised:
    """(year, category) → hours the last decision on this revision recognised; empty at the first hop."""
    last = case.decisions.filter(revision=case.revision).order_by("-hop").first()
    if last is None:
        return {}
    return {(row.year, row.category): row.recognised for row in last.assessments.all()}


def assess(
    case: Application,
    decision: Decision,
    filed: Filed,
    before: Recognised,
    marks: Mapping[int, YearMark],
) -> list[Assessment]:
    """Writes the assessment of `decision`: starts from `before`, the previous hop's, and only ever lowers it.

    Raises NotAllowed when a figure is raised, lowered without a remark, or takes a year below its minimum
    on the way to an approval (A44: then the case must be returned instead).
    """
    policy = policy_of(case)
    rows: list[Assessment] = []
    for row in filed.years:
        year: int = row["year"]
        mark = marks.get(year, YearMark())
        for category in policy.categories:
            claimed = Decimal(row["totals"].get(category.key, "0"))
            limit = before.get((year, category.key), claimed)
            rows.append(_row(case, decision, year, category, claimed, limit, mark, policy.hours))
    if decision.outcome == "approved":
        _minimums_still_met(policy, rows)
    Assessment.objects.bulk_create(rows)
    return rows


def _row(
    case: Application,
    decision: Decision,
    year: int,
    category: rules.Category,
    claimed: Decimal,
    limit: Decimal,
    mark: YearMark,
    unit: rules.HourUnit,
) -> Assessment:
    recognised = hours.check(mark.recognised.get(category.key, limit))
    if recognised > limit:
        raise NotAllowed(f"{year} 年{category.name}最多可认定 {unit.text(limit)}，请改小，或退回申报人修改。")
    if recognised < limit and not mark.remark.strip():
        raise NotAllowed(f"{year} 年{category.name}核减了{unit.word}，请填写核减原因，申报人会看到。")
    return Assessment(
        application=case,
        decision=decision,
        year=year,
        category=category.key,
        claimed=claimed,
        recognised=recognised,
        in_order=mark.in_order,
        remark=mark.remark.strip(),
    )


def _minimums_still_met(policy: rules.Policy, rows: Iterable[Assessment]) -> None:
    years: dict[int, list[rules.Item]] = {}
    for row in rows:
        years.setdefault(row.year, []).append(rules.Item(category=row.category, hours=row.recognised))
    for year, items in years.items():
        result = rules.assess_year(policy, year, items)
        if not result.met:
            raise NotAllowed(f"{year} 年核减后不达标（{result.says}），请改为退回申报人修改。")
