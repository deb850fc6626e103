"""Training plans of the sample: one held in 2024 whose hours can be ticked, one ready to be held, one that waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from cehours.lib import clock
from cehours.sample import people
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Person
from organizations.registry import identity
from training import services
from training.models import TrainingPlan

EMPLOYER, OTHER_EMPLOYER, DEPARTMENT = "danwei", "clinic", "zhuguan1"
HELD = date(2024, 3, 18)
PURPOSE = "围绕建设区域危重症救治中心的发展规划，护理和检验岗位须掌握新技术、新规范。"


@transaction.atomic
def load(attendees: Sequence[str]) -> int:
    """Enters the plans, unless some are there; returns how many. `attendees` are logins of people of the unit."""
    with scope(Actor.system("sample_data")):
        if TrainingPlan.objects.exists():
            return 0
        persons = Person.objects.filter(users__username__in=attendees).order_by("created_at")
        names = "\n".join(f"{each.name} {identity.number_of(each)}" for each in persons)
    employer, other, department = (people.known(login) for login in (EMPLOYER, OTHER_EMPLOYER, DEPARTMENT))
    today = clock.today()
    held = _written(employer, "本单位年度业务培训：危重症护理新技术", HELD, days=2, names=names)
    _file(employer, held, HELD - timedelta(days=10))
    _accept(department, held, HELD - timedelta(days=7))
    _attend(employer, held, HELD + timedelta(days=2))
    ready = _written(employer, "医院感染防控新规范", today, days=1, names=names)
    _file(employer, ready, today - timedelta(days=6))
    _accept(department, ready, today - timedelta(days=5))
    waiting = _written(other, "新生儿复苏技术更新", today + timedelta(days=9), days=1)
    _file(other, waiting, today - timedelta(days=1))
    _written(employer, "检验质量控制与实验室安全", today + timedelta(days=16), days=1)
    return 4


def _written(actor: Actor, topic: str, first_day: date, *, days: int, names: str = "") -> TrainingPlan:
    data = services.PlanInput(
        topic=topic,
        category="professional",
        purpose=PURPOSE,
        first_day=first_day,
        last_day=first_day + timedelta(days=days - 1),
        days=Decimal(days),
        place="本单位学术报告厅",
        lecturers="院外专家二名、本单位高级职称人员三名",
    )
    with clock.at(_morning(first_day - timedelta(days=30))), scope(actor):
        plan = services.write_plan(actor=actor, data=data)
        if names:
            services.add_people(actor=actor, plan_id=plan.pk, pasted=names)
    return plan


def _file(actor: Actor, plan: TrainingPlan, day: date) -> None:
    with clock.at(_morning(day)), scope(actor):
        services.file_plan(actor=actor, plan_id=plan.pk, seen=_trail(plan))


def _accept(actor: Actor, plan: TrainingPlan, day: date) -> None:
    with clock.at(_morning(day)), scope(actor):
        services.accept_plan(actor=actor, plan_id=plan.pk, seen=_trail(plan))


def _attend(actor: Actor, plan: TrainingPlan, day: date) -> None:
    """Everybody came on both days."""
    with clock.at(_morning(day)), scope(actor):
        present = set(plan.attendees.values_list("pk", flat=True))
        came = {plan.first_day: present, plan.last_day: present}
        services.take_days(actor=actor, plan_id=plan.pk, seen=_trail(plan), came=came)
        services.count_hours(actor=actor, plan_id=plan.pk, seen=_trail(plan))


def _trail(plan: TrainingPlan) -> int:
    return TrainingPlan.objects.get(pk=plan.pk).audit_seq


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), clock.SHANGHAI)
