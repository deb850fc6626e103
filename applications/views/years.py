"""申报年度明细信息 (annex 3, step 7): adding, changing and deleting one year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import facts, queries, services
from applications.forms import YearSheet
from applications.forms.year import Rows, meters, rows_of, rows_typed, suggested_rows
from applications.models import Application, YearEntry
from applications.views import access
from applications.views.tasks import remarks_of_year
from cehours.lib.refusal import Refusal
from organizations.errors import NotYours, Stale

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

SAVING = ("save", "next", "papers")


@require_http_methods(["GET", "POST"])
def year_add(request: ActorRequest, pk: UUID) -> HttpResponse:
    """新增. Acts that save: save, next, papers (on to 上传附件); others redraw: add:…, drop:…, count."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    policy = facts.policy_of(case)
    missing = _missing(case)
    if not missing and request.method == "GET":
        messages.info(request, "跨度内的年度都已填写，请在原有年度上点击「修改」。")
        return redirect("applications:detail", case.pk)
    choices = missing or list(facts.span_of(case).years)
    wanted = _wanted(request, choices)
    act = request.POST.get("act", "save")
    if request.method == "GET":
        rows = suggested_rows(policy, wanted, _model(case, wanted))
        return _page(request, case, YearSheet(policy, year=wanted, rows=rows, choose_from=choices))
    if act not in SAVING:
        typed = rows_typed(policy, request.POST, act)
        return _page(request, case, YearSheet(policy, year=wanted, rows=typed, choose_from=choices))
    sheet = YearSheet(policy, year=wanted, data=request.POST, choose_from=choices)
    if sheet.is_valid():
        try:
            services.add_year(
                actor=request.actor,
                application_id=pk,
                seen=access.seen(request),
                year=sheet.year,
                activities=sheet.activities(),
            )
            return _saved(request, case, sheet.year, act)
        except Refusal as refusal:
            return _refused(request, case, sheet, refusal)
    return _page(request, case, sheet, 422)


@require_http_methods(["GET", "POST"])
def year(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """修改: the lines of a year that is there; the same acts as in adding one."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    policy = facts.policy_of(case)
    entry = _entry(case, year)
    activities = list(entry.activities.all())
    locked = [each for each in activities if each.basis in facts.NEEDS_NO_EVIDENCE]
    act = request.POST.get("act", "save")

    def sheet_of(data: Any = None, rows: Rows | None = None) -> YearSheet:
        return YearSheet(policy, year=year, data=data, rows=rows, locked=locked)

    if request.method == "GET":
        rows = rows_of(each for each in activities if each not in locked)
        return _page(request, case, sheet_of(rows=rows), entry=entry)
    if act not in SAVING:
        return _page(request, case, sheet_of(rows=rows_typed(policy, request.POST, act)), entry=entry)
    sheet = sheet_of(data=request.POST)
    if sheet.is_valid():
        try:
            services.save_year(
                actor=request.actor,
                application_id=pk,
                seen=access.seen(request),
                year=year,
                activities=sheet.activities(),
            )
            return _saved(request, case, year, act)
        except Refusal as refusal:
            return _refused(request, case, sheet, refusal, entry=entry)
    return _page(request, case, sheet, 422, entry=entry)


@require_http_methods(["GET", "POST"])
def year_delete(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """删除: asked once, because the year's files go with it."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    entry = _entry(case, year)
    back = access.url_of(case)
    if request.method == "POST":
        try:
            services.delete_year(actor=request.actor, application_id=pk, seen=access.seen(request), year=year)
        except Refusal as refusal:
            return access.refused(request, refusal, back=back)
        messages.success(request, f"已删除 {year} 年度。")
        return redirect(back)
    files = len(entry.evidence.all())
    says = [f"{year} 年度填写的学时会删除" + (f"，已上传的 {files} 个附件也会一并删除。" if files else "。")]
    return access.page(
        request, "confirm", case, title=f"删除 {year} 年度？", submit="删除", back=back, says=says
    )


def _entry(case: Application, year: int) -> YearEntry:
    try:
        return queries.year_of(case, year)
    except NotYours:
        raise Http404 from None


def _missing(case: Application) -> list[int]:
    filed = set(case.years.values_list("year", flat=True))
    return [each for each in facts.span_of(case).years if each not in filed]


def _wanted(request: ActorRequest, choices: list[int]) -> int:
    """The year the page is about: typed, or asked for in the address, else the first on offer."""
    typed = request.POST.get("year") or request.GET.get("year", "")
    return next((year for year in choices if typed == str(year)), choices[0])


def _model(case: Application, year: int) -> tuple[int, Any] | None:
    """The nearest year already filled in: a new one usually looks like it."""
    entries = list(case.years.prefetch_related("activities"))
    near = min(entries, key=lambda entry: abs(entry.year - year), default=None)
    return (near.year, near.activities.all()) if near else None


def _saved(request: ActorRequest, case: Application, year: int, act: str) -> HttpResponse:
    messages.success(request, f"已保存 {year} 年度。")
    missing = _missing(case)
    if act == "papers":
        return redirect("applications:evidence", case.pk, year)
    if act == "next" and missing:
        following = next((each for each in missing if each > year), missing[0])
        return redirect(f"{reverse('applications:year_add', args=[case.pk])}?year={following}")
    return redirect("applications:detail", case.pk)


def _refused(
    request: ActorRequest, case: Application, sheet: YearSheet, refusal: Refusal, **more: Any
) -> HttpResponse:
    status = access.status_of(refusal)
    sheet.refuse(refusal.says, getattr(refusal, "field", None))
    case.refresh_from_db()
    return _page(request, case, sheet, status, stale=isinstance(refusal, Stale), **more)


def _page(
    request: ActorRequest, case: Application, sheet: YearSheet, status: int = 200, **more: Any
) -> HttpResponse:
    policy, result = facts.policy_of(case), sheet.assessment()
    return access.page(
        request,
        "year",
        case,
        status,
        form=sheet,
        sheet=sheet,
        result=result,
        meters=meters(policy, result),
        themes=policy.themes(sheet.year),
        guidance=policy.guidance,
        remarks=remarks_of_year(case, sheet.year),
        others_missing=[each for each in _missing(case) if each != sheet.year],
        **more,
    )
