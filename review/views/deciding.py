"""审核通过 (two steps, as printed), 退回修改, 审核不通过 (asked once more)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.filed.facts import policy_of
from applications.filed.window import can_submit_now
from applications.models import Application
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from review import permissions, services
from review.batches.verdicts import Order
from review.cases import acts, dossier, open_warnings, routing
from review.cases.dossier import Dossier
from review.forms import Judgement, NextUnitForm
from review.models import BatchAct, HeldDecision
from review.presenters.origin import Origin
from review.services import holding
from review.views.case import BESIDE, case_or_404, judgement_of, show_case, trail


@dataclass(frozen=True)
class Done:
    """What to say of a decision; `held` where it takes effect in a while."""

    says: str
    held: HeldDecision | None = None


View = Callable[[ActorRequest, UUID], HttpResponse]
CONFIRM = "confirm"  # name of the second step's button
FIND = "find"  # name of 查找 beside the next unit


def typed_is_given_back(view: View) -> View:
    """Who was removed from the unit while deciding reads so, and gets back what they typed (still a 404)."""

    @wraps(view)
    def answered(request: ActorRequest, pk: UUID) -> HttpResponse:
        try:
            return view(request, pk)
        except Http404:
            typed = request.POST.get("opinion", "").strip()
            if not typed or not request.actor.is_signed_in:
                raise
            return render(request, "review/lost.html", {"typed": typed}, status=404)

    return answered


@typed_is_given_back
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: ActorRequest, pk: UUID) -> HttpResponse:
    """第8步 to 第10步: the first click leads to the choice of the next unit, the second one decides."""
    if request.method == "GET" and request.headers.get("HX-Request"):
        return _found_units(request, pk)
    case, file, judgement, answer = _received(request, pk)
    if answer is not None:
        return answer
    for says, target in judgement.below_minimum() if request.method == "POST" else []:
        judgement.refusals.append((says, target))
    if judgement.refusals:
        return show_case(request, case, file, judgement, status=422)
    confirmed = CONFIRM in request.POST
    target_form = NextUnitForm(
        case,
        routing.ahead(case),
        data=request.POST if confirmed else None,
        looked_for=request.POST if FIND in request.POST else None,
    )
    if not confirmed or not target_form.is_valid():
        return _choose(request, case, file, judgement, target_form)
    try:
        next_unit_id = target_form.cleaned_data.get("next_unit")
        done = _decide(request, pk, judgement, Order(BatchAct.APPROVE, judgement.text(), next_unit_id))
    except Stale as stale:
        return _stale(request, pk, judgement, stale)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        field = getattr(refusal, "field", None)
        if field == "opinion":
            judgement.refuse(refusal.says, field)
        else:
            target_form.refuse(refusal.says, field)
        return _choose(request, case, file, judgement, target_form)
    return _decided(request, case, done)


def _found_units(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the typed name leads to, asked for while it is being typed."""
    case = case_or_404(request, pk)
    if not acts.offer(request.actor, case):
        raise Http404(NotYours().says)
    form = NextUnitForm(case, routing.ahead(case), looked_for=request.GET)
    return render(request, "review/_found_units.html", {"finding": form.finding})


@typed_is_given_back
@require_POST
def return_(request: ActorRequest, pk: UUID) -> HttpResponse:
    """退回修改: reversible by the applicant, so it is done at once."""
    case, file, judgement, answer = _received(request, pk)
    return answer or _refuse(request, case, file, judgement, "return")


@typed_is_given_back
@require_POST
def reject(request: ActorRequest, pk: UUID) -> HttpResponse:
    """审核不通过: final, so the page says what will happen before it does."""
    case, file, judgement, answer = _received(request, pk)
    actor = request.actor
    if answer is not None:
        return answer
    if CONFIRM in request.POST or not open_warnings.is_a_reason(judgement.text()):
        return _refuse(request, case, file, judgement, "reject")
    origin = Origin.of(request, actor)
    context = {
        "case": case,
        "judgement": judgement,
        "origin": origin,
        "label": acts.label(case, "reject"),
        "can_file_again": can_submit_now(case, clock.now()),
        "trail": trail(request, case, origin),
    }
    return render(request, "review/reject.html", context)


