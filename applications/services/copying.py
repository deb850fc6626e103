"""Copies instead of typing: a year into the years still missing, an earlier application into a new one."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db import transaction

import rules
from applications import queries
from applications.filed import carried, facts, records
from applications.filed.folder import Folder, covers, tied
from applications.filed.header import FIELDS
from applications.models import Activity, Application, Evidence, Tie, YearEntry
from applications.services import records as recognised
from applications.services.editing import open_for_edit, touch
from applications.services.filing import start
from applications.states import FINAL, State
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow
from training import queries as training
from training.models import Source

Row = TypeVar("Row", Activity, Evidence)


@transaction.atomic
def copy_year(*, actor: Actor, application_id: UUID, seen: int, year: int) -> tuple[int, ...]:
    """复制年度: the year's plain lines into every year of the span that is still missing; returns those years.

    Computed activities, records and earlier slips stay where they are: they count in their own year only (A24).
    A copy says 照 … 年带入 until its year is saved again; a year in a title is left to the person.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    policy = facts.policy_of(case)
    lines = carried.lines(policy, queries.year_of(case, year).activities.all())
    if not lines:
        raise NotNow(
            f"{year} 年没有可复制的内容：按细则折算的成果、以前的学时认定单和系统已有的记录只在当年有效。"
        )
    filed = set(case.years.values_list("year", flat=True))
    missing = tuple(each for each in facts.span_of(case).years if each not in filed)
    if not missing:
        raise NotNow("跨度内的年度都已填写，没有需要复制的年度。")
    for other in missing:
        entry = YearEntry(application=case, year=other)
        entry.save(force_insert=True)
        for line in lines:
            _again(line, case, entry, says=carried.says(year))
    touch(case)
    audit.record(actor, "year_copied", case, year=year, into=list(missing))
    return missing


@transaction.atomic
def copy_rejected(*, actor: Actor, application_id: UUID) -> Application:
    """审核不通过后重新新增: a new draft with the rejected one's header, years, activities and evidence.

    重新申报 after a revocation: with its header and the years whose hours are still on record, nothing to prove (A79).
    """
    ended = queries.own(actor, application_id)
    if not ended.is_over:
        raise NotNow("只有“审核不通过”或认定单已撤销的申报需要重新新增；其他状态请直接在原申报上修改。")
    case = start(actor=actor, session_id=ended.session_id, copied_from=ended)
    for field in FIELDS:
        setattr(case, field, getattr(ended, field))
    case.evidence_note = "" if ended.revoked_at else ended.evidence_note
    case.save(update_fields=[*FIELDS, "evidence_note"])
    if ended.revoked_at:
        _take_over(actor, case, set(facts.span_of(case).years))
    else:
        _copy_years(ended, case, ended.years.values_list("year", flat=True))
    touch(case)
    audit.record(actor, "copied", case, source=ended.pk, revoked=ended.revoked_at is not None)
    return case


@transaction.atomic
def bring_in(*, actor: Actor, application_id: UUID, seen: int, source_id: UUID) -> tuple[int, ...]:
    """带入上次申报: the years of an earlier application that lie in this span; returns the years added.

    A year that a certificate of the person's covers comes from the record instead, with nothing to prove.
    Years that are filled in already stay as they are. Raises NotNow when the other one is still under way.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    source = queries.own(actor, source_id)
    if source.state not in FINAL or source.pk == case.pk:
        raise NotNow("只能带入已经办结（审核通过或不通过）的申报。")
    filed = set(case.years.values_list("year", flat=True))
    open_years = set(facts.span_of(case).years) - filed
    covered = _take_over(actor, case, open_years)
    copied = _copy_years(source, case, open_years - set(covered))
    added = tuple(sorted((*covered, *copied)))
    if not added:
        raise NotAllowed("上次申报的年度都不在本次核认跨度内，或已经填写，没有可带入的内容。")
    if source.state == State.REJECTED and case.copied_from is None:
        case.copied_from = source  # so that its reasons stand on this one
        case.save(update_fields=["copied_from"])
    touch(case)
    audit.record(actor, "brought_in", case, source=source.pk, years=list(added))
    return added


def _take_over(actor: Actor, case: Application, years: set[int]) -> tuple[int, ...]:
    """Those of `years` that certificates of the person's hold, from the record; returns them in order."""
    rows = records.usable(facts.policy_of(case), training.on_record(actor).filter(source=Source.CERTIFICATE))
    return recognised.add_years(case, rows, {row.year for row in rows} & years)


def _copy_years(source: Application, case: Application, years: Iterable[int]) -> list[int]:
    """Copies years with everything in them, as far as the policy of `case` knows what was filed."""
    policy, wanted, twins = facts.policy_of(case), set(years), dict[UUID, Activity]()
    entries: dict[int, YearEntry] = {}
    for entry in source.years.filter(year__in=wanted).prefetch_related("activities__recognised"):
        twin = YearEntry(application=case, year=entry.year)
        twin.save(force_insert=True)
        for activity in entry.activities.all():
            if _fits(policy, case, activity):
                twins[activity.pk] = _again(activity, case, twin)
        entries[entry.year] = twin
    _copy_papers(Folder.of(source, policy), case, entries, twins)
    return list(entries)


def _copy_papers(
    folder: Folder, case: Application, entries: Mapping[int, YearEntry], twins: Mapping[UUID, Activity]
) -> None:
    """Those of the copied years, and those of others that prove something in them; each once."""
    for paper in folder.papers:
        proved = [twins[activity] for activity in tied(paper) if activity in twins]
        homes = [paper.year_entry.year, *(each.year_entry.year for each in proved)]
        if paper.kind == folder.slip:
            homes += [year for year in entries if covers(paper, year)]
        home = next((entries[year] for year in homes if year in entries), None)
        if home is not None:
            twin = _again(paper, case, home)
            Tie.objects.bulk_create(Tie(application=case, evidence=twin, activity=each) for each in proved)


def _fits(policy: rules.Policy, case: Application, activity: Activity) -> bool:
    """Whether this policy has the category, form and kind, and a record taken over still stands."""
    known = {
        "category": {each.key for each in policy.categories},
        "form": {each.key for each in policy.forms},
        "kind": {"", *(each.key for each in policy.kinds)},
    }
    return all(getattr(activity, name) in keys for name, keys in known.items()) and not records.no_longer(
        activity, case
    )


def _again(row: Row, case: Application, entry: YearEntry, **changes: str) -> Row:
    twin = copy.copy(row)
    twin.pk = type(row)._meta.pk.get_default()
    twin._state = copy.copy(row._state)
    twin._state.adding = True
    twin.application, twin.year_entry = case, entry
    for name, value in changes.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)
    return twin
