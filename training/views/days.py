"""Attendance of a training of several days: each day by hand or all by a workbook, the hours, and sheets to sign."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

import rules
from cehours.lib import clock
from cehours.lib.workbooks import XLSX
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.forms.fields import show_refusal
from organizations.views.answers import CONFLICT, OK, REFUSED, form_page, missing_unless_yours
from training import services
from training.forms import AttendanceSheetForm, CountForm, DayAttendanceForm, DayForm, tried
from training.models import TrainingPlan
from training.plans import attendance_sheet, queries
from training.plans import rules as plan_rules
from training.services.attendance import NOT_ACCEPTED
from training.services.daily_attendance import in_words
from training.views.people import tell_credited
from training.views.writing import seen

MOST_LISTED = attendance_sheet.MOST_DAYS


@missing_unless_yours
def days(request: ActorRequest, pk: UUID) -> HttpResponse:
    """登记出勤: what is taken of each day; POST counts the hours."""
    plan = _plan(request, pk)
    if plan is None:
        return redirect("training:plan", pk)
    form = CountForm(request.POST or None)
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            services.count_hours(actor=request.actor, plan_id=pk, seen=seen(request))
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            tell_credited(request, plan)
            return redirect("training:plan", pk)
    return _page(request, plan, form, refusal=refusal)


@require_POST
@missing_unless_yours
def upload(request: ActorRequest, pk: UUID) -> HttpResponse:
    """出勤表: all days that are filled in, or none."""
    plan = _plan(request, pk)
    if plan is None:
        return redirect("training:plan", pk)
    sheet = AttendanceSheetForm(request.POST, request.FILES)
    refusal: NotAllowed | None = None
    if sheet.is_valid():
        content, attendees = sheet.cleaned_data["file"], list(plan.attendees.all())
        calendar = plan_rules.calendar(plan)
        read = tried(
            sheet,
            "file",
            lambda: [attendance_sheet.read(content, attendees, calendar, clock.today())],
        )
        if read:
            try:
                services.take_days(actor=request.actor, plan_id=pk, seen=seen(request), came=read[0])
            except NotYours:
                raise
            except NotAllowed as problem:
                refusal = problem
                show_refusal(sheet, problem)
            else:
                taken = "、".join(in_words(day) for day in sorted(read[0]))
                messages.success(request, f"已登记 {taken} 的出勤，请核对各天人数。")
                return redirect("training:attendance_days", pk)
    return _page(request, plan, CountForm(), sheet=sheet, refusal=refusal)


@require_safe
@missing_unless_yours
def workbook(request: ActorRequest, pk: UUID) -> HttpResponse:
    """出勤表, to fill in: with a column for each day, where they are not too many."""
    plan = _plan(request, pk)
    if plan is None:
        return redirect("training:plan", pk)
    content = attendance_sheet.written(list(plan.attendees.all()), _listed(plan))
    headers: dict[str, Any] = {"Content-Disposition": content_disposition_header(True, "出勤表.xlsx")}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@missing_unless_yours
def day(request: ActorRequest, pk: UUID, day: str) -> HttpResponse:
    """One day: who came."""
    plan, when = _plan(request, pk), _day(day)
    if plan is None:
        return redirect("training:plan", pk)
    if not plan.first_day <= when <= plan.last_day:
        raise Http404
    attendees = list(plan.attendees.all())
    form = DayAttendanceForm(request.POST or None, attendees=attendees, day=when, taken=when in plan.taken)
    refusal: NotAllowed | None = None
    if request.method == "POST" and form.is_valid():
        present = {UUID(key) for key in form.cleaned_data["present"]}
        try:
            services.take_days(actor=request.actor, plan_id=pk, seen=seen(request), came={when: present})
        except NotYours:
            raise
        except NotAllowed as problem:
            refusal = problem
            show_refusal(form, problem)
        else:
            absent = len(attendees) - len(present)
            messages.success(request, f"已登记 {in_words(when)} 出勤 {len(present)} 人，缺勤 {absent} 人。")
            return redirect("training:attendance_days", pk)
    context = {"plan": plan, "day": when, "taken": when in plan.taken}
    return form_page(request, "training/attendance_day.html", form, context, refusal=refusal)


@require_safe
@missing_unless_yours
def sign_in(request: ActorRequest, pk: UUID) -> HttpResponse:
    """签到表: a sheet to sign for each day, to be printed; of one day too."""
    plan = queries.own_plan(request.actor, pk)
    if not plan.was_accepted:
        messages.error(request, NOT_ACCEPTED)
        return redirect("training:plan", pk)
    wanted = request.GET.get("day", "")
    sheets: list[date | None] = [each for each in _listed(plan) if wanted in ("", each.isoformat())]
    # Where no day can be named, one sheet without a date.
    context = {"plan": plan, "sheets": sheets or [None], "attendees": list(plan.attendees.all())}
    return render(request, "training/sign_in.html", context)


def _plan(request: ActorRequest, pk: UUID) -> TrainingPlan | None:
    """The accepted plan whose attendance is taken by day; None, with the reason told, where it is not."""
    plan = queries.own_plan(request.actor, pk)
    if plan.was_accepted and plan_rules.is_by_day(plan):
        return plan
    if not plan.was_accepted:
        messages.error(request, NOT_ACCEPTED)
    return None


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Http404 from None


def _listed(plan: TrainingPlan) -> list[date]:
    """The days that can be named: all of a training that fills its calendar, else those taken."""
    calendar = plan_rules.calendar(plan)
    fills = plan.days > len(calendar) - 1
    return calendar if fills and len(calendar) <= MOST_LISTED else sorted(plan.taken)


def _page(
    request: ActorRequest,
    plan: TrainingPlan,
    form: CountForm,
    *,
    sheet: AttendanceSheetForm | None = None,
    refusal: NotAllowed | None = None,
) -> HttpResponse:
    attendees, today = list(plan.attendees.all()), clock.today()
    choice, chosen = DayForm(request.GET or None), ""
    if choice.is_bound and choice.is_valid():
        chosen = choice.cleaned_data["day"].isoformat()
        return redirect("training:attendance_day", plan.pk, chosen)
    listed = _listed(plan)
    context = {
        "plan": plan,
        "form": form,
        "sheet": sheet or AttendanceSheetForm(),
        "choice": choice,
        "choosing": len(listed) < len(plan_rules.calendar(plan)),
        "days": [_row(plan, attendees, each, today) for each in listed],
        "missing": "、".join(in_words(each) for each in plan_rules.not_taken(plan)),
        "is_over": today >= plan.last_day,
        "taken": len(plan.taken),
        "lines": [_line(plan, each) for each in attendees] if plan.taken else [],
        "full": rules.number_text(plan.hours),
        "can_be_corrected": plan_rules.can_be_corrected(plan),
        "hour_unit": plan_rules.policy_of(plan).hours,
    }
    wrong = refusal or form.errors or (sheet and sheet.errors)
    status = CONFLICT if isinstance(refusal, Stale) else REFUSED if wrong else OK
    return render(request, "training/attendance_days.html", context, status=status)


def _row(plan: TrainingPlan, attendees: list[Any], when: date, today: date) -> dict[str, Any]:
    present = sum(when in each.days for each in attendees)
    return {
        "day": when,
        "key": when.isoformat(),
        "taken": when in plan.taken,
        "has_come": when <= today,
        "present": present,
        "absent": len(attendees) - present,
    }


def _line(plan: TrainingPlan, attendee: Any) -> dict[str, Any]:
    return {
        "attendee": attendee,
        "came": len(attendee.days),
        "days": rules.number_text(plan_rules.days_for(plan, len(attendee.days))),
        "hours": rules.number_text(plan_rules.hours_for(plan, attendee)),
    }
