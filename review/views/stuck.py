"""卡点: what nobody can take further and this unit can cure, and the page on which it does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.holding.deciders import Why
from applications.models import Application
from applications.presenters import stuck as words
from cehours.lib import clock, masking
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.errors import NotYours, Stale
from organizations.models import Unit
from organizations.registry import kept, lookup
from review.cases.waiting import waiting
from review.forms.curing import SEND_BACK, STAND_IN, TRANSFER, CureForm, StuckFilter
from review.services import handing_on
from review.stuck import queries
from review.views.lists import reviewer_of

MOST_FOUND = 10


@require_safe
def stuck(request: ActorRequest) -> HttpResponse:
    actor = reviewer_of(request)
    chosen = StuckFilter(request.GET)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    kept_conditions = {key: value for key in ("why", "unit") if (value := wanted.get(key))}
    found = queries.listed(
        actor, why=wanted.get("why", ""), text=wanted.get("unit", ""), after=_uuid(request.GET.get("after"))
    )
    rows, now = found[: queries.PAGE], clock.now()
    context = {
        "filter": chosen,
        "active": _chips(kept_conditions),
        "rows": [
            {
                "case": row,
                "name": masking.mask_name(row.name),
                "waiting": waiting(row.arrived_at, now, row.review_until),
            }
            for row in rows
        ],
        "next": f"?{urlencode({**kept_conditions, 'after': rows[-1].pk})}"
        if len(found) > queries.PAGE
        else "",
        "first": f"?{urlencode(kept_conditions)}" if request.GET.get("after") else "",
    }
    return render(request, "review/stuck.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cure(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One of them: the reason, and the ways out that this unit has. 查找 looks for a unit and does nothing else."""
    actor = request.actor
    try:
        case, why = queries.case_to_cure(actor, pk)
    except NotYours as missing:
        raise Http404(missing.says) from None
    finding = "find" in request.POST
    found = _units(case, request.POST.get("to_text", ""))
    form = CureForm(
        request.POST if request.method == "POST" and not finding else None,
        acts=_acts(actor, case, why),
        found=found,
        initial=request.POST.dict() if finding else None,
    )
    if request.method != "POST" or finding:
        return _page(request, case, why, form, finding=finding)
    if not form.is_valid():
        return _page(request, case, why, form, status=422)
    return _done(request, case, why, form)


def _done(request: ActorRequest, case: Application, why: Why | None, form: CureForm) -> HttpResponse:
    typed, seen = form.cleaned_data, request.POST.get("version", "")
    given: dict[str, Any] = {
        "actor": request.actor,
        "case_id": case.pk,
        "seen": int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        "reason": typed["reason"],
    }
    try:
        if typed["act"] == TRANSFER:
            moved = handing_on.transfer(**given, to_unit_id=typed["to_unit"])
            messages.success(request, f"已移交{moved.current_unit}，申报人已收到通知。")
        elif typed["act"] == STAND_IN:
            handing_on.stand_in(**given)
            messages.success(request, "已转由本单位代办，请在下面审核。")
            return redirect("review:case", case.pk)
        else:
            handing_on.send_back(**given)
            messages.success(request, "已退回申报人，申报人已收到通知。")
    except NotYours as missing:
        raise Http404(missing.says) from None
    except Refusal as refusal:
        field = getattr(refusal, "field", None)
        form.add_error({"to_unit": "to_text"}.get(field, field) if field else None, refusal.says)
        return _page(request, case, why, form, status=409 if isinstance(refusal, Stale) else 422)
    return redirect("review:stuck")


def _page(
    request: ActorRequest,
    case: Application,
    why: Why | None,
    form: CureForm,
    *,
    status: int = 200,
    finding: bool = False,
) -> HttpResponse:
    assert case.current_unit is not None and case.arrived_at is not None  # in review by constraint
    context = {
        "case": case,
        "name": masking.mask_name(case.name),
        "why": why,
        "says": words.holder(case, why) if why else "",
        "next_says": words.next_step(case, why) if why else "",
        "form": form,
        "finding": finding,
        "found": form.fields["to_unit"].choices,  # type: ignore[attr-defined]
        "waiting": waiting(case.arrived_at, clock.now(), case.session.review_until),
        "invite": _invites(request.actor, case.current_unit, why),
        "extend": why == Why.OVER and request.actor.is_province_bureau,
        "trail": [("卡点", reverse("review:stuck"))],
    }
    return render(request, "review/cure.html", context, status=status)


def _acts(actor: Actor, case: Application, why: Why | None) -> list[str]:
    """What this unit can do about it; nothing after the end of the review, which has to be extended first."""
    own = case.current_unit_id == actor.unit_id
    if why == Why.OVER or (why is None and not own):
        return []
    if own:
        return [TRANSFER]
    return [TRANSFER, SEND_BACK] if why == Why.NO_NEXT else [STAND_IN, TRANSFER, SEND_BACK]


def _invites(actor: Actor, unit: Unit, why: Why | None) -> str:
    """Where members of the unit are invited, where that would help and the actor keeps them; else ""."""
    if why not in (Why.NO_ACCOUNT, Why.NO_IDENTITY, Why.OWN, Why.DECIDED):
        return ""
    try:
        kept.unit_with_members(actor, unit.pk)
    except NotYours:
        return ""
    return reverse("organizations:unit_invite", args=[unit.pk])


def _units(case: Application, text: str) -> list[Unit]:
    """Units in use by what is typed of their name."""
    found = Unit.objects.filter(lookup.named(text), active=True).exclude(name=str(case.current_unit))
    return list(found.select_related("region").order_by("pinyin", "pk")[:MOST_FOUND])


def _chips(kept_conditions: dict[str, str]) -> list[tuple[str, str, str]]:
    words_of = {"why": ("原因", dict(Why.choices).get(kept_conditions.get("why", ""), "")),
                "unit": ("单位", kept_conditions.get("unit", ""))}  # fmt: skip
    return [
        (
            *words_of[key],
            "?" + urlencode({other: value for other, value in kept_conditions.items() if other != key}),
        )
        for key in kept_conditions
    ]


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
