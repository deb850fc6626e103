"""待办 and 已办."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.models import Decision, Outcome
from cehours.lib.paging import keyset_page
from organizations.actor import Actor
from review import queries
from review.forms import HandledFilter, InboxFilter
from review.views import desk

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

# The menu items of annex 3, step 4 of each guide.
EMPLOYER_TITLE, DEPARTMENT_TITLE, BUREAU_TITLE = (
    "学时核认申报单位审核",
    "学时核认上级单位审核",
    "学时核认待办",
)


def reviewer_of(request: HttpRequest) -> Actor:
    """The actor with a unit's hat on; anybody else is told to put one on (403)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    if actor.unit is None:
        raise PermissionDenied
    return actor


@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    wanted = InboxFilter(request.GET)
    page = keyset_page(
        desk.filtered(actor, wanted), order="arrived_at", cursor=request.GET.get("cursor"), size=50
    )
    totals = desk.counts(actor)
    context = {
        "title": title_of(actor, totals, wanted),
        "filter": wanted,
        "page": page,
        "rows": desk.rows(actor, page.rows),
        "counts": totals,
        "steps": _steps(actor, totals, wanted),
        "tabs": _tabs(totals, wanted),
        "batch": actor.is_bureau,
    }
    return render(request, "review/inbox.html", context)


@require_safe
def handled(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    wanted = HandledFilter(request.GET)
    decisions = queries.handled(actor)
    if wanted.outcome_key:
        decisions = decisions.filter(outcome=wanted.outcome_key)
    if wanted.unit_text:
        decisions = decisions.filter(application__employer__name__icontains=wanted.unit_text)
    page = keyset_page(decisions, order="-decided_at", cursor=request.GET.get("cursor"), size=50)
    context = {"title": "已办", "filter": wanted, "page": page, "rows": [_handled(row) for row in page.rows]}
    return render(request, "review/handled.html", context)


def _handled(decision: Decision) -> dict[str, object]:
    case = decision.application
    result = decision.get_outcome_display()
    if decision.filing and decision.outcome != Outcome.RETURNED:
        result = "备案通过" if decision.outcome == Outcome.APPROVED else "不予备案"
    return {"decision": decision, "case": case, "result": result, "tone": TONES[decision.outcome]}


TONES = {"approved": "done", "returned": "look", "rejected": "block"}


def title_of(actor: Actor, totals: desk.Counts, wanted: InboxFilter) -> str:
    """The menu item of annex 3 that the list stands for."""
    if actor.is_bureau:
        return BUREAU_TITLE
    only_department = totals.department and not totals.employer and not wanted.step_key
    if wanted.step_key == "department_review" or only_department:
        return DEPARTMENT_TITLE
    return EMPLOYER_TITLE


def _steps(actor: Actor, totals: desk.Counts, wanted: InboxFilter) -> list[dict[str, object]]:
    """The two menu items of annex 3, for units that are both 用人单位 and 主管单位 of somebody's case."""
    if actor.is_bureau or not (totals.employer and totals.department):
        return []
    items = [
        ("employer_review", EMPLOYER_TITLE, totals.employer),
        ("department_review", DEPARTMENT_TITLE, totals.department),
    ]
    return [
        {"label": label, "url": f"?step={key}", "count": count, "current": wanted.step_key == key}
        for key, label, count in items
    ]


def _tabs(totals: desk.Counts, wanted: InboxFilter) -> list[dict[str, object]]:
    numbers = {"": totals.all, "clean": totals.clean, "warned": totals.warned, "late": totals.late}
    return [
        {
            "label": label,
            "url": f"?view={key}" if key else "?",
            "count": numbers[key],
            "current": wanted.view_key == key,
        }
        for key, label in InboxFilter.VIEWS
    ]
