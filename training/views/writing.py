"""An employer writes a plan, changes it, deletes a draft, files it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.forms import PlanForm
from training.models import PlanState
from training.plans import queries
from training.services.plans import NOT_EDITABLE
from training.views.plans import plan_page

if TYPE_CHECKING:
    from training.models import TrainingPlan


@missing_unless_yours
def new(request: ActorRequest) -> HttpResponse:
    queries.may_write(request.actor)
    return _edit(request, None)


@missing_unless_yours
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    plan = queries.own_plan(request.actor, pk)
    if not plan.is_editable:
        messages.error(request, NOT_EDITABLE)
        return redirect("training:plan", pk)
    return _edit(request, plan)


@require_POST
@missing_unless_yours
def file(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        plan = services.file_plan(actor=request.actor, plan_id=pk, seen=seen(request))
    except NotYours:
        raise
    except NotAllowed as refusal:
        return plan_page(request, pk, refusal=refusal)
    messages.success(request, f"“{plan.topic}”已报备，由{plan.supervisor}备案。办理后会通知您。")
    return redirect("training:plan", pk)


@missing_unless_yours
def discard(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Asks once, then deletes."""
    plan = queries.own_plan(request.actor, pk)
    if request.method != "POST" and plan.state == PlanState.DRAFT:
        return render(request, "training/discard.html", {"plan": plan})
    try:
        services.discard_plan(actor=request.actor, plan_id=pk)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return redirect("training:plan", pk)
    messages.success(request, f"草稿“{plan.topic}”已删除。")
    return redirect("training:plans")


def seen(request: ActorRequest) -> int:
    """The length of the trail that the page showed; what is no number was never seen."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else -1


def _edit(request: ActorRequest, plan: TrainingPlan | None) -> HttpResponse:
    form = PlanForm(request.POST or None, plan=plan)
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, plan, form)
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            messages.success(request, "已保存。" if plan else "草稿已保存，请填写参训名单，核对后报备。")
            return redirect("training:plan", saved.pk)
    stale = isinstance(refusal, Stale)
    version = "" if plan is None else str(plan.audit_seq)
    if request.method == "POST" and not stale:
        version = request.POST.get("version", "")
    context = {"plan": plan, "version": version, "stale": stale}
    return form_page(request, "training/plan_form.html", form, context, refusal=refusal)


def _save(request: ActorRequest, plan: TrainingPlan | None, form: PlanForm) -> TrainingPlan:
    if plan is None:
        return services.write_plan(actor=request.actor, data=form.entered())
    return services.change_plan(actor=request.actor, plan_id=plan.pk, seen=seen(request), data=form.entered())
