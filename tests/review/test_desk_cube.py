"""The acts around a decision, from every state by everybody: only the desk that holds the case, and nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from applications.models import Application
from applications.states import State
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review import services
from review.batches.verdicts import Order
from review.cases import routing
from review.models import BatchAct, HeldDecision
from tests.applications.test_state_machine import HOLDER, ROLES, state_of
from tests.review.batching import SYSTEM, now_of
from tests.world import World

REASON = "请补充 2024 年签到表。"
Act = Callable[[Actor, Application], Any]


def hold(act: BatchAct) -> Act:
    def work(actor: Actor, case: Application) -> None:
        seen = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
        ahead = routing.ahead(seen).choices if seen.step is not None and act == BatchAct.APPROVE else ()
        order = Order(act, REASON, ahead[0].unit.pk if ahead else None)
        services.hold(actor=actor, case_id=case.pk, seen=seen.version, order=order)

    return work


ACTS: dict[str, Act] = {
    "hold an approval": hold(BatchAct.APPROVE),
    "hold a return": hold(BatchAct.RETURN),
    "hold a rejection": hold(BatchAct.REJECT),
    "claim": lambda actor, case: services.claim(actor=actor, case_id=case.pk),
    "take over": lambda actor, case: services.claim(actor=actor, case_id=case.pk, take_over=True),
    "assign": lambda actor, case: services.assign(actor=actor, cases=[case.pk], to=[actor.user_id]),
}


@pytest.mark.parametrize("state", list(State))
def test_only_the_desk_that_holds_a_case_acts_on_it_and_it_stays_where_it_is(
    world: World, state: State
) -> None:
    case = world.application(at=state)
    for name, act in ACTS.items():
        for who in ROLES:
            with transaction.atomic():
                before = state_of(case)
                try:
                    with world.acting(who) as actor:
                        act(actor, case)
                except (Refusal, Application.DoesNotExist):
                    assert HOLDER.get(state) != who, f"{name} by {who} from {state} was refused"
                else:
                    assert HOLDER.get(state) == who, f"{name} by {who} from {state} went through"
                assert state_of(case)[:2] == before[:2]
                transaction.set_rollback(True)


@pytest.mark.parametrize("state", list(HOLDER))
def test_only_who_decided_takes_back_or_hurries(world: World, state: State) -> None:
    case = world.application(at=state)
    with world.acting(HOLDER[state]) as actor:
        hold(BatchAct.RETURN)(actor, case)
    with scope(SYSTEM):
        held = HeldDecision.objects.get()
    for act in (services.take_back, services.at_once):
        for who in ROLES:
            with transaction.atomic():
                try:
                    with world.acting(who) as actor:
                        act(actor=actor, held_id=held.pk)
                except Refusal:
                    assert HOLDER[state] != who
                else:
                    assert HOLDER[state] == who
                    expected = State.RETURNED if act is services.at_once else state
                    assert now_of(case).state == expected
                transaction.set_rollback(True)
