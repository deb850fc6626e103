"""备案编号: counted by unit and year, given once, and what was given before stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.review.racing import together
from tests.training.planning import accepted, filed, seen_by
from tests.world import World
from training import services
from training.models import TrainingPlan


def count_of(plan: TrainingPlan) -> str:
    return plan.filing_number.rsplit("-", 1)[1]


def test_a_unit_counts_its_numbers_by_year_from_one(world: World) -> None:
    first, second = accepted(world), accepted(world)
    next_year = date(first.year + 1, 3, 4)
    later = accepted(world, first_day=next_year, last_day=next_year)

    code = world.group.uscc[8:17] or world.group.pk.hex[:9].upper()
    assert first.number == f"PX{first.year}-{code}-0001"
    assert [count_of(each) for each in (first, second, later)] == ["0001", "0002", "0001"]
    assert filed(world).filing_number == "", "only an accepted plan has a number"


def test_a_number_is_not_given_again_after_its_plan_went_on_to_another_unit(world: World) -> None:
    plan = accepted(world)
    with scope(Actor.system("test")):
        TrainingPlan.objects.filter(pk=plan.pk).update(supervisor=world.province)

    assert count_of(accepted(world)) == "0002"


def test_a_plan_accepted_before_numbers_were_counted_keeps_its_old_one(world: World) -> None:
    plan = seen_by(world, "employer", accepted(world))
    plan.filing_number = ""
    assert plan.number == f"PX{plan.year}-{plan.pk.hex[:10].upper()}"


def test_nobody_changes_a_number_once_it_is_given(world: World) -> None:
    plan = accepted(world)
    for who in ("employer", "department"):
        with world.acting(who), pytest.raises(DatabaseError), transaction.atomic():
            TrainingPlan.objects.filter(pk=plan.pk).update(filing_number="PX2026-1-0001")


@pytest.mark.long
def test_two_plans_accepted_at_once_get_two_numbers(committed_world: World) -> None:
    world = committed_world
    world.add_person("colleague", unit="group")
    plans = {"department": filed(world), "colleague": filed(world)}

    def accept(who: str) -> str:
        with world.acting(who) as actor:
            plan = plans[who]
            return count_of(services.accept_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq))

    assert sorted(together(lambda: accept("department"), lambda: accept("colleague"))) == ["0001", "0002"]
