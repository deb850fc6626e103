"""Attendance of a training of several days: taken day by day, then counted into hours (notice 三(一), A52, A86)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow
from training.models import Attendee, PlanState, TrainingPlan
from training.plans import rules as plan_rules
from training.services.attendance import NOT_OVER, on_the_list, settle, to_record

NOT_BY_DAY = "这项培训不按天登记，请在“登记出勤”中办理。"
NOT_THAT_DAY = "{}还没有到，不能登记当天的出勤，请在当天或以后办理。"
NOT_OF_PLAN = "{}不在培训日期之内，请核对。"
NOTHING_TAKEN = "没有可以登记的日期，请先登记出勤。"
MISSING = "{}还没有登记出勤。当天没有培训的，登记为全体缺勤；全部登记后再记入学时。"


@transaction.atomic
def take_days(
    *, actor: Actor, plan_id: UUID, seen: int, came: Mapping[date, Collection[UUID]]
) -> TrainingPlan:
    """登记各天出勤: who came on each of these days, everybody else on the list did not. Again, it corrects.

    Of a held plan the hours change at once. Raises NotYours, Stale, NotNow, NotAllowed naming the field.
    """
    plan = _of_several_days(actor, plan_id, seen)
    if not came:
        raise NotNow(NOTHING_TAKEN)
    for day in sorted(came):
        if not plan.first_day <= day <= plan.last_day:
            raise NotAllowed(NOT_OF_PLAN.format(in_words(day)), field="day")
        if clock.today() < day:
            raise NotNow(NOT_THAT_DAY.format(in_words(day)))
    listed = on_the_list(plan, {pk for present in came.values() for pk in present})
    plan.taken = sorted({*plan.taken, *came})
    plan.save(update_fields=["taken"])
    attendees = list(plan.attendees.all())
    for each in attendees:
        kept = {day for day in each.days if day not in came}
        each.days = sorted(kept | {day for day, present in came.items() if each.pk in present})
    Attendee.objects.bulk_update(attendees, ["days"])
    for day, present in sorted(came.items()):
        numbers = {"present": len(present), "absent": len(listed) - len(present)}
        audit.record(actor, "day_recorded", plan, day=day, **numbers)
    if plan.state == PlanState.HELD:
        _count(actor, plan)
    return plan


@transaction.atomic
def count_hours(*, actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    """记入学时: the training is over and each day is taken; hours by the days attended go on record.

    Raises NotYours, Stale, NotNow.
    """
    plan = _of_several_days(actor, plan_id, seen)
    if clock.today() < plan.last_day:
        raise NotNow(NOT_OVER)
    if missing := plan_rules.not_taken(plan):
        raise NotNow(MISSING.format("、".join(in_words(day) for day in missing)))
    _count(actor, plan)
    return plan


def in_words(day: date) -> str:
    """For example 3月5日; the plan names the year."""
    return f"{day.month}月{day.day}日"


def _of_several_days(actor: Actor, plan_id: UUID, seen: int) -> TrainingPlan:
    plan = to_record(actor, plan_id, seen)
    if not plan_rules.is_by_day(plan):
        raise NotNow(NOT_BY_DAY)
    return plan


def _count(actor: Actor, plan: TrainingPlan) -> None:
    earning = {each.pk for each in plan.attendees.all() if plan_rules.hours_for(plan, each)}
    settle(actor, plan, earning)
