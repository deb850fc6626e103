"""The years of an application and what was learned in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

import rules
from applications import queries
from applications.filed import facts
from applications.models import Activity, Application, Basis, YearEntry
from applications.services import drafts, ties
from applications.services import records as recognised
from applications.services.editing import open_for_edit, touch
from applications.services.evidence import gone
from cehours.lib import hours
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed

MOST_ACTIVITIES = 20  # per category and year (A25)


def section_of(year: int) -> str:
    """The section of drafts that belongs to a year of the application."""
    return f"year:{year}"


@dataclass(frozen=True)
class ActivityInput:
    """One activity as typed. `kind` empty: the notice's plain row, nothing is computed for it."""

    category: str
    title: str
    hours: Decimal
    form: str
    kind: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    over_reason: str = ""


@transaction.atomic
def add_year(
    *,
    actor: Actor,
    application_id: UUID,
    seen: int,
    year: int,
    activities: Sequence[ActivityInput],
    records: Sequence[UUID] = (),
) -> YearEntry:
    """新增: one year with its activities and the ticked `records` (RecognisedHours) that are taken over.

    Raises NotAllowed outside the span, when the year is there already, or for a record that is not on offer.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    years = facts.span_of(case).years
    if year not in years:
        raise NotAllowed(
            f"{year} 年不在本次核认跨度（{years[0]}-{years[-1]} 年）内，请选择跨度内的年度。", field="year"
        )
    if case.years.filter(year=year).exists():
        raise NotAllowed(f"{year} 年已经填写，请在原有年度上点击“修改”。", field="year")
    entry = YearEntry(application=case, year=year)
    entry.save(force_insert=True)
    taken = recognised.put(actor, case, entry, records)
    _write(case, entry, activities, after=taken)
    drafts.clear(case, section_of(year))
    touch(case)
    audit.record(actor, "year_added", case, year=year, records=taken)
    return entry


@transaction.atomic
def save_year(
    *,
    actor: Actor,
    application_id: UUID,
    seen: int,
    year: int,
    activities: Sequence[ActivityInput],
    records: Sequence[UUID] | None = None,
) -> YearEntry:
    """修改: replaces the activities of a year; papers stay with the activities that are known again.

    `records` are the ones that stay ticked (None: as they are); the others are taken out.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    entry = queries.year_of(case, year)
    was = ties.before(entry)
    # What another system recognised is locked (R173): it is ticked or taken out, never retyped.
    entry.activities.exclude(basis__in=facts.NEEDS_NO_EVIDENCE).delete()
    taken = 0 if records is None else recognised.put(actor, case, entry, records)
    _write(case, entry, activities, after=taken)
    ties.put_back(case, entry, was)
    drafts.clear(case, section_of(year))
    touch(case)
    audit.record(actor, "year_saved", case, year=year)
    return entry


@transaction.atomic
def settle_remark(
    *, actor: Actor, application_id: UUID, year: int, decision_id: UUID, settled: bool = True
) -> None:
    """已处理: what `decision_id` said of the year needs no change of it, or has been dealt with; or not after all."""
    case = open_for_edit(actor, application_id)
    entry = queries.year_of(case, year)
    entry.settled = decision_id if settled else None
    entry.save(update_fields=["settled"])
    audit.record(actor, "remark_settled", case, year=year, decision=decision_id, settled=settled)


@transaction.atomic
def delete_year(*, actor: Actor, application_id: UUID, seen: int, year: int) -> None:
    """删除: the year with its activities, and the evidence that proves nothing in another year."""
    case = open_for_edit(actor, application_id, seen=seen)
    entry = queries.year_of(case, year)
    ties.move_home(case, entry)
    removed = gone(entry.evidence.all())
    entry.evidence.all().delete()
    entry.activities.all().delete()
    entry.delete()
    drafts.clear(case, section_of(year))
    touch(case)
    audit.record(actor, "year_deleted", case, year=year, removed=removed)


def _write(case: Application, entry: YearEntry, activities: Sequence[ActivityInput], *, after: int) -> None:
    policy = facts.policy_of(case)
    for category in policy.categories:
        if sum(typed.category == category.key for typed in activities) > MOST_ACTIVITIES:
            raise NotAllowed(f"{category.name}每年最多填写 {MOST_ACTIVITIES} 项，请合并同类项目。")
    Activity.objects.bulk_create(
        _activity(policy, case, entry, position, typed)
        for position, typed in enumerate(activities, start=after)
    )


def _activity(
    policy: rules.Policy, case: Application, entry: YearEntry, position: int, typed: ActivityInput
) -> Activity:
    if typed.category not in {category.key for category in policy.categories}:
        raise NotAllowed("请选择科目类别。", field="category")
    if typed.form not in {form.key for form in policy.forms}:
        raise NotAllowed("请选择继续教育形式。", field="form")
    if typed.kind and (typed.kind, typed.form) not in {(kind.key, kind.form) for kind in policy.kinds}:
        raise NotAllowed("所选活动类型不属于该继续教育形式，请重新选择。", field="kind")
    if not typed.title.strip():
        raise NotAllowed("请填写科目名称。", field="title")
    activity = Activity(
        application=case,
        year_entry=entry,
        position=position,
        category=typed.category,
        form=typed.form,
        kind=typed.kind,
        title=typed.title.strip(),
        facts=dict(typed.facts),
        claimed=hours.check(typed.hours),
        basis=Basis.COMPUTED if typed.kind else Basis.DECLARED,
        over_reason=typed.over_reason.strip(),
        achievement=rules.achievement(policy, kind=typed.kind, title=typed.title, facts=typed.facts),
    )
    if typed.kind:
        _compute(policy, entry.year, activity)
    return activity


def _compute(policy: rules.Policy, year: int, activity: Activity) -> None:
    """Puts beside the claim what the rules give, with their citation; claiming more needs a reason (A67)."""
    try:
        credit = rules.credit(policy, kind=activity.kind, year=year, facts=activity.facts)
    except rules.RuleInputError as error:
        raise NotAllowed(error.says, field=error.key) from error
    activity.computed, activity.cite, activity.says = credit.hours, credit.cite, credit.says[:300]
    if credit.category and credit.category != activity.category:
        names = {category.key: category.name for category in policy.categories}
        raise NotAllowed(f"该活动按细则只能计入{names[credit.category]}，请改到该科目。", field="category")
    if credit.hours is not None and activity.claimed > credit.hours and not activity.over_reason:
        raise NotAllowed(
            f"申报的高于细则折算的 {policy.hours.text(credit.hours)}，请改小，或填写理由供审核单位核实。",
            field="over_reason",
        )
