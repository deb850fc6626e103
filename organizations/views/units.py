"""The registry of units, for bureaus."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cehours.lib.paging import keyset_page
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.forms.fields import show_refusal
from organizations.forms.units import UnitFilter, UnitForm
from organizations.registry import kept as registry
from organizations.services import units
from organizations.views.answers import form_page, missing_unless_yours
from organizations.views.asking import asked_again

if TYPE_CHECKING:
    from organizations.models import Unit


@missing_unless_yours
def listing(request: ActorRequest) -> HttpResponse:
    chosen = UnitFilter(request.GET, actor=request.actor)
    page = keyset_page(
        registry.units_page(request.actor, chosen.asked()), order="pinyin", cursor=request.GET.get("page")
    )
    conditions = chosen.conditions()
    kept = {name: request.GET[name] for name, _, _ in conditions}
    context = {
        "filter": chosen,
        "page": page,
        "active": [
            (label, words, "?" + urlencode({other: kept[other] for other in kept if other != name}))
            for name, label, words in conditions
        ],
        "next": f"?{urlencode({**kept, 'page': page.next})}" if page.next else "",
        "previous": f"?{urlencode({**kept, 'page': page.previous})}" if page.previous else "",
    }
    return render(request, "organizations/units.html", context)


@missing_unless_yours
@asked_again
def new(request: ActorRequest) -> HttpResponse:
    registry.units_changed_by(request.actor)
    return _edit(request, None)


@missing_unless_yours
@asked_again
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _edit(request, registry.kept_unit(request.actor, pk))


def _edit(request: ActorRequest, unit: Unit | None) -> HttpResponse:
    finding = "find" in request.POST
    data = request.POST if request.method == "POST" else None
    form = UnitForm(data, actor=request.actor, unit=unit, finding=finding)
    refusal: Refusal | None = None
    if data is not None and not finding and form.is_valid():
        try:
            saved = _save(request, unit, form)
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            messages.success(request, f"“{saved.name}”已保存。")
            return redirect("organizations:units")
    context = {
        "unit": unit,
        "version": _version(request, unit, refusal),
        "stale": isinstance(refusal, Stale),
        "finding": finding,
    }
    return form_page(request, "organizations/unit_form.html", form, context, refusal=refusal)


def _save(request: ActorRequest, unit: Unit | None, form: UnitForm) -> Unit:
    if unit is None:
        return units.add_unit(actor=request.actor, data=form.entered())
    seen = request.POST.get("version", "")
    return units.change_unit(
        actor=request.actor,
        unit_id=unit.pk,
        seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        data=form.entered(),
    )


def _version(request: ActorRequest, unit: Unit | None, refusal: Refusal | None) -> str:
    """What the next saving will claim to have seen; after a conflict that is the state now shown as such."""
    if unit is None:
        return ""
    if request.method == "POST" and not isinstance(refusal, Stale):
        return request.POST.get("version", "")
    return str(unit.audit_seq)
