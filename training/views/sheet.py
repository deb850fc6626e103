"""批量新增: a year's plans at once, from a table or from an earlier year. Read first, added when looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

import rules
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.forms import SheetForm, tried
from training.plans import queries
from training.plans import rules as plan_rules
from training.presenters import sheet
from training.services import PlanInput


@missing_unless_yours
def several(request: ActorRequest) -> HttpResponse:
    queries.may_write(request.actor)
    years = [year for year in queries.years_of(queries.own_plans(request.actor)) if year < clock.today().year]
    form = SheetForm(
        request.POST or None, request.FILES or None, initial={"pasted": _earlier(request, years)}
    )
    read: list[PlanInput] = []
    if request.method == "POST" and form.is_valid():
        read = _read(form)
        looked_at = bool(read) and form.cleaned_data["confirmed"] == sheet.digest(read)
        if looked_at and _added(request, form, read):
            return redirect("training:plans")
        if read and not form.errors:  # what a file held stands in the field from now on
            form = SheetForm({"pasted": sheet.written(read)})
    context = {
        "read": [_shown(plan) for plan in read],
        "digest": sheet.digest(read),
        "years": years,
        "copied": request.GET.get("from") if form.initial.get("pasted") and not form.is_bound else "",
        "this_year": clock.today().year,
        "columns": "、".join(column.words[0] for column in sheet.COLUMNS),
    }
    return form_page(request, "training/plans_several.html", form, context)


def _earlier(request: ActorRequest, years: list[int]) -> str:
    """The table of the year that was asked for, on this year's days; "" where there is none."""
    asked = request.GET.get("from", "")
    year = next((each for each in years if str(each) == asked), None)
    if year is None:
        return ""
    plans = queries.own_plans(request.actor).filter(year=year).order_by("first_day", "pk")[: sheet.MOST_PLANS]
    return sheet.written(sheet.taken_over(plans, clock.today().year))


def _read(form: SheetForm) -> list[PlanInput]:
    """Every plan in the field and the file, once each; none when the form says what cannot be read."""
    pasted, content = form.cleaned_data["pasted"], form.cleaned_data["file"]
    plans = tried(form, "pasted", lambda: sheet.read_text(pasted) if pasted else [])
    plans += tried(form, "file", lambda: sheet.read_file(content) if content else [])
    if not plans and not form.errors:
        form.add_error("pasted", "请粘贴或者上传培训计划表。")
    if len(plans) > sheet.MOST_PLANS:
        form.add_error("file", f"一次最多 {sheet.MOST_PLANS} 个计划，请分几次新增。")
    return [] if form.errors else list(dict.fromkeys(plans))


def _added(request: ActorRequest, form: SheetForm, read: list[PlanInput]) -> bool:
    """Whether the plans are there now; else the form says why not."""
    try:
        services.write_plans(actor=request.actor, plans=read)
    except NotYours:
        raise
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, f"已新增 {len(read)} 个草稿，请逐个填写参训名单，核对后报备。")
    return True


def _shown(plan: PlanInput) -> dict[str, Any]:
    policy = plan_rules.policy_for(plan.first_day.year)
    credit = plan_rules.credit(policy, category=plan.category, days=plan.days, first_day=plan.first_day)
    return {
        "plan": plan,
        "category": policy.category_of(plan.category).name,
        "days": rules.number_text(plan.days),
        "hours": "" if credit.hours is None else policy.hours.text(credit.hours),
    }
