"""The list of people of a plan, and who came."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.views.answers import form_page, missing_unless_yours
from training import services
from training.forms import AttendanceForm, NameFilter, PeopleForm
from training.models import PlanState
from training.plans import queries
from training.plans import rules as plan_rules
from training.records.csv_file import BadLines
from training.services.attendance import LIST_CLOSED, NOT_ACCEPTED, NOT_OVER
from training.views.writing import seen


@missing_unless_yours
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """参训名单: who is on it, and two ways to add."""
    plan = queries.own_plan(request.actor, pk)
    if plan.state == PlanState.HELD or not plan_rules.is_open(plan):
        messages.error(request, LIST_CLOSED)
        return redirect("training:plan", pk)
    narrowed = NameFilter(request.GET)
    text = narrowed.cleaned_data["q"] if narrowed.is_valid() else ""
    known = queries.known_people(plan, text)
    form = PeopleForm(request.POST or None, known=known)
    if request.method == "POST" and form.is_valid() and _added(request, pk, form):
        return redirect("training:people", pk)
    attendees = list(plan.attendees.all())
    context = {"plan": plan, "attendees": attendees, "filter": narrowed, "text": text, "known": known}
    return form_page(request, "training/people.html", form, context)


@require_POST
@missing_unless_yours
def remove(request: ActorRequest, pk: UUID, attendee: UUID) -> HttpResponse:
    try:
        gone = services.remove_person(actor=request.actor, plan_id=pk, attendee_id=attendee)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return redirect("training:plan", pk)
    messages.success(request, f"{gone.name}已移出名单。")
    return redirect("training:people", pk)


@missing_unless_yours
def attendance(request: ActorRequest, pk: UUID) -> HttpResponse:
    """登记出勤, and its correction."""
    plan = queries.own_plan(request.actor, pk)
    if not plan.was_accepted or clock.today() < plan.last_day:
        messages.error(request, NOT_OVER if plan.was_accepted else NOT_ACCEPTED)
        return redirect("training:plan", pk)
    form = AttendanceForm(request.POST or None, attendees=plan.attendees.all())
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        present = {UUID(key) for key in form.cleaned_data["present"]}
        try:
            services.record_attendance(actor=request.actor, plan_id=pk, seen=seen(request), present=present)
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            messages.success(request, f"已登记出勤 {len(present)} 人，学时已记入本人台账。")
            return redirect("training:plan", pk)
    return form_page(request, "training/attendance.html", form, {"plan": plan}, refusal=refusal)


def _added(request: ActorRequest, pk: UUID, form: PeopleForm) -> bool:
    """Whether the people are on the list now; else the form says why not."""
    try:
        done = services.add_people(actor=request.actor, plan_id=pk, **form.cleaned_data)
    except NotYours:
        raise
    except BadLines as bad:
        for place, says in bad.faults:
            form.add_error("pasted", f"第 {place} 行：{says}")
        return False
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    again = f"，另有 {done.already} 人原已在名单上" if done.already else ""
    messages.success(request, f"已加入 {done.added} 人{again}。")
    return True
