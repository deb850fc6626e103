"""申报年度明细信息 (annex 3, step 7): adding, changing, copying and deleting one year."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import services
from applications.filed import facts, records
from applications.forms.year import YearSheet
from applications.models import Application
from applications.presenters import sections
from applications.presenters.sections import YearSection
from applications.views import access, calculated, drafts, year_page
from applications.views.year_page import SAVING
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest


@require_http_methods(["GET", "POST"])
def year_add(request: ActorRequest, pk: UUID) -> HttpResponse:
    """新增. `act`: save, next, papers (on to 上传附件) and copy (复制到其余年度) save; others redraw the page."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    if request.method == "GET" and not sections.missing_years(case):
        messages.info(request, "跨度内的年度都已填写，请在原有年度上点击“修改”。")
        return redirect("applications:detail", case.pk)
    wanted = sections.first_missing(case, request.POST.get("year") or request.GET.get("year", ""))
    part = YearSection(request.actor, case, None, wanted=wanted)
    return _answer(request, case, part)


@require_http_methods(["GET", "POST"])
def year(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """修改: the lines of a year that is there; the same acts as in adding one."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    if request.method == "POST" and year in sections.missing_years(case):
        # Deleted in another tab: what was typed here becomes a year to be added again.
        messages.warning(request, f"{year} 年度刚才在别处被删除。您填写的内容仍在下面，保存即可重新添加。")
        part = YearSection(request.actor, case, None, wanted=year)
        return year_page.page(request, case, part, year_page.sheet_redrawn(request, part), 409)
    part = YearSection(request.actor, case, access.entry_of(case, year))
    return _answer(request, case, part)


def _answer(request: ActorRequest, case: Application, part: YearSection) -> HttpResponse:
    if request.method == "GET":
        services.want_platform_hours(actor=request.actor, case=case, year=part.year)
        return year_page.page(request, case, part, year_page.sheet_opened(case, part))
    if year_page.act_of(request) not in SAVING:
        return year_page.page(request, case, part, year_page.sheet_redrawn(request, part))
    sheet = year_page.sheet_sent(request, part)
    if not sheet.is_valid():
        return year_page.page(request, case, part, sheet, 422)
    try:
        return drafts.saved(request, _save(request, case, part, sheet))
    except Refusal as refusal:
        return year_page.refused(request, case, part, sheet, refusal)


def _save(request: ActorRequest, case: Application, part: YearSection, sheet: YearSheet) -> HttpResponse:
    save = services.save_year if part.entry else services.add_year
    save(
        actor=request.actor,
        application_id=case.pk,
        seen=access.seen_in(request, case, part),
        year=sheet.year,
        activities=sheet.activities(),
        records=sheet.records.keys,
    )
    if request.POST.get("put_in"):
        calculated.forget(request.session)
    messages.success(request, f"已保存 {sheet.year} 年度。")
    act, missing = year_page.act_of(request), sections.missing_years(case)
    if act == "copy" and missing:
        _copy(request, case, sheet.year)
    if act == "papers":
        return redirect("applications:evidence", case.pk, sheet.year)
    if act == "next" and missing:
        following = next((each for each in missing if each > sheet.year), missing[0])
        return redirect(f"{reverse('applications:year_add', args=[case.pk])}?year={following}")
    return redirect("applications:detail", case.pk)


def _copy(request: ActorRequest, case: Application, year: int) -> None:
    """复制年度, after the year itself was saved: a refusal here takes nothing back."""
    now = access.own_case(request, case.pk)
    try:
        copied = services.copy_year(actor=request.actor, application_id=now.pk, seen=now.version, year=year)
    except Refusal as refusal:
        messages.warning(request, refusal.says)
        return
    years = "、".join(str(each) for each in copied)
    messages.success(
        request, f"已照 {year} 年带入 {years} 年度，请逐年核对，不是当年参加的请修改。佐证材料请按年度上传。"
    )


@require_POST
def year_live(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """What the rules give for the lines as they are typed, and the sums: small pieces of the page (htmx)."""
    case = access.own_case(request, pk)
    if year not in facts.span_of(case).years and not case.years.filter(year=year).exists():
        raise Http404
    entry = case.years.filter(year=year).first()
    part = YearSection(request.actor, case, entry, wanted=year)
    sheet = year_page.sheet_redrawn(request, part)
    shown = [
        (item, item.asks_reason != (f"{item.prefix}-over_reason" in request.POST))
        for item in sheet.items
        if item.chosen
    ]
    return access.page(request, "_live", case, items=shown, **year_page.sums(part, sheet))


@require_safe
def year_platform(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """How the asking for a year's platform records stands; asks again for itself while they are on their way."""
    case = access.own_case(request, pk)
    if year not in facts.span_of(case).years:
        raise Http404
    return access.page(
        request,
        "_platform",
        case,
        year=year,
        fetching=records.fetching(request.actor, case, year),
        arrived=True,
    )


@require_http_methods(["GET", "POST"])
def year_delete(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """删除: asked once, because the year's files go with it."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    entry = access.entry_of(case, year)
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
