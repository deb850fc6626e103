"""我有旧认定单: one upload fills every year that an earlier 学时认定单 covers, and proves them (notice 三(四), A68)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO
from uuid import UUID

from django.db import transaction

import rules
from applications import queries
from applications.filed import facts, records
from applications.files import slips
from applications.models import Activity, Application, Basis, YearEntry
from applications.services import evidence
from applications.services import records as recognised
from applications.services.editing import open_for_edit, touch
from cehours.lib import uploads
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from training import queries as training
from training.models import RecognisedHours, Source

# An old slip says that its years are met, and seldom by how much: then each year's minimum is what it proves.
MET = "以认定单认定（达到规定学时）"
STATED = "以认定单认定（按单上写明的学时）"
NO_RANGE = "请填写认定单上的起始年度和结束年度。"
NOTHING = "请选择认定单的文件，或勾选系统已有的学时记录。"
Hours = Mapping[int, Mapping[str, Decimal]]  # year → category → 学时


@dataclass(frozen=True)
class Filled:
    """Years that were filled in, years that stay as they were, and years to which ticked records were added.

    `contained`: years whose ticked records were left out, because the slip holds them. `stated`: the slip's own
    figures were taken, and not the minimums.
    """

    added: tuple[int, ...] = ()
    untouched: tuple[int, ...] = ()
    ticked: tuple[int, ...] = ()
    contained: tuple[int, ...] = ()
    stated: bool = False


def fill_in(
    *,
    actor: Actor,
    application_id: UUID,
    seen: int,
    file: IO[bytes] | None = None,
    filename: str = "",
    span: tuple[int, int] | None = None,
    take: Sequence[UUID] = (),
) -> Filled:
    """One slip as one file, its years at what it states, and the records (RecognisedHours) that were ticked with it.

    What it states is its table, where it can be read for sure and speaks of the range given; else each year's minimum.

    Years that are there already stay; the slip proves them too. Raises uploads.Refused, or NotAllowed with what to do.
    """
    case = queries.own(actor, application_id)
    taken: uploads.Accepted | None = None
    stated: Hours = {}
    if file is None and not take:
        raise NotAllowed(NOTHING, field="file")
    if file is not None:
        if span is None or span[0] > span[1]:
            raise NotAllowed(NO_RANGE, field="prior_from")
        taken = evidence.examined(actor, case, _covered(case, span)[0], file, filename)
        stated = _stated(case, taken.content, span)
    return _write(actor, application_id, seen, taken, span, take, stated)


def offers(actor: Actor, case: Application) -> list[tuple[int, list[RecognisedHours]]]:
    """Year → the records of the span that can be ticked and are not yet; certificates come in by their number."""
    policy, years = facts.policy_of(case), facts.span_of(case).years
    before = set(case.activities.exclude(recognised=None).values_list("recognised_id", flat=True))
    on_record = training.on_record(actor).filter(year__in=years).exclude(source=Source.CERTIFICATE)
    rows = [
        row
        for row in records.usable(policy, on_record)
        if row.pk not in before and not records.not_for(case, row.source)
    ]
    by_year = ((year, [row for row in rows if row.year == year]) for year in years)
    return [(year, listed) for year, listed in by_year if listed]


def _stated(case: Application, content: bytes, span: tuple[int, int]) -> Hours:
    """The table of the slip by year and category, if it is the person's own and of just these years; else nothing."""
    categories = facts.policy_of(case).categories
    figures = slips.figures_in(
        slips.text_of(content),
        categories=[each.name for each in categories],
        holder=[case.person.name, case.person.spelling],
    )
    if set(figures) != set(range(span[0], span[1] + 1)):
        return {}
    keys = [each.key for each in categories]
    return {year: dict(zip(keys, hours, strict=True)) for year, hours in figures.items()}


@transaction.atomic
def _write(
    actor: Actor,
    application_id: UUID,
    seen: int,
    taken: uploads.Accepted | None,
    span: tuple[int, int] | None,
    take: Sequence[UUID],
    stated: Hours,
) -> Filled:
    case = open_for_edit(actor, application_id, seen=seen)
    policy = facts.policy_of(case)
    covered = _covered(case, span) if taken and span else ()
    filed = set(case.years.values_list("year", flat=True))
    added = tuple(year for year in covered if year not in filed)
    for year in added:
        _fill_year(policy, case, year, span or (year, year), stated.get(year))
    if taken and policy.prior_document:
        label = evidence.Label(policy.prior_document, stamped=False, prior_span=span)
        evidence.keep(actor, case.pk, covered[0], taken, label, None)
    ticked, contained = _tick(actor, case, take, set(covered))
    touch(case)
    audit.record(actor, "slip_filled_in", case, years=list(added), ticked=list(ticked))
    return Filled(added, tuple(sorted(filed & set(covered))), ticked, contained, bool(added and stated))


def _covered(case: Application, span: tuple[int, int]) -> tuple[int, ...]:
    """The years of this filing that the slip speaks of. Raises NotAllowed when there are none."""
    years = facts.span_of(case).years
    covered = tuple(year for year in years if span[0] <= year <= span[1])
    if not covered:
        raise NotAllowed(
            f"该认定单涵盖 {span[0]}—{span[1]} 年，不在本次核认跨度（{years[0]}—{years[-1]} 年）内，不能用作佐证材料。",
            field="prior_from",
        )
    return covered


def _fill_year(
    policy: rules.Policy,
    case: Application,
    year: int,
    span: tuple[int, int],
    stated: Mapping[str, Decimal] | None,
) -> None:
    form = policy.form_for(Source.CERTIFICATE)
    if form is None:
        raise NotAllowed("本次申报的政策不接受以前年度的认定单。", field="file")
    entry = YearEntry(application=case, year=year)
    entry.save(force_insert=True)
    Activity.objects.bulk_create(
        Activity(
            application=case,
            year_entry=entry,
            position=position,
            category=category,
            form=form.key,
            title=f"{span[0]}—{span[1]} 年学时认定单",
            basis=Basis.DECLARED,
            claimed=hours,
            cite=form.cite[:60],
            says=STATED if stated else MET,
        )
        for position, (category, hours) in enumerate((stated or rules.whole_year(policy, year)).items())
        if hours
    )


def _tick(
    actor: Actor, case: Application, take: Iterable[UUID], covered: set[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Takes the ticked records over into their years; those of a year that the slip covers are in it already."""
    wanted = set(take)
    chosen = {
        year: [row.pk for row in rows if row.pk in wanted]
        for year, rows in offers(actor, case)
        if any(row.pk in wanted for row in rows)
    }
    if sum(map(len, chosen.values())) != len(wanted):
        raise NotAllowed(recognised.NOT_ON_OFFER, field="take")
    for year, keys in chosen.items():
        if year in covered:
            continue
        entry, _ = YearEntry.objects.get_or_create(application=case, year=year)
        before = entry.activities.exclude(recognised=None).values_list("recognised_id", flat=True)
        recognised.put(actor, case, entry, [*before, *keys])
    return (
        tuple(sorted(chosen.keys() - covered)),
        tuple(sorted(chosen.keys() & covered)),
    )
