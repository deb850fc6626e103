"""A change of a session that has begun: what it would alter, and the second administrator's word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from applications import queries
from applications.models import SessionChangeState
from applications.presenters import session_changes as words
from applications.services import session_changes as services
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.views.answers import CONFLICT, REFUSED, missing_unless_yours
from organizations.views.asking import asked_again

if TYPE_CHECKING:
    from organizations.acting.actor import ActorRequest

CONFIRMED = "“{}”已按修改后的规定办理。"
ENDED = {
    SessionChangeState.DECLINED: "已不同意修改，“{}”仍按原来的规定办理。",
    SessionChangeState.WITHDRAWN: "修改申请已收回，“{}”仍按原来的规定办理。",
}


@require_safe
@missing_unless_yours
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk)


@require_POST
@asked_again
@missing_unless_yours
def confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        session = services.confirm(actor=request.actor, change_id=pk)
    except NotYours:
        raise
    except NotAllowed as refusal:
        return _page(request, pk, refusal)
    messages.success(request, CONFIRMED.format(session.name))
    return redirect("applications:sessions")


@require_POST
@missing_unless_yours
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    """不同意, and 收回 of who asked."""
    try:
        asked = services.decline(actor=request.actor, change_id=pk)
    except NotYours:
        raise
    except NotAllowed as refusal:
        return _page(request, pk, refusal)
    messages.success(request, ENDED[SessionChangeState(asked.state)].format(asked.session.name))
    return redirect("applications:sessions")


def _page(request: ActorRequest, pk: UUID, refusal: NotAllowed | None = None) -> HttpResponse:
    change = queries.session_change(request.actor, pk)
    context = {
        "change": change,
        "line": words.line(change, request.actor),
        "differences": words.differences(change) if change.state == SessionChangeState.REQUESTED else [],
        "says": refusal.says if refusal else "",
    }
    status = 200 if refusal is None else CONFLICT if isinstance(refusal, Stale) else REFUSED
    return render(request, "organizations/session_change.html", context, status=status)
