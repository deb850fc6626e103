"""A batch and a single act read the same facts: whatever a case looks like, both say yes or both say no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review import services
from review.batches import verdicts
from review.batches.verdicts import Desk, Order
from review.models import BatchAct
from tests import databases
from tests.review.batching import filed
from tests.world import World

SYSTEM = Actor.system("tests")
REASON = "请补充 2024 年签到表。"


@dataclass(frozen=True)
class Situation:
    """How a case and its surroundings are bent before somebody tries to decide it."""

    case: str  # on which desk it lies
    clerk: str
    act: BatchAct
    next_unit: str | None
    seen: int  # versions behind
    years_met: bool
    warnings: int
    step_back: bool  # as if it stood at the step before
    window: str


SITUATIONS = st.builds(
    Situation,
    case=st.sampled_from(["city", "county", "own"]),
    clerk=st.sampled_from(["city_bureau", "county_bureau", "society_and_city", "nobody", "other_bureau"]),
    act=st.sampled_from(list(BatchAct)),
    next_unit=st.sampled_from([None, "zhuzhou", "changsha"]),
    seen=st.sampled_from([0, 0, 0, 1]),
    years_met=st.sampled_from([True, True, False]),
    warnings=st.sampled_from([0, 0, 1]),
    step_back=st.sampled_from([False, False, True]),
    window=st.sampled_from(["open", "open", "closed", "not yet"]),
)


@pytest.fixture
def bent_world(committed_db: str) -> tuple[World, dict[str, Application]]:
    """Cases that may be bent by hand: the trigger that would refuse it is off in this database."""
    world = World.build()
    world.add_person("society_and_city", unit="changsha", person_of="society_admin")
    world.add_person("clerk_as_person", person_of="city_bureau")
    nobody = world.add_person("nobody", unit="changsha")
    nobody.user.person_id = None
    nobody.user.save()
    cases = {
        "city": world.approve(filed(world), by="society_admin"),
        "own": world.approve(filed(world, by="clerk_as_person"), by="society_admin"),
        "county": world.approve(filed(world, by="other_applicant", unit="factory"), by="factory_admin"),
    }
    databases.as_owner(committed_db, "ALTER TABLE applications_application DISABLE TRIGGER application_guard")
    return world, cases


def bend(world: World, case: Application, situation: Situation) -> None:
    with scope(SYSTEM):
        changed: dict[str, Any] = {"years_met": situation.years_met, "warnings": situation.warnings}
        if situation.step_back:
            changed["step"] = 0
        Application.objects.filter(pk=case.pk).update(**changed)
        now, day = clock.now(), timedelta(days=1)
        opens, closes = {"open": (-9, 9), "closed": (-9, -1), "not yet": (1, 9)}[situation.window]
        world.move_session(
            opens_at=now + opens * day, closes_at=now + closes * day, review_until=now + closes * day
        )


def of_a_single_act(actor: Actor, case: Application, order: Order, seen: int) -> str:
    """ "" when the single act is carried out, else why not; a case with warnings is looked at first (A61)."""
    more = {"actor": actor, "case_id": case.pk, "seen": seen}
    try:
        if order.act == BatchAct.APPROVE:
            services.approve(**more, opinion=order.opinion, next_unit_id=order.next_unit_id)
        elif order.act == BatchAct.RETURN:
            services.return_(**more, reason=REASON)
        else:
            services.reject(**more, reason=REASON)
    except Refusal as refusal:
        return refusal.says
    return ""


def of_a_batch(actor: Actor, case: Application, order: Order, seen: int) -> str:
    rows = verdicts.read(Application.objects.filter(pk=case.pk))
    desk = Desk.of(actor, rows, verdicts.decided_before(actor))
    return desk.verdict(order, rows[0] if rows else None, seen).says


def test_a_batch_refuses_exactly_what_a_single_act_refuses(
    bent_world: tuple[World, dict[str, Application]],
) -> None:
    world, cases = bent_world
    tried = {"yes": 0, "no": 0}

    @settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(SITUATIONS)
    def both_agree(situation: Situation) -> None:
        case, actor = cases[situation.case], world.people[situation.clerk]
        unit = world.units[situation.next_unit].pk if situation.next_unit else None
        order = Order(situation.act, "同意，已核对。", unit)
        with transaction.atomic():
            bend(world, case, situation)
            seen = case.version - situation.seen
            with scope(actor):
                batch = of_a_batch(actor, case, order, seen)
                single = of_a_single_act(actor, case, order, seen)
            transaction.set_rollback(True)
        warned = situation.act == BatchAct.APPROVE and situation.warnings and not single
        assert bool(batch) == bool(single or warned), (situation, batch, single)
        tried["no" if batch else "yes"] += 1

    both_agree()
    assert tried["yes"] > 5 and tried["no"] > 20, tried
