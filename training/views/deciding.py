"""The supervising unit puts a plan on record, or sends it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.views.answers import missing_unless_yours
from training import services
from training.forms import ReturnForm
from training.plans import queries
from training.views.plans import plan_page
from training.views.writing import seen


@require_POST
@missing_unless_yours
def accept(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        plan = services.accept_plan(actor=request.actor, plan_id=pk, seen=seen(request))
    except NotYours:
        raise
    except NotAllowed as refusal:
        return plan_page(
            request, pk, form=ReturnForm(initial={"reason": request.POST.get("reason")}), refusal=refusal
        )
    messages.success(request, f"“{plan.topic}”已备案，编号 {plan.number}，已通知{plan.unit}。")
    return redirect("training:filed")


@require_POST
@missing_unless_yours
def return_(request: ActorRequest, pk: UUID) -> HttpResponse:
    queries.filed_plan(request.actor, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return plan_page(request, pk, form=form)
    try:
        plan = services.return_plan(
            actor=request.actor, plan_id=pk, seen=seen(request), reason=form.cleaned_data["reason"]
        )
    except NotYours:
        raise
    except NotAllowed as refusal:
        return plan_page(request, pk, form=form, refusal=refusal)
    messages.success(request, f"“{plan.topic}”已退回，已通知{plan.unit}。")
    return redirect("training:filed")
