"""合并单位: asked by the bureau that keeps the units, with what will happen to their cases said first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours, Stale
from organizations.models import Unit
from organizations.registry import kept as registry
from organizations.views.asking import asked_again
from review.services import reorganising


class MergeForm(forms.Form):
    """Which unit goes on: found by part of its name, pinyin or initials, then chosen."""

    into_text = forms.CharField(
        label="并入单位",
        required=False,
        max_length=60,
        help_text="输入单位名称、拼音或首字母，点击“查找”后选择。",
    )
    into = forms.TypedChoiceField(
        label="选择并入的单位",
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择并入的单位。", "invalid_choice": "请选择并入的单位。"},
    )

    def __init__(self, data: Any, *, found: list[Unit]) -> None:
        super().__init__(data)
        field = self.fields["into"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(str(unit.pk), unit.name) for unit in found]


@require_http_methods(["GET", "POST"])
@asked_again
def merge_unit(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        unit = registry.kept_unit(request.actor, pk)
    except NotYours:
        raise Http404 from None
    confirmed = request.method == "POST" and "find" not in request.POST
    text = request.POST.get("into_text", "")
    found = [each for each in registry.parents_matching(request.actor, text) if each.pk != unit.pk]
    form = MergeForm(request.POST if confirmed else None, found=found)
    form.initial["into_text"] = text
    if not confirmed:
        return _page(request, unit, form, found)
    if not form.is_valid():
        return _page(request, unit, form, found, status=422)
    return _merge(request, unit, form, found)


def _merge(request: ActorRequest, unit: Unit, form: MergeForm, found: list[Unit]) -> HttpResponse:
    seen = request.POST.get("version", "")
    try:
        successor, moved = reorganising.merge_unit(
            actor=request.actor,
            unit_id=unit.pk,
            into_id=form.cleaned_data["into"],
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        )
    except Stale as stale:
        form.add_error(None, stale.says)
        return _page(request, Unit.objects.get(pk=unit.pk), form, found, status=409)
    except Refusal as refusal:
        form.add_error("into", refusal.says)
        return _page(request, unit, form, found, status=422)
    messages.success(request, f"“{unit.name}”已并入“{successor.name}”，移交在办申报 {moved} 件。")
    return redirect("organizations:units")


def _page(
    request: ActorRequest, unit: Unit, form: MergeForm, found: list[Unit], *, status: int = 200
) -> HttpResponse:
    context = {
        "unit": unit,
        "form": form,
        "found": found,
        "finding": request.method == "POST",
        "cases": reorganising.running_cases(unit),
        "trail": [
            ("首页", reverse("site:home")),
            ("单位", reverse("organizations:units")),
            (unit.name, reverse("organizations:unit_edit", args=[unit.pk])),
        ],
    }
    return render(request, "review/merge_unit.html", context, status=status)
