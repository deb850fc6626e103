"""What every page of an applicant shares: the access line, the version seen, how a refusal looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications import facts, queries
from applications.models import Application
from cehours.lib.refusal import Refusal
from organizations.errors import NotYours, Stale

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

NO_VERSION = -1  # a page that shows no version is always an old one


def own_case(request: ActorRequest, pk: UUID) -> Application:
    """The actor's own application, or 404."""
    try:
        return queries.own(request.actor, pk)
    except NotYours:
        raise Http404 from None


def seen(request: ActorRequest) -> int:
    """The version of the application that the page showed which sends this form."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else NO_VERSION


def status_of(refusal: Refusal) -> int:
    """409 when somebody else was quicker, 422 for what the person can put right."""
    if isinstance(refusal, NotYours):
        raise Http404
    return 409 if isinstance(refusal, Stale) else 422


def closed(request: ActorRequest, case: Application) -> HttpResponse | None:
    """The answer when an application cannot be edited (R191), or None when it can."""
    if case.is_editable:
        return None
    says = f"该申报当前为「{case.get_state_display()}」，不能修改。"
    if case.current_unit_id:
        says += "如需修改，请先撤销。"
    if request.method != "POST":
        messages.warning(request, says)
        return redirect("applications:detail", case.pk)
    return refused(request, Stale(says), back=url_of(case))


def refused(request: ActorRequest, refusal: Refusal, *, back: str) -> HttpResponse:
    """The page for acts that are a single button: nothing was changed, why, and the way back."""
    context = {"says": refusal.says, "back": back}
    return render(request, "applications/refused.html", context, status=status_of(refusal))


def url_of(case: Application) -> str:
    return reverse("applications:detail", args=[case.pk])


def trail(case: Application, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb of a page below the list: the list, the application, and what lies between."""
    return [
        ("学时核认申报", reverse("applications:list")),
        (str(case.session), url_of(case)),
        *more,
    ]


def page(
    request: ActorRequest, name: str, case: Application, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of one application."""
    context.setdefault("trail", trail(case))
    context.setdefault("hour_unit", facts.policy_of(case).hours)
    return render(request, f"applications/{name}.html", {"case": case, **context}, status=status)
