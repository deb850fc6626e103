"""记录核对: the province looks at what the policy does not bear out, and at names that do not fit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cehours.lib.paging import keyset_page
from cehours.lib.workbooks import XLSX
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.feed_forms import JudgeForm, LookFilter
from training.feeds import queries
from training.models import RecordStanding, Standing
from training.presenters import learning
from training.views.writing import seen

MOST_EXPORTED = 10_000


@require_safe
@missing_unless_yours
def listing(request: ActorRequest) -> HttpResponse:
    choice, found, kept = _narrowed(request)
    page = keyset_page(found, order="since", cursor=request.GET.get("page"))
    context = {
        "filter": choice,
        "rows": [learning.looked(each) for each in page.rows],
        "active": [],
        "query": urlencode(kept),
        "narrowed": bool(kept),
        "next": f"?{urlencode({**kept, 'page': page.next})}" if page.next else "",
        "previous": f"?{urlencode({**kept, 'page': page.previous})}" if page.previous else "",
    }
    return render(request, "learning/look.html", context)


@require_safe
@missing_unless_yours
def export(request: ActorRequest) -> HttpResponse:
    """What the list shows, all pages of it up to MOST_EXPORTED."""
    _, found, _ = _narrowed(request)
    rows = (learning.looked(each).cells for each in found.order_by("since", "pk")[:MOST_EXPORTED])
    content = learning.workbook("记录核对", learning.LOOK_HEADINGS, rows)
    headers = {"Content-Disposition": content_disposition_header(True, "记录核对.xlsx") or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@missing_unless_yours
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One record, and the decision on it; afterwards how it was decided."""
    standing = queries.one_to_look_at(request.actor, pk)
    row = learning.looked(standing)
    accepts = request.POST.get("act") == "accept"
    form = JudgeForm(request.POST or None, record=standing.record)
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            said = _judged(request, standing, form, accepts=accepts)
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            messages.success(request, said)
            return redirect("learning:look")
    context = {
        "row": row,
        "open": standing.state in queries.TO_LOOK_AT,
        "mismatch": standing.state == Standing.MISMATCH,
    }
    return form_page(request, "learning/look_at.html", form, context, refusal=refusal)


def _judged(request: ActorRequest, standing: RecordStanding, form: JudgeForm, *, accepts: bool) -> str:
    reason = form.cleaned_data["reason"].strip()
    if not accepts:
        services.refuse_record(
            actor=request.actor, standing_id=standing.pk, seen=seen(request), reason=reason
        )
        return f"记录 {standing.number} 不予计入。"
    state = services.accept_record(
        actor=request.actor,
        standing_id=standing.pk,
        seen=seen(request),
        reason=reason,
        category=form.cleaned_data.get("category", ""),
    )
    after = {
        Standing.COUNTED: "学时已记入本人台账。",
        Standing.WAITING: "本人注册后自动记入。",
    }.get(state, "姓名与登记的不一致，暂不计入。")
    return f"记录 {standing.number} 同意计入，{after}"


def _narrowed(request: ActorRequest) -> tuple[LookFilter, QuerySet[RecordStanding], dict[str, Any]]:
    choice = LookFilter(request.GET)
    found = queries.looked_at(request.actor)
    wanted = choice.cleaned_data if choice.is_valid() else {}
    state, provider = wanted.get("state"), wanted.get("provider")
    if state == "decided":
        found = found.exclude(decided_at=None)
    else:
        found = found.filter(state__in=[state] if state else queries.TO_LOOK_AT)
    if provider:
        found = found.filter(provider=provider)
    kept = {"state": state, "provider": provider.pk if provider else None}
    return choice, found, {key: value for key, value in kept.items() if value}
