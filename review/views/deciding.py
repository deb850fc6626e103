"""审核通过 (two steps, as printed), 退回修改, 审核不通过 (asked once more)."""

from __future__ import annotations

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
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from review import permissions, services
from review.cases import acts, dossier, routing
from review.cases.dossier import Dossier
from review.forms import Judgement, NextUnitForm
from review.presenters.origin import Origin
from review.services.deciding import SHORTEST_REASON
from review.views.case import BESIDE, case_or_404, judgement_of, show_case, trail

CONFIRM = "confirm"  # name of the second step's button
FIND = "find"  # name of 查找 beside the next unit


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
        return _choose(request, case, judgement, target_form)
    try:
        decided = services.approve(
            actor=request.actor,
            case_id=pk,
            seen=judgement.seen,
            opinion=judgement.text(),
            next_unit_id=target_form.cleaned_data.get("next_unit"),
            marks=judgement.marks(),
        )
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
        return _choose(request, case, judgement, target_form)
    return _decided(request, decided, _approved(decided))


def _found_units(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the typed name leads to, asked for while it is being typed."""
    case = case_or_404(request, pk)
    if not acts.offer(request.actor, case):
        raise Http404(NotYours().says)
    form = NextUnitForm(case, routing.ahead(case), looked_for=request.GET)
    return render(request, "review/_found_units.html", {"finding": form.finding})


@require_POST
def return_(request: ActorRequest, pk: UUID) -> HttpResponse:
    """退回修改: reversible by the applicant, so it is done at once."""
    case, file, judgement, answer = _received(request, pk)
    return answer or _refuse(request, case, file, judgement, "return")


@require_POST
def reject(request: ActorRequest, pk: UUID) -> HttpResponse:
    """审核不通过: final, so the page says what will happen before it does."""
    case, file, judgement, answer = _received(request, pk)
    actor = request.actor
    if answer is not None:
        return answer
    if CONFIRM in request.POST or len(judgement.text()) < SHORTEST_REASON:
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
    act = services.return_ if key == "return" else services.reject
    label = acts.label(case, key)
    try:
        act(
            actor=request.actor,
            case_id=case.pk,
            seen=judgement.seen,
            reason=judgement.text(),
            marks=judgement.marks(),
        )
    except Stale as stale:
        return _stale(request, case.pk, judgement, stale)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        judgement.refuse(refusal.says, getattr(refusal, "field", None))
        return show_case(request, case, file, judgement, status=422)
    return _decided(request, case, f"{case.name}的申报：{label}，申报人可以看到原因。")


def _decided(request: ActorRequest, case: Application, says: str) -> HttpResponse:
    """What was done: beside the next case in 审阅模式, else above the page of the decided one."""
    address = Origin.of(request, request.actor).case(case.pk)
    if request.headers.get(BESIDE):
        return render(request, "review/_decided.html", {"case": case, "says": says, "case_url": address})
    messages.success(request, says)
    return redirect(address)


def _choose(
    request: ActorRequest, case: Application, judgement: Judgement, target: NextUnitForm
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
        "doubted": [year for year, mark in judgement.marks().items() if not mark.in_order]
        if judgement.opinion.is_bound
        else [],
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


def _approved(case: Application) -> str:
    if case.state == State.APPROVED:
        filing = policy_of(case).filing(case.final_label)
        return f"{case.name}的申报：已{acts.labels(filing)['approve']}，系统正在出具学时认定单。"
    return f"{case.name}的申报：已审核通过，送 {case.current_unit} 审核。"
