"""What colleagues of a unit see of one another on a case: who has it on the screen, and their notes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from review import services
from review.cases import dossier
from review.presenters.origin import Origin
from review.views.case import case_or_404, judgement_of, show_case

BY_SCRIPT = "X-Claim"


@require_POST
def claim(request: ActorRequest, pk: UUID) -> HttpResponse:
    """开始审核 and 接手; a script that renews the claim gets the status alone: 204, or 409 while a colleague has it."""
    by_script = BY_SCRIPT in request.headers
    case_or_404(request, pk)
    try:
        services.claim(actor=request.actor, case_id=pk, take_over="take_over" in request.POST)
    except Refusal as refusal:  # also when the case lies with another unit by now
        if by_script:
            return HttpResponse(status=409)
        messages.warning(request, refusal.says)
    else:
        if by_script:
            return HttpResponse(status=204)
        messages.success(request, "已记下由您审核，同事可以看到，十分钟内有效。")
    return redirect(Origin.of(request, request.actor).case(pk))


@require_POST
def note(request: ActorRequest, pk: UUID) -> HttpResponse:
    """内部备注; refused, the page comes back with what was typed."""
    text = request.POST.get("note", "")
    try:
        services.note(actor=request.actor, case_id=pk, text=text)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        found = case_or_404(request, pk)
        file = dossier.of(found)
        judgement = judgement_of(request, file)
        judgement.refusals.append((refusal.says, "#note"))
        return show_case(request, found, file, judgement, status=422)
    messages.success(request, "备注已保存，只有本单位的经办人看得到。")
    return redirect(f"{Origin.of(request, request.actor).case(pk)}#notes")
