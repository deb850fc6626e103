"""One batch on its way: how far it is, what became of every case, stopping it and getting it going again."""

from __future__ import annotations

import math
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cehours.lib import clock
from cehours.lib.paging import keyset_page
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from review import services
from review.batches import queries as batch_queries
from review.forms import read_picks
from review.models import Batch, BatchState, ItemOutcome
from review.views.case import trail

POLL = "2s"
TONES = {"pending": "wait", "done": "done", "refused": "block"}
STATE_TONES = {"waiting": "wait", "running": "wait", "done": "done", "stopped": "look", "cancelled": "look"}
BROKEN = "办理出现故障"


@require_safe
def batch_run(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The page of a batch; asked again by htmx while it runs, and as a whole whenever its state is another one."""
    try:
        batch = batch_queries.one(request.actor, pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    is_broken = bool(batch_queries.broken([batch]))
    now = clock.now()
    is_held = batch.state == BatchState.WAITING and batch.holds_until is not None and batch.holds_until > now
    progress = {
        "batch": batch,
        "is_held": is_held,
        "held": math.ceil((batch.holds_until - now).total_seconds()) if is_held and batch.holds_until else 0,
        "is_broken": is_broken,
        "goes_on": not is_broken and not batch.has_ended,
        "seen": "broken" if is_broken else batch.state,
        "state": BROKEN if is_broken else batch.get_state_display(),
        "left": "" if is_broken else batch_queries.time_left(batch, now),
        "prints": batch_queries.prints(batch),
        "poll": POLL,
        "tone": "block" if is_broken else STATE_TONES[batch.state],
    }
    if request.headers.get("HX-Request"):
        answer = render(request, "review/_batch_progress.html", progress)
        if request.GET.get("seen", progress["seen"]) != progress["seen"]:
            answer["HX-Refresh"] = "true"  # what the whole page says has changed
        return answer
    wanted = request.GET.get("result", "")
    outcome = wanted if wanted in ItemOutcome.values else ""
    page = keyset_page(
        batch_queries.items(batch, outcome), order="id", cursor=request.GET.get("cursor"), size=50
    )
    context = {
        **progress,
        "shows_results": is_held
        or not progress["goes_on"]
        or "result" in request.GET
        or "cursor" in request.GET,
        "page": page,
        "rows": [(item, TONES[item.outcome]) for item in page.rows],
        "tabs": _tabs(batch, outcome),
        "trail": [*trail(request), ("批量审核", reverse("review:batch"))],
    }
    return render(request, "review/batch_run.html", context)


@require_POST
def batch_stop(request: ActorRequest, pk: UUID) -> HttpResponse:
    """停止, or before the start 取消."""
    try:
        batch = services.stop_batch(actor=request.actor, batch_id=pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
    else:
        messages.success(request, batch.ended_says)
    return redirect("review:batch_run", pk)


@require_POST
def batch_start(request: ActorRequest, pk: UUID) -> HttpResponse:
    """立即开始, while the batch is held."""
    try:
        services.start_batch_now(actor=request.actor, batch_id=pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
    return redirect("review:batch_run", pk)


@require_POST
def batch_take_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """撤回 the ticked cases, while the batch is held."""
    cases = [case for case, _ in read_picks([f"{each}:0" for each in request.POST.getlist("case")])]
    try:
        taken = services.take_back_of_batch(actor=request.actor, batch_id=pk, cases=cases)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
    else:
        messages.success(request, f"已撤回 {taken} 件，仍在待办。")
    return redirect("review:batch_run", pk)


@require_POST
def batch_restart(request: ActorRequest, pk: UUID) -> HttpResponse:
    """重新开始, after the work broke off."""
    try:
        services.restart_batch(actor=request.actor, batch_id=pk)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    except Refusal as refusal:
        messages.warning(request, refusal.says)
    else:
        messages.success(request, "已重新开始，接着办理其余的申报。")
    return redirect("review:batch_run", pk)


def _tabs(batch: Batch, outcome: str) -> list[dict[str, object]]:
    counts = {"": batch.total, "done": batch.done, "refused": batch.refused, "pending": batch.left}
    names = {"": "全部", **dict(ItemOutcome.choices)}
    if batch.has_ended:
        names["pending"] = "停止时未办"
    return [
        {
            "label": names[key],
            "url": f"?result={key}" if key else "?",
            "count": count,
            "current": key == outcome,
        }
        for key, count in counts.items()
        if count or not key or key == outcome
    ]
