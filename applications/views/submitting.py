"""核对并提交, and 撤销."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from applications import services
from applications.filed import facts
from applications.filed.facts import Findings
from applications.filed.receipt import number_of
from applications.forms import SubmitForm
from applications.models import Application, Outcome
from applications.presenters import deadlines, stuck, timeline
from applications.presenters import receipt as receipts
from applications.presenters.answers import answers
from applications.presenters.deadlines import Deadline, Phase
from applications.presenters.refusals import refused
from applications.presenters.unsaved import unsaved
from applications.presenters.warnings import warnings
from applications.states import IN_REVIEW
from applications.views import access
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import Stale


@require_GET
def check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything as the reviewers will see it, warnings first."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    findings = facts.find(case)
    return _check(
        request, case, findings, _form(case, findings, initial={"evidence_note": case.evidence_note})
    )


@require_http_methods(["GET", "POST"])
def submit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """提交; afterwards, at the same address, the confirmation: who has it and what happens next."""
    case = access.own_case(request, pk)
    if request.method == "GET":
        return _confirmation(request, case)
    if answer := access.closed(request, case):
        return answer
    findings = facts.find(case)
    form = _form(case, findings, request.POST)
    if not form.is_valid():
        return _check(request, case, findings, form, 422)
    if unsaved(request.actor, case):
        form.add_error(None, "有未保存的修改，请先保存或放弃，再提交。")
        return _check(request, case, findings, form, 422)
    try:
        services.submit(
            actor=request.actor,
            application_id=pk,
            seen=access.seen(request),
            declared_true=form.cleaned_data["declared_true"],
            evidence_note=form.cleaned_data["evidence_note"],
        )
    except Refusal as refusal:
        field = getattr(refusal, "field", None)
        form.add_error(field if field in form.fields else None, refusal.says)
        case = access.own_case(request, pk)
        status, stale = access.status_of(refusal), isinstance(refusal, Stale)
        return _check(request, case, facts.find(case), form, status, stale=stale)
    return redirect("applications:submit", pk)


@require_GET
def receipt(request: ActorRequest, pk: UUID) -> HttpResponse:
    """回执: what was received, to print and to put on file."""
    case = access.own_case(request, pk)
    found = receipts.of(case)
    if found is None:
        return redirect("applications:detail", pk)
    return access.page(request, "receipt", case, receipt=found, in_review=case.state in IN_REVIEW)


@require_http_methods(["GET", "POST"])
def withdraw(request: ActorRequest, pk: UUID) -> HttpResponse:
    """撤销: asked once, with what it means for the deadline."""
    case = access.own_case(request, pk)
    if request.method == "POST":
        try:
            services.withdraw(actor=request.actor, application_id=pk, seen=access.seen(request))
        except Refusal as refusal:
            return access.refused(request, refusal, back=access.url_of(case))
        messages.success(request, "已撤销。可以修改后重新提交。")
        return redirect("applications:detail", pk)
    if case.state not in IN_REVIEW:
        messages.info(request, f"该申报当前为“{case.get_state_display()}”，无需撤销。")
        return redirect("applications:detail", pk)
    says = [f"{case.current_unit}正在审核。撤销后由您修改，重新提交后从头开始审核，原来的审核记录会保留。"]
    limit = deadlines.of(case)
    if limit.can_submit:
        says.append(f"请在 {deadlines.in_words(limit.until)}前重新提交，逾期不能再提交。")
    return access.page(
        request,
        "confirm",
        case,
        title="撤销这次申报？",
        submit="撤销" if limit.can_submit else "仍要撤销",
        back=access.url_of(case),
        says=says,
        warning=_nothing_afterwards(case, limit),
    )


def _nothing_afterwards(case: Application, limit: Deadline) -> str:
    """Why a withdrawn case could not be submitted again; empty when it could."""
    if limit.can_submit:
        return ""
    if limit.phase is Phase.BEFORE:
        return f"{limit.says}撤销后要等到那时才能重新提交。"
    was_returned = case.decisions.filter(outcome=Outcome.RETURNED).exists()
    grace = "退回后的宽限期只给被退回的申报，自行撤销的没有宽限期。" if was_returned else ""
    return (
        f"申报已于 {deadlines.in_words(limit.until)} 截止。撤销后不能再提交，本申报期也不能再新增申报，"
        f"这份申报将得不到核认。{grace}"
    )


def _confirmation(request: ActorRequest, case: Application) -> HttpResponse:
    if case.state not in IN_REVIEW:
        return redirect("applications:check" if case.is_editable else "applications:detail", case.pk)
    session, why = case.session, timeline.why_stuck(case)
    return access.page(
        request,
        "submitted",
        case,
        number=number_of(case),
        steps=timeline.steps(case),
        stuck=timeline.holder(case, why=why) if why else "",
        next_step=timeline.next_step(case, why),
        review_until=deadlines.in_words(session.review_until),
        submit_until=deadlines.in_words(session.closes_at),
    )


def _form(case: Application, findings: Findings, *data: Any, **more: Any) -> SubmitForm:
    """Asks once more where a refused case is about to be submitted as it was."""
    before = refused(case, findings)
    if before is None:
        return SubmitForm(*data, **more)
    return SubmitForm(*data, unchanged=before.unchanged, note=before.note, **more)


def _check(
    request: ActorRequest,
    case: Application,
    findings: Findings,
    form: SubmitForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    found = warnings(case, findings)
    limit = deadlines.of(case)
    kept, before = unsaved(request.actor, case), refused(case, findings)
    return access.page(
        request,
        "check",
        case,
        status,
        form=form,
        findings=findings,
        warnings=found,
        answers=answers(case, findings),
        deadline=limit,
        unsaved=kept,
        refused=before,
        all_right=limit.can_submit and not (found or kept or (before and before.open_years)),
        ahead=stuck.ahead(case),
        blocked=bool(kept) or any(each.blocks for each in found),
        **more,
    )
