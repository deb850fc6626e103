"""批量审核: what can be done is shown first, then done case by case, with a result for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import queries as applications
from applications.models import Application
from cehours.lib import clock
from organizations.actor import Actor
from review import acts, queries, routing, services
from review.forms import BatchForm, read_picks
from review.views import desk
from review.views.case import trail
from review.views.deciding import CONFIRM
from review.views.lists import reviewer_of

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

RESULT = "review_batch"  # session key: the last batch's results, until the next batch
GONE = "已不在本单位待办，可能已由其他人办理或被申报人撤销。"


@dataclass(frozen=True)
class Item:
    """One ticked case in the preview: whether it can be approved, and what should be looked at first."""

    case: Application
    seen: int
    says: str
    id_number: str
    waiting: desk.Waiting
    next_unit: routing.Choice | None

    @property
    def can(self) -> bool:
        return not self.says

    @property
    def ticked(self) -> bool:
        return self.can and not self.case.warnings


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: ActorRequest) -> HttpResponse:
    """POST from the list: preview; POST with the confirming button: run; GET: the result of the last run."""
    actor = reviewer_of(request)
    if not actor.is_bureau:
        raise PermissionDenied
    if request.method != "POST":
        return _result(request, actor)
    picks = read_picks(request.POST.getlist("pick"))
    if not picks:
        messages.warning(request, "请先勾选要办理的申报。")
        return redirect("review:inbox")
    if len(picks) > BatchForm.MOST:
        messages.warning(request, f"一次最多办理 {BatchForm.MOST} 件，请分几次办理。")
        return redirect("review:inbox")
    items, gone = _items(actor, picks)
    units = {item.next_unit.unit.pk: item.next_unit.unit.name for item in items if item.next_unit}
    confirmed = CONFIRM in request.POST
    form = BatchForm(list(units.items()), request.POST if confirmed else None)
    if confirmed and form.is_valid():
        return _run(request, actor, picks, form)
    context = {
        "items": items,
        "gone": gone,
        "gone_says": GONE,
        "form": form,
        "able": sum(item.can for item in items),
        "filing": all(acts.is_filing(item.case) for item in items),
        "forwarding": bool(units),
        "trail": trail(request),
    }
    return render(request, "review/batch.html", context, status=422 if form.errors else 200)


def _items(actor: Actor, picks: list[tuple[UUID, int]]) -> tuple[list[Item], int]:
    """The ticked cases that still lie on the desk, in its order, and how many do not."""
    seen = dict(picks)
    cases = list(
        queries.inbox(actor)
        .filter(pk__in=seen)
        .select_related("employer", "session", "current_unit__parent", "region")
    )
    open_acts, now = acts.offers(actor, cases), clock.now()
    items = []
    for case in cases:
        offer = open_acts[case.pk]
        ahead = routing.ahead(case)
        says = offer.says
        if not says and case.version != seen[case.pk]:
            says = "列表显示之后有变化，请打开查看。"
        if not says and not case.is_last_step and not ahead.choices:
            says = ahead.says
        choice = ahead.choices[0] if ahead.choices and not says else None
        items.append(
            Item(case, seen[case.pk], says, desk.masked_id(case), desk.waiting_of(case, now), choice)
        )
    return items, len(picks) - len(cases)


def _run(
    request: HttpRequest, actor: Actor, picks: list[tuple[UUID, int]], form: BatchForm
) -> HttpResponseRedirect:
    results = services.approve_several(
        actor=actor,
        items=picks,
        opinion=form.cleaned_data["opinion"],
        next_unit_id=form.cleaned_data.get("next_unit"),
    )
    request.session[RESULT] = {
        "unit": str(actor.unit_id),
        "rows": [[str(result.case_id), result.done, result.says] for result in results],
    }
    return redirect("review:batch")


def _result(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A row per case; a case that is no longer visible to the unit keeps its sentence and loses its name."""
    kept: dict[str, Any] = request.session.get(RESULT) or {}
    if kept.get("unit") != str(actor.unit_id):
        return redirect("review:inbox")
    ids = [UUID(pk) for pk, _, _ in kept["rows"]]
    cases = {case.pk: case for case in applications.visible_to(actor).filter(pk__in=ids)}
    rows = [{"case": cases.get(UUID(pk)), "done": done, "says": says} for pk, done, says in kept["rows"]]
    done = sum(row["done"] for row in rows)
    context = {"rows": rows, "done": done, "left": len(rows) - done, "trail": trail(request)}
    return render(request, "review/batch_result.html", context)
