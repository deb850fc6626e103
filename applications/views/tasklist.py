"""One application: what is done, what is missing, who has it, what comes next."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications import queries, services
from applications.filed import facts
from applications.forms.slip import SlipForm
from applications.presenters import deadlines, timeline
from applications.presenters.answers import answers
from applications.presenters.deadlines import Deadline, Phase
from applications.presenters.refusals import last_refusal, refused, year_remarks
from applications.presenters.task_list import go_on, tasks
from applications.presenters.unsaved import unsaved
from applications.services.slips import offers
from applications.states import IN_REVIEW, State
from applications.views import access
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest


@require_GET
def detail(request: ActorRequest, pk: UUID) -> HttpResponse:
    case = access.own_case(request, pk)
    findings = facts.find(case)
    refusal = last_refusal(case)
    kept = unsaved(request.actor, case) if case.is_editable else []
    listed = offers(request.actor, case) if case.is_editable else []
    on_file = {year: sum((row.hours for row in rows), Decimal(0)) for year, rows in listed}
    parts = tasks(case, findings, refused(case, findings), kept, on_file) if case.is_editable else []
    # Nothing is filled in yet: an earlier slip is asked for first.
    why = timeline.why_stuck(case)
    begins = case.is_editable and not findings.years
    return access.page(
        request,
        "detail",
        case,
        trail=access.trail(case)[:1],
        tasks=parts,
        go_on=go_on(parts, findings),
        findings=findings,
        slip=SlipForm() if begins else None,
        offers=listed,
        answers=None if case.is_editable else answers(case, findings),
        steps=timeline.steps(case),
        holder=timeline.holder(case, why=why),
        next_step=timeline.next_step(case, why),
        deadline=deadlines.of(case),
        refusal=refusal,
        remarks=year_remarks(refusal),
        can_copy=queries.can_be_copied(case),
        earlier=queries.last_filed(case) if case.is_editable and not findings.years else None,
        in_review=case.state in IN_REVIEW,
        discardable=case.state == State.DRAFT and not case.revision,
    )


@require_POST
def remark_settle(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """已处理, or not after all: the reviewer's remark of this year was dealt with without changing the year."""
    case = access.own_case(request, pk)
    refusal = last_refusal(case)
    if refusal is None:
        return redirect("applications:detail", case.pk)
    try:
        services.settle_remark(
            actor=request.actor,
            application_id=pk,
            year=year,
            decision_id=refusal.pk,
            settled=request.POST.get("done") == "yes",
        )
    except Refusal as says:
        return access.refused(request, says, back=access.url_of(case))
    return redirect("applications:detail", case.pk)


@require_http_methods(["GET", "POST"])
def discard(request: ActorRequest, pk: UUID) -> HttpResponse:
    """删除: asked once; only a draft that nobody else ever saw."""
    case = access.own_case(request, pk)
    if request.method == "POST":
        try:
            services.discard(actor=request.actor, application_id=pk)
        except Refusal as refusal:
            return access.refused(request, refusal, back=access.url_of(case))
        return redirect("applications:list")
    return access.page(
        request,
        "confirm",
        case,
        title="删除这份申报？",
        submit="删除",
        back=access.url_of(case),
        says=["已填写的内容和已上传的附件都会删除，不能恢复。"],
        warning=_not_again(deadlines.of(case)),
    )


def _not_again(limit: Deadline) -> str:
    """Why nothing could be submitted after deleting; empty within the window, where one just starts again."""
    if limit.phase is not Phase.OVER:
        return ""
    return f"申报已于 {deadlines.in_words(limit.until)} 截止。删除后即使重新新增，也不能在本申报期提交。"


@require_GET
def progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    """审核进度."""
    case = access.own_case(request, pk)
    why = timeline.why_stuck(case)
    return access.page(
        request,
        "progress",
        case,
        steps=timeline.steps(case),
        moments=timeline.timeline(case),
        holder=timeline.holder(case, why=why),
        next_step=timeline.next_step(case, why),
        in_review=case.state in IN_REVIEW,
    )
