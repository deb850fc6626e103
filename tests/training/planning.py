"""Acts with training plans that several tests need. Days are counted from today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cehours.lib import clock
from organizations.acting.scope import scope
from organizations.models import Person
from organizations.registry import identity
from tests.world import World
from training import services
from training.models import Attendee, RecognisedHours, TrainingPlan
from training.plans import queries as plans

TOPIC = "危重症护理新技术培训"


def day(after: int) -> date:
    """A day counted from today, kept within this year so that a plan does not cross into the next one."""
    today = clock.today()
    return min(today + timedelta(days=after), date(today.year, 12, 31))


def entered(**changes: Any) -> services.PlanInput:
    plain = {
        "topic": TOPIC,
        "category": "professional",
        "purpose": "建设区域危重症中心，护理岗位需要掌握。",
        "first_day": day(0),
        "last_day": day(0),
        "days": Decimal("0.5"),
        "place": "住院部会议室",
        "lecturers": "",
    }
    return services.PlanInput(**{**plain, **changes})


def line_of(world: World, who: str) -> str:
    """Name and number of a person as they stand in a pasted list."""
    with world.acting(who) as actor:
        person = Person.objects.get(pk=actor.person_id or "")
        return f"{person.name} {identity.number_of(person)}"


def written(
    world: World, *, by: str = "employer", people: Collection[str] = (), **changes: Any
) -> TrainingPlan:
    with world.acting(by) as actor:
        plan = services.write_plan(actor=actor, data=entered(**changes))
    for who in people:
        listed(world, plan, line_of(world, who), by=by)
    return seen_by(world, by, plan)


def listed(world: World, plan: TrainingPlan, pasted: str, *, by: str = "employer") -> None:
    with world.acting(by) as actor:
        services.add_people(actor=actor, plan_id=plan.pk, pasted=pasted)


def filed(world: World, *, by: str = "employer", **more: Any) -> TrainingPlan:
    plan = written(world, by=by, **more)
    with world.acting(by) as actor:
        return services.file_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)


def accepted(world: World, *, to: str = "department", **more: Any) -> TrainingPlan:
    plan = filed(world, **more)
    with world.acting(to) as actor:
        return services.accept_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)


def attended(world: World, plan: TrainingPlan, *names: str, by: str = "employer") -> TrainingPlan:
    """Records that those whose pasted names are given came, and nobody else."""
    plan = seen_by(world, by, plan)
    with world.acting(by) as actor:
        present = {row.pk for row in plan.attendees.all() if row.name in names}
        return services.record_attendance(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, present=present)


def name_of(world: World, who: str) -> str:
    return line_of(world, who).split()[0]


def seen_by(world: World, who: str, plan: TrainingPlan) -> TrainingPlan:
    with world.acting(who) as actor:
        return plans.visible_plan(actor, plan.pk)


def hours_of(world: World, who: str) -> list[tuple[int, str, str, str]]:
    """What stands on record for a person: year, category, hours, title."""
    with scope(world.people[who]):
        rows = RecognisedHours.objects.filter(valid=True)
        return [(row.year, row.category, str(row.hours), row.title) for row in rows]


def attendees(world: World, plan: TrainingPlan, by: str = "employer") -> list[Attendee]:
    with world.acting(by):
        return list(plan.attendees.all())
