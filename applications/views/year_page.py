"""The page of one year: its sheet as it is opened, redrawn or sent, and everything around it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict

from applications.filed import facts
from applications.forms.records import UNTAKE, ticked
from applications.forms.typed import as_data
from applications.forms.year import (
    Rows,
    YearSheet,
    meters,
    rows_typed,
    without_covered,
    without_suggested_hours,
)
from applications.models import Application
from applications.presenters import sections
from applications.presenters.refusals import remarks_of_year
from applications.presenters.sections import YearSection
from applications.views import access, drafts
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import Stale

SAVING = ("save", "next", "papers", "copy")


def sheet_opened(case: Application, part: YearSection) -> YearSheet:
    """As it was saved, or as it was typed and not saved yet; a new year filled in with what is usual."""
    draft = drafts.resumed(case, part).draft
    data = as_data(draft.fields if draft else part.saved)
    return _sheet(part, rows=rows_typed(part.policy, data, ""), ticks=ticked(data))


def sheet_redrawn(request: ActorRequest, part: YearSection) -> YearSheet:
    """As typed, after 再加一项, 去掉这一项, 确认选择 or 移除; nothing is checked and nothing saved."""
    act = request.POST.get("act", "")
    rows = rows_typed(part.policy, request.POST, act)
    if act == "count" and part.entry is None:
        rows = without_suggested_hours(rows, part.suggested)
    ticks = [key for key in ticked(request.POST) if act != UNTAKE + key]
    sheet = _sheet(part, rows=rows, ticks=ticks)
    if part.entry is None and act == "take":
        left = without_covered(rows, part.suggested, part.policy, part.year, sheet.records)
        return _sheet(part, rows=left, ticks=ticks)
    return sheet


def sheet_sent(request: ActorRequest, part: YearSection) -> YearSheet:
    return _sheet(part, data=request.POST, ticks=ticked(request.POST))


def sheet_of(part: YearSection, data: MultiValueDict[str, str]) -> YearSheet:
    """As kept in a draft, to be saved as it stands."""
    return _sheet(part, data=data, ticks=ticked(data))


def _sheet(part: YearSection, *, ticks: list[str], data: Any = None, rows: Rows | None = None) -> YearSheet:
    choices = () if part.entry else sections.missing_years(part.case) or list(facts.span_of(part.case).years)
    return YearSheet(
        part.policy,
        year=part.year,
        data=data,
        rows=rows,
        choose_from=choices,
        locked=[
            each
            for each in part.activities
            if each.basis in facts.NEEDS_NO_EVIDENCE and each.recognised_id is None
        ],
        records=part.records(ticks),
    )


def refused(
    request: ActorRequest, case: Application, part: YearSection, sheet: YearSheet, refusal: Refusal
) -> HttpResponse:
    """What a service refused, on the page that keeps what was typed; an old page also shows what differs."""
    status = access.status_of(refusal)
    sheet.refuse(refusal.says, getattr(refusal, "field", None))
    case.refresh_from_db()
    stale = isinstance(refusal, Stale)
    compared = drafts.compared(part, request) if stale else []
    return page(request, case, part, sheet, status, stale=stale, compared=compared)


def sums(part: YearSection, sheet: YearSheet) -> dict[str, Any]:
    """The year as far as it can be counted now."""
    result = sheet.assessment()
    return {"sheet": sheet, "result": result, "meters": meters(part.policy, result)}


def page(
    request: ActorRequest,
    case: Application,
    part: YearSection,
    sheet: YearSheet,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    missing = sections.missing_years(case)
    return access.page(
        request,
        "year",
        case,
        status,
        form=sheet,
        entry=part.entry,
        themes=part.policy.themes(sheet.year),
        guidance=part.policy.guidance,
        remarks=remarks_of_year(case, sheet.year),
        others_missing=[each for each in missing if each != sheet.year],
        **sums(part, sheet),
        **drafts.page_context(request, case, part),
        **more,
    )
