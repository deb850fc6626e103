"""工作提要: what waits at each of the person's desks now, with the way to the very list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.accounts import hats
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.scope import scope
from organizations.messaging.work import Work
from review.telling.waiting import lines
from review.views.case import trail


@require_safe
def today(request: ActorRequest) -> HttpResponse:
    """The desk of the hat that is on comes first; the others are switched to from here."""
    actor = request.actor
    assert actor.user is not None
    worn = [hat for hat in hats.hats_of(actor.user) if hat.unit_id == actor.unit_id]
    others = [hat for hat in hats.hats_of(actor.user) if hat.unit_id != actor.unit_id]
    if hats.PLATFORM in request.session:
        others = []
    desks = []
    for hat in [*worn, *others]:
        with scope(Actor.of(actor.user, hat)) as wearing:
            desks.append({"hat": hat, "worn": hat in worn, "lines": lines(wearing, frozenset(Work))})
    return render(request, "review/today.html", {"desks": desks, "trail": trail(request)})
