"""Two people act on one plan at the same moment: one of them does, the other is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.review.racing import together
from tests.training.planning import accepted, attendees, filed, hours_of, seen_by
from tests.world import World
from training.models import PlanState, TrainingPlan

pytestmark = pytest.mark.long


def post(world: World, who: str, name: str, plan: TrainingPlan, **typed: object) -> int:
    data = {"version": plan.audit_seq, **typed}
    return world.browser(who).post(reverse(f"training:{name}", args=[plan.pk]), data).status_code


def test_a_plan_that_is_accepted_and_returned_at_once_is_only_one_of_both(committed_world: World) -> None:
    world = committed_world
    world.add_person("colleague", unit="group")
    plan = filed(world)

    accept, back = together(
        lambda: post(world, "department", "plan_accept", plan),
        lambda: post(world, "colleague", "plan_return", plan, reason="缺主讲教师"),
    )

    assert sorted([accept, back]) == [302, 409]
    won = PlanState.ACCEPTED if accept == 302 else PlanState.RETURNED
    assert seen_by(world, "department", plan).state == won
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


def test_attendance_recorded_by_two_colleagues_at_once_credits_once(committed_world: World) -> None:
    world = committed_world
    plan = accepted(world, people=["applicant"])
    present = [str(row.pk) for row in attendees(world, plan)]

    answers = together(
        lambda: post(world, "employer", "attendance", plan, present=present, confirmed="on"),
        lambda: post(world, "second_employer", "attendance", plan, present=present, confirmed="on"),
    )

    assert sorted(answers) == [302, 409]
    assert len(hours_of(world, "applicant")) == 1
