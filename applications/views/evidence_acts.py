"""What can be done to a file that is there: say what it is, move it, remove it. Each works with and without htmx."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.filed import facts
from applications.forms import PaperLabel
from applications.forms.evidence import uuids
from applications.models import Application, YearEntry
from applications.presenters.evidence_tiles import address
from applications.services import evidence as services
from applications.views import access
from applications.views.evidence import changed_part, page
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed


@require_POST
def evidence_label(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """更改材料种类、是否盖章, and for an earlier 学时认定单 its years."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    paper, label = access.paper_of(case, evidence_id), PaperLabel.typed(request.POST)

    def relabel() -> None:
        services.relabel(
            actor=request.actor,
            application_id=pk,
            evidence_id=evidence_id,
            kind=label.kind,
            stamped=label.stamped,
            prior_span=label.prior_span,
            proves=label.proves,
        )

    return _acted(
        request, case, paper.year_entry.year, relabel, f"已更改“{paper.filename}”。", paper.filename
    )


@require_POST
def evidence_confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    """核对无误: what the system labelled is right, for the files that the page showed; `year` of that page, if one."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    papers = uuids(request.POST.getlist("paper"))
    typed = request.POST.get("year", "")
    year = int(typed) if re.fullmatch(r"[0-9]{4}", typed) else None

    def confirm() -> None:
        services.confirm(actor=request.actor, application_id=pk, papers=papers)

    told = f"{len(papers)} 个文件已核对。"
    if year is None:
        confirm()
        messages.success(request, told)
        done: HttpResponse = redirect("applications:papers", pk)
    else:
        done = _acted(request, case, year, confirm, told)
    if done.status_code >= HTTPStatus.BAD_REQUEST or not facts.find(access.own_case(request, pk)).ready:
        return done
    return _on_to_check(request, pk)


def _on_to_check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """These were the last papers to look at: nothing is left but the check page."""
    messages.success(request, "材料已齐全，请核对后提交。")
    there = reverse("applications:check", args=[pk])
    return HttpResponse(headers={"HX-Redirect": there}) if _by_htmx(request) else redirect(there)


@require_POST
def evidence_order(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """前移 / 后移: `move` holds a direction and a file; or `order`, all files in their new order."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    entry = access.entry_of(case, year)

    def reorder() -> None:
        order = _order_asked(entry, request.POST.get("move", ""), request.POST.getlist("order"))
        services.reorder(actor=request.actor, application_id=pk, year=year, order=order)

    return _acted(request, case, year, reorder, "")


def _order_asked(entry: YearEntry, move: str, order: list[str]) -> list[UUID]:
    """The files' new order. Raises NotAllowed for what names no file of the year."""
    try:
        if order:
            return [UUID(each) for each in order]
        papers = [paper.pk for paper in entry.evidence.all()]
        direction, _, name = move.partition(":")
        here = papers.index(UUID(name))
    except ValueError:
        raise NotAllowed("附件的顺序已经变化，请刷新页面后重试。") from None
    there = here + (1 if direction == "down" else -1)
    if 0 <= there < len(papers):
        papers[here], papers[there] = papers[there], papers[here]
    return papers


@require_http_methods(["GET", "POST"])
def evidence_delete(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """删除附件, asked once: by a page, or by the browser where a script runs."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    paper = access.paper_of(case, evidence_id)
    year = paper.year_entry.year
    if request.method == "POST":

        def detach() -> None:
            services.detach(actor=request.actor, application_id=pk, evidence_id=evidence_id)

        return _acted(request, case, year, detach, f"已删除“{paper.filename}”。")
    says = [f"{paper.filename}（{year} 年度）会从申报中删除，需要时可以重新上传。"]
    back = address(case, year)
    return access.page(request, "confirm", case, title="删除这个附件？", submit="删除", back=back, says=says)


def _acted(
    request: ActorRequest, case: Application, year: int, act: Callable[[], None], done: str, named: str = ""
) -> HttpResponse:
    """Acts, then answers with the changed part for htmx and with the page otherwise; a refusal is said there."""
    try:
        act()
    except Refusal as refusal:
        status = access.status_of(refusal)
        if status == 409:
            return access.refused(request, refusal, back=address(case, year))
        says = f"{named}：{refusal.says}" if named else refusal.says
        return (
            changed_part(request, case, year, says)
            if _by_htmx(request)
            else page(request, case, year, [says])
        )
    if _by_htmx(request):
        return changed_part(request, case, year)
    if done:
        messages.success(request, done)
    return redirect(address(case, year))


def _by_htmx(request: ActorRequest) -> bool:
    return "HX-Request" in request.headers
