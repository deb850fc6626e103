"""The page of one year: its sheet as it is opened, redrawn or sent, and everything around it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict

from applications.filed import facts, records
from applications.forms.records import UNTAKE, ticked
from applications.forms.rows import Rows, acted, put_in, rows_typed, without_covered
from applications.forms.typed import as_data
from applications.forms.year import YearSheet, meters
from applications.models import Application
from applications.presenters import kinds, sections
from applications.presenters.refusals import remarks_of_year
from applications.presenters.sections import YearSection
from applications.views import access, calculated, drafts
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import Stale

SAVING = ("save", "next", "papers", "copy")
CARRY = "carry"
RULE = "rule:"  # asks which kind a plain line is
MOST_LOOKED_FOR = 40  # characters


def sheet_opened(case: Application, part: YearSection) -> YearSheet:
    """As it was saved, or as it was typed and not saved yet; a new year is empty."""
    draft = drafts.resumed(case, part).draft
    data = as_data(draft.fields if draft else part.saved)
    return _sheet(part, rows=rows_typed(part.policy, data), ticks=ticked(data))


def sheet_redrawn(request: ActorRequest, part: YearSection) -> YearSheet:
    """As typed, after any button that does not save; nothing is checked."""
    act = request.POST.get("act", "")
    rows = acted(part.policy, rows_typed(part.policy, request.POST), act, into=request.POST.get("into", ""))
    if act == CARRY and part.model:
        rows = put_in(rows, part.model[1])
    worked_out = calculated.kept(request.session, part.policy.key)
    if act == "calculated" and worked_out:
        rows = put_in(rows, worked_out.rows(part.policy))
    elif act == "forget":
        calculated.forget(request.session)
    ticks = [key for key in ticked(request.POST) if act != UNTAKE + key]
    sheet = _sheet(part, rows=rows, ticks=ticks)
    if act != "take":
        return sheet
    covered = [side.key for side in sheet.sides if 0 < side.minimum <= sheet.records.hours_of(side.key)]
    return _sheet(part, rows=without_covered(rows, covered), ticks=ticks)


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
    case = access.own_case(request, case.pk)
    stale = isinstance(refusal, Stale)
    compared = drafts.compared(part, request) if stale else []
    return page(request, case, part, sheet, status, stale=stale, compared=compared)


def sums(part: YearSection, sheet: YearSheet) -> dict[str, Any]:
    """The year as far as it can be counted now."""
    result = sheet.assessment()
    return {
        "sheet": sheet,
        "result": result,
        "meters": meters(part.policy, result),
        "nothing_yet": not result.total,
    }


def act_of(request: ActorRequest) -> str:
    """The button; Enter among the fields looks for the words typed, where there are any, and else saves."""
    act = request.POST.get("act", "enter")
    if act == "enter":
        return "look" if request.POST.get("q", "").strip() else "save"
    return act


def _chooser(request: ActorRequest, sheet: YearSheet) -> kinds.Chooser:
    act = request.POST.get("act", "")
    picked = act.startswith("pick:")
    into = act.removeprefix(RULE) if act.startswith(RULE) else request.POST.get("into", "")
    text = request.POST.get("q", "").strip()[:MOST_LOOKED_FOR]
    if act.startswith(RULE):
        text = next((item.short_form for item in sheet.items if item.prefix == into), "")
    return kinds.chooser(sheet, text="" if picked else text, into="" if picked else into)


def _worked_out(request: ActorRequest, part: YearSection) -> dict[str, Any]:
    """What was worked out in the calculator: offered, or (`put_in`) on this page already and let go with saving."""
    found = calculated.kept(request.session, part.policy.key)
    put = bool(found) and "calculated" in (request.POST.get("act"), request.POST.get("put_in"))
    return {
        "calculated": None if put else found,
        "calculated_names": found.names(part.policy) if found else [],
        "put_in": put,
    }


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
        chooser=_chooser(request, sheet),
        **_worked_out(request, part),
        carries_from=part.model[0] if sheet.is_untouched and part.entry is None and part.model else None,
        year=sheet.year,
        fetching=records.fetching(request.actor, case, sheet.year),
        arrived=False,
        remarks=remarks_of_year(case, sheet.year),
        others_missing=[each for each in missing if each != sheet.year],
        **sums(part, sheet),
        **drafts.page_context(request, case, part),
        **more,
    )
