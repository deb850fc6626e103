"""分派: cases given to colleagues by their head of desk; and who stands in while somebody is away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotYours
from review import queries, services
from review.forms import AbsenceForm, AssignForm, InboxFilter, read_picks
from review.lists import queries as list_queries
from review.models import ListKind
from review.services.batches import MOST
from review.views.case import trail
from review.views.lists import list_url, reviewer_of


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: ActorRequest) -> HttpResponse:
    """A part of 待办 (its filter stands in the address), or the ticked cases, to one or several colleagues."""
    actor = reviewer_of(request)
    if not actor.is_unit_admin:
        raise PermissionDenied
    address = request.GET.urlencode()
    picks = [pk for pk, _ in read_picks(request.POST.getlist("pick"))]
    confirmed = "confirm" in request.POST
    form = AssignForm(request.POST if confirmed else None, colleagues=_names(actor))
    chosen = InboxFilter.asked(QueryDict(address), actor)
    cases = picks or _matching(actor, chosen)
    if confirmed and form.is_valid():
        try:
            given = services.assign(actor=actor, cases=cases, to=form.cleaned_data["to"])
        except Refusal as refusal:
            form.add_error("to", refusal.says)
        else:
            messages.success(request, f"已分派 {given} 件。")
            return redirect(list_url(ListKind.INBOX, chosen.address()))
    context = {
        "form": form,
        "picks": picks,
        "count": len(cases),
        "chips": [] if picks else chosen.chips,
        "address": chosen.address(),
        "trail": trail(request),
    }
    return render(request, "review/assign.html", context, status=422 if form.errors else 200)


def _matching(actor: Actor, chosen: InboxFilter) -> list[UUID]:
    cases = list_queries.matching(actor, chosen.criteria)
    return list(cases.values_list("pk", flat=True)[:MOST])


def _names(actor: Actor) -> list[tuple[int, str]]:
    return [(member.user_id, str(member.user)) for member in queries.colleagues(actor)]


@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: ActorRequest) -> HttpResponse:
    """Who is away and who stands in; one's own days are entered here."""
    actor = reviewer_of(request)
    others = [(pk, name) for pk, name in _names(actor) if pk != actor.user_id]
    form = AbsenceForm(request.POST if request.method == "POST" else None, colleagues=others)
    if form.is_bound and form.is_valid():
        try:
            services.be_absent(actor=actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(getattr(refusal, "field", None), refusal.says)
        else:
            messages.success(request, "已保存，这几天分派给您的申报也列在代办人的“分派给我的”中。")
            return redirect("review:absences")
    context = {
        "form": form,
        "rows": [(each, each.user_id == actor.user_id) for each in queries.absences(actor)],
        "alone": not others,
        "trail": trail(request),
    }
    return render(request, "review/absences.html", context, status=422 if form.errors else 200)


@require_POST
def absence_end(request: ActorRequest, number: int) -> HttpResponse:
    """删除, by whoever entered it."""
    try:
        services.be_back(actor=request.actor, absence_id=number)
    except NotYours as missing:
        raise Http404(missing.says) from missing
    messages.success(request, "已删除。")
    return redirect("review:absences")
