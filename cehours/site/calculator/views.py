"""The page, which works without a script, and the answer to each change while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from applications.views import calculated
from cehours.middleware import UNSCOPED
from cehours.site import policies
from cehours.site.calculator import basket, catalogue, facts, reckoning, state
from cehours.site.calculator.reckoning import Result
from cehours.site.calculator.state import State

FULL = "一年里加入的活动太多，请先移除几项。"


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`act`: count (say what is missing) or add (put it into the year); without it nothing is demanded."""
    asked = state.read(request.GET)
    act = request.GET.get("act", "")
    context: dict[str, Any] = {
        "state": asked,
        "hour_unit": asked.policy.hours,
        "trail": [("首页", reverse("site:home"))],
        **_choices(asked),
    }
    wrong = False
    if asked.kind:
        reading = facts.read(asked)
        outcome = reckoning.work_out(asked, reading)
        says = {**(reading.missing if act else {}), **outcome.wrong}
        if act == "add" and outcome.result:
            entries = (*asked.entries, outcome.result.entry)
            if basket.fits(entries):
                return _added(request, asked, entries, outcome.result)
            says = {"": FULL}
        wrong = bool(act and says)
        context |= {"form": facts.FactsForm(asked, reading, says), "outcome": outcome, "act": act}
    else:
        context["groups"] = catalogue.groups(asked)
    context["year"] = reckoning.put_together(asked)
    return render(request, "site/calculator/page.html", context, status=422 if wrong else 200)


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The result and what is to be said at the fields, while one types; asks no database.

    `typing`: the field under the cursor, about which nothing is said before it is left.
    """
    if not request.GET.get("policy"):
        return HttpResponseBadRequest()
    asked = state.read(request.GET)
    if asked.kind is None:
        return HttpResponseBadRequest()
    reading = facts.read(asked)
    outcome = reckoning.work_out(asked, reading, request.GET.get("typing", ""))
    form = facts.FactsForm(asked, reading, outcome.wrong)
    slots = [(slot, slot.comes_and_goes and slot.asked != (slot.name in request.GET)) for slot in form.slots]
    context = {"state": asked, "hour_unit": asked.policy.hours, "outcome": outcome, "slots": slots}
    response = render(request, "site/calculator/_live.html", context)
    response["HX-Replace-Url"] = asked.url()
    return response


setattr(live, UNSCOPED, True)


@login_not_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """带入申报: keeps the year put together in the session; which year it becomes is asked after signing in."""
    asked = state.read(request.POST)
    if not asked.entries:
        messages.info(request, "还没有加入活动。算好一项，点“加入我的一年”，再带入申报。")
        return redirect(asked.url("year"))
    entries = [(entry.kind, entry.category, dict(entry.facts)) for entry in asked.entries]
    calculated.keep(request.session, calculated.Calculated(asked.policy.key, asked.year, entries))
    return redirect("applications:calculated")


def _choices(asked: State) -> dict[str, Any]:
    """Links that change the year, the policy or the category and keep everything else."""
    return {
        "year_tabs": [
            {
                "label": f"{year} 年",
                "url": asked.url(year=year),
                "count": None,
                "current": year == asked.year,
            }
            for year in state.years(asked.policy)
        ],
        "policies": [
            (policy, f"{reverse('site:calculator')}?{urlencode({'policy': policy.key})}")
            for policy in policies.all_policies()
        ],
        "category_links": [
            (category, asked.url("activity", category=category.key, kind=None, facts=()))
            for category in asked.policy.categories
        ],
        "any_category_url": asked.url("activity", category="", kind=None, facts=()),
        "other_kind_url": asked.url("activity", kind=None, facts=()),
        "clear_url": asked.url("year", entries=()),
    }


def _added(
    request: HttpRequest, asked: State, entries: tuple[basket.Entry, ...], result: Result
) -> HttpResponse:
    name = asked.policy.kind_of(result.entry.kind).name
    hours = f"，{result.figure} {asked.policy.hours.word}" if result.figure else ""
    messages.success(request, f"已加入 {asked.year} 年度：{name}{hours}。")
    return redirect(asked.url("year", entries=entries, kind=None, facts=(), category=""))
