"""待生效: what one decided and can still take back, or let take effect at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from review import queries, services
from review.models import HeldState
from review.presenters import held as words
from review.presenters.origin import Origin
from review.views.case import trail
from review.views.lists import reviewer_of

MOST = 200


@require_safe
def held(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    now = clock.now()
    rows = [words.of(each, actor.user_id, now) for each in queries.my_held(actor)[:MOST]]
    return render(request, "review/held.html", {"rows": rows, "trail": trail(request)})


@require_POST
def take_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """撤回: back to the case, which is decided anew."""
    try:
        taken = services.take_back(actor=request.actor, held_id=pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
        return redirect("review:handled")
    messages.success(request, "已撤回，该申报仍在待办，可以重新决定。")
    return redirect(Origin.of(request, request.actor).case(taken.application_id))


@require_POST
def at_once(request: ActorRequest, pk: UUID) -> HttpResponse:
    """立即生效."""
    try:
        done = services.at_once(actor=request.actor, held_id=pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
        return redirect("review:handled")
    if done.state == HeldState.DONE:
        messages.success(request, "已生效。")
    else:
        messages.warning(request, f"没有生效：{done.ended_says}")
    return redirect(Origin.of(request, request.actor).case(done.application_id))