def _received(request: ActorRequest, pk: UUID) -> tuple[Application, Dossier, Judgement, HttpResponse | None]:
    """The case and what was typed, with the answer to give at once when it cannot go on."""
    case, actor = case_or_404(request, pk), request.actor
    file = dossier.of(case)
    judgement = judgement_of(request, file)
    if request.method != "POST":
        answer = None if acts.offer(actor, case) else redirect(Origin.of(request, actor).case(pk))
        return case, file, judgement, answer
    if judgement.seen != case.version:
        return case, file, judgement, _stale(request, pk, judgement, Stale())
    try:
        permissions.must_be_allowed_to_decide(actor, case)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except NotAllowed as refusal:
        judgement.refuse(refusal.says, refusal.field)
    if not judgement.is_valid() or judgement.refusals:
        return case, file, judgement, show_case(request, case, file, judgement, status=422)
    return case, file, judgement, None


def _refuse(
    request: ActorRequest, case: Application, file: Dossier, judgement: Judgement, key: acts.Key
) -> HttpResponse:
    try:
        done = _decide(request, case.pk, judgement, Order(BatchAct(key), judgement.text()))
    except Stale as stale:
        return _stale(request, case.pk, judgement, stale)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        judgement.refuse(refusal.says, getattr(refusal, "field", None))
        return show_case(request, case, file, judgement, status=422)
    return _decided(request, case, done)


def _decided(request: ActorRequest, case: Application, done: Done) -> HttpResponse:
    """What was done: beside the next case in 审阅模式, else above the page of the decided one."""
    address = Origin.of(request, request.actor).case(case.pk)
    if request.headers.get(BESIDE):
        seconds = math.ceil(holding.delay().total_seconds()) if done.held else 0
        context = {
            "case": case,
            "says": done.says,
            "held": done.held,
            "seconds": seconds,
            "case_url": address,
        }
        return render(request, "review/_decided.html", context)
    messages.success(request, done.says)
    return redirect(address)


def _decide(request: ActorRequest, pk: UUID, judgement: Judgement, order: Order) -> Done:
    """Decides, at once or with a delay in which it can be taken back. Raises Refusal."""
    more: dict[str, Any] = {
        "actor": request.actor,
        "case_id": pk,
        "seen": judgement.seen,
        "marks": judgement.marks(),
    }
    if holding.delay():
        held = services.hold(**more, order=order)
        until = f"{clock.local(held.effective_at):%H:%M:%S}"
        return Done(f"{held.application.name}的申报：已决定，{until} 生效，之前可以撤回。", held)
    if order.act == BatchAct.APPROVE:
        return Done(
            _approved(
                request.actor,
                services.approve(**more, opinion=order.opinion, next_unit_id=order.next_unit_id),
            )
        )
    act = services.return_ if order.act == BatchAct.RETURN else services.reject
    case = act(**more, reason=order.opinion)
    return Done(f"{case.name}的申报：{acts.label(case, acts.KEYS[order.act])}，申报人可以看到原因。")


def _choose(
    request: ActorRequest, case: Application, file: Dossier, judgement: Judgement, target: NextUnitForm
) -> HttpResponse:
    """The second step; 422 when something in it has to be put right first."""
    problems = judgement.problems()
    origin = Origin.of(request, request.actor)
    context = {
        "case": case,
        "judgement": judgement,
        "form": target,
        "origin": origin,
        "look_url": reverse("review:approve", args=[case.pk]),
        "problems": problems,
        "label": acts.label(case, "approve"),
        "open_warnings": open_warnings.of(
            file.filed, judgement.marks() if judgement.opinion.is_bound else {}
        ),
        "trail": trail(request, case, origin),
    }
    status = 422 if problems or (target.is_bound and target.errors) else 200
    return render(request, "review/approve.html", context, status=status)


def _stale(request: ActorRequest, pk: UUID, judgement: Judgement, stale: Stale) -> HttpResponse:
    """409: who decided what meanwhile, and everything that was typed, to be copied."""
    case = case_or_404(request, pk)
    origin = Origin.of(request, request.actor)
    context = {
        "case": case,
        "origin": origin,
        "case_url": origin.case(pk),
        "says": stale.says,
        "last": case.decisions.filter(revision__lte=case.revision)
        .select_related("unit", "next_unit")
        .order_by("-decided_at", "-id")
        .first(),
        "withdrawn": case.state == State.WITHDRAWN,
        "typed": judgement.typed(),
        "trail": trail(request, origin=origin),
    }
    return render(request, "review/stale.html", context, status=409)


def _approved(actor: Actor, case: Application) -> str:
    if case.state == State.APPROVED:
        filing = policy_of(case).filing(case.final_label)
        return f"{case.name}的申报：已{acts.labels(filing)['approve']}，系统正在出具学时认定单。"
    assert case.current_unit is not None  # an approval that is not the last goes on
    return f"{case.name}的申报：已审核通过，{routing.goes_on(case.current_unit, actor.unit_id)}。"
