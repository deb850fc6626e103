"""Lists of plans, and the page of one: the same for who wrote it and for who puts it on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

import rules
from cehours.lib import clock
from cehours.lib.paging import keyset_page
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.views.answers import CONFLICT, OK, REFUSED, missing_unless_yours
from training.forms import ReturnForm, YearFilter
from training.models import PlanState
from training.plans import queries
from training.plans import rules as plan_rules
from training.services.daily_attendance import in_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from organizations.models import Event
    from training.models import TrainingPlan

TONES = {
    PlanState.DRAFT: "draft",
    PlanState.FILED: "wait",
    PlanState.RETURNED: "look",
    PlanState.ACCEPTED: "act",
    PlanState.HELD: "done",
}
# What the trail says of each act, and with which sign; {n} from the event's facts. Others are left out.
ACTS = {
    "plan_written": ("新增计划", "done"),
    "plan_changed": ("修改计划", "done"),
    "people_listed": ("加入名单 {added} 人，共 {listed} 人", "done"),
    "person_unlisted": ("移出名单 1 人，剩 {listed} 人", "done"),
    "person_corrected": ("更正名单 1 人", "done"),
    "plan_filed": ("报备", "done"),
    "plan_accepted": ("备案", "done"),
    "plan_returned": ("退回修改", "look"),
    "day_recorded": ("登记 {day} 出勤 {present} 人，缺勤 {absent} 人", "done"),
    "attendance_recorded": ("登记出勤 {present} 人，缺勤 {absent} 人", "done"),
    "hours_recorded": ("学时记入 {people} 人的台账", "done"),
    "plan_followed": ("单位合并，由并入单位继续办理", "done"),
}


@require_safe
@missing_unless_yours
def listing(request: ActorRequest) -> HttpResponse:
    """The unit's own plans; a bureau, which has none, is led to those filed with it."""
    if request.actor.is_bureau:
        return redirect("training:filed")
    queries.may_write(request.actor)
    return _list(request, "training/plans.html", queries.own_plans(request.actor))


@require_safe
@missing_unless_yours
def filed(request: ActorRequest) -> HttpResponse:
    """What subordinates filed: what waits, or everything."""
    if request.actor.unit is None:
        raise NotYours(queries.NO_PLAN)
    plans = queries.filed_plans(request.actor)
    if request.GET.get("all") != "1":
        plans = plans.filter(state=PlanState.FILED)
    return _list(request, "training/filed.html", plans)


@require_safe
@missing_unless_yours
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    return plan_page(request, pk)


def plan_page(
    request: ActorRequest, pk: UUID, *, form: ReturnForm | None = None, refusal: NotAllowed | None = None
) -> HttpResponse:
    """The page of one plan as it is now; after a refused act with what was wrong and what was typed."""
    plan = queries.visible_plan(request.actor, pk)
    credit = plan_rules.credit_of(plan)
    form = form or ReturnForm()
    if refusal is not None and refusal.field in form.fields:
        form.add_error(refusal.field, refusal.says)
    attendees = list(plan.attendees.all())
    context = {
        "plan": plan,
        "tone": TONES[PlanState(plan.state)],
        "mine": plan.unit_id == request.actor.unit_id,
        "theirs": plan.supervisor_id == request.actor.unit_id,
        "target": _target(plan),
        "category": plan_rules.category_name(plan),
        "hours": rules.number_text(plan.hours),
        "days": rules.number_text(plan.days),
        "credit": credit,
        "hour_unit": plan_rules.policy_of(plan).hours,
        "attendees": attendees,
        "present": sum(each.attended is True for each in attendees),
        "waiting": sum(each.attended is True and each.credited_at is None for each in attendees),
        "credited": sum(each.credited_at is not None for each in attendees),
        "is_open": plan_rules.is_open(plan),
        "is_over": clock.today() >= plan.last_day,
        "by_day": plan_rules.is_by_day(plan),
        "has_begun": clock.today() >= plan.first_day,
        "taken": len(plan.taken),
        "can_be_corrected": plan_rules.can_be_corrected(plan),
        "moments": list(_moments(queries.trail(plan))),
        "form": form,
        "says": refusal.says if refusal is not None and refusal.field not in form.fields else "",
    }
    status = CONFLICT if isinstance(refusal, Stale) else REFUSED if refusal or form.errors else OK
    return render(request, "training/plan.html", context, status=status)


def _list(request: ActorRequest, template: str, plans: QuerySet[TrainingPlan]) -> HttpResponse:
    choice = YearFilter(request.GET, years=queries.years_of(plans))
    year = choice.cleaned_data.get("year") if choice.is_valid() else None
    if year:
        plans = plans.filter(year=year)
    page = keyset_page(queries.with_counts(plans), order="-first_day", cursor=request.GET.get("page"))
    everything = request.GET.get("all") == "1"
    kept = {"year": year, "all": "1" if everything else None}
    kept = {key: value for key, value in kept.items() if value}
    context = {
        "filter": choice,
        "year": year,
        "everything": everything,
        "rows": [_row(plan) for plan in page.rows],
        "rate": plan_rules.rate(clock.today().year),
        "tabs": _tabs(request, everything),
        "active": [("年度", f"{year} 年", f"?{urlencode({'all': 1} if everything else {})}")] if year else [],
        "next": f"?{urlencode({**kept, 'page': page.next})}" if page.next else "",
        "previous": f"?{urlencode({**kept, 'page': page.previous})}" if page.previous else "",
    }
    return render(request, template, context)


def _row(plan: TrainingPlan) -> dict[str, Any]:
    return {
        "plan": plan,
        "tone": TONES[PlanState(plan.state)],
        "category": plan_rules.category_name(plan),
        "hours": rules.number_text(plan.hours),
    }


def _tabs(request: ActorRequest, everything: bool) -> list[dict[str, Any]]:
    """The views this unit has: its own plans, unless it is a bureau; what waits, and all, if any are filed with it."""
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = []
    if not request.actor.is_bureau:
        tabs.append(_tab("本单位的计划", reverse("training:plans"), here == "plans"))
    if queries.receives(request.actor):
        address = reverse("training:filed")
        tabs.append(_tab("待备案", address, here == "filed" and not everything))
        tabs.append(_tab("全部报备", f"{address}?all=1", here == "filed" and everything))
    return tabs if len(tabs) > 1 else []


def _tab(label: str, url: str, current: bool) -> dict[str, Any]:
    return {"label": label, "url": url, "count": None, "current": current}


def _target(plan: TrainingPlan) -> str:
    """Where the plan is or will be filed, or why it cannot be."""
    if plan.supervisor is not None:
        return plan.supervisor.name
    try:
        return queries.supervisor_of(plan.unit).name
    except NotAllowed as refusal:
        return refusal.says


def _moments(trail: list[Event]) -> Iterator[dict[str, Any]]:
    for event in trail:
        if event.act not in ACTS:  # a later release's, before a way back
            continue
        what, tone = ACTS[event.act]
        unit = event.unit.name if event.unit else "系统"
        facts = json.loads(event.facts)
        if "day" in facts:
            facts["day"] = in_words(date.fromisoformat(facts["day"]))
        yield {"what": what.format(**facts), "tone": tone, "who": unit, "when": event.at}
