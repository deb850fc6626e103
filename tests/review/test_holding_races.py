"""Taking back beside taking effect, withdrawing and colleagues; and a worker that dies in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from applications.models import Application, Decision
from applications.services import withdraw
from applications.states import State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from certificates.models import Certificate
from organizations import audit, outbox
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from organizations.models.outbox import OutboxState
from review import services
from review.batches.verdicts import Order
from review.models import BatchAct, HeldDecision, HeldState
from review.services import holding
from tests import databases
from tests.review.batching import SYSTEM, at_the_city, now_of
from tests.review.racing import together
from tests.world import World

pytestmark = pytest.mark.long
OK = Order(BatchAct.APPROVE, "同意。")


def refused(work: Callable[[], Any]) -> Callable[[], bool]:
    """Does it, and answers whether it was refused."""

    def tried() -> bool:
        try:
            work()
        except Refusal:
            return True
        return False

    return tried


def hold(world: World, who: str, case: Application) -> HeldDecision:
    with world.acting(who) as actor:
        return services.hold(actor=actor, case_id=case.pk, seen=case.version, order=OK)


def take_back(world: World, held: HeldDecision) -> None:
    with world.acting("city_bureau") as actor:
        services.take_back(actor=actor, held_id=held.pk)


def take_effect(held: HeldDecision) -> None:
    key = str(held.pk)
    with suppress(Refusal):
        outbox.perform(holding.TAKE_EFFECT, key, lambda: holding.take_effect(key))


def at_once(world: World, held: HeldDecision) -> None:
    with world.acting("city_bureau") as actor:
        services.at_once(actor=actor, held_id=held.pk)


def withdrawn(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        withdraw(actor=actor, application_id=case.pk, seen=case.version)


def ended(held: HeldDecision) -> tuple[str, int, int]:
    """How the decision ended, and how many decisions and certificates there are; the trail is whole."""
    with scope(SYSTEM):
        assert list(audit.faults()) == []
        return (
            HeldDecision.objects.get(pk=held.pk).state,
            Decision.objects.filter(application_id=held.application_id, outcome="approved").count() - 1,
            Certificate.objects.count(),
        )


@pytest.mark.parametrize("turn", range(5))
def test_taken_back_or_in_effect_and_never_both(committed_world: World, turn: int) -> None:
    world = committed_world
    held = hold(world, "city_bureau", now_of(at_the_city(world)))
    late, _, _ = together(
        refused(lambda: take_back(world, held)),
        lambda: take_effect(held),
        refused(lambda: at_once(world, held)),
    )
    expected = (HeldState.DONE, 1, 1) if late else (HeldState.TAKEN_BACK, 0, 0)
    assert ended(held) == expected


@pytest.mark.parametrize("turn", range(5))
def test_withdrawn_or_in_effect_and_never_both(committed_world: World, turn: int) -> None:
    world = committed_world
    case = now_of(at_the_city(world))
    held = hold(world, "city_bureau", case)
    late, _ = together(refused(lambda: withdrawn(world, case)), lambda: take_effect(held))
    assert ended(held) == ((HeldState.DONE, 1, 1) if late else (HeldState.DROPPED, 0, 0))
    assert now_of(case).state == (State.APPROVED if late else State.WITHDRAWN)


@pytest.mark.parametrize("turn", range(5))
def test_of_two_who_decide_one_waits_and_the_other_is_told(committed_world: World, turn: int) -> None:
    world = committed_world
    world.add_person("colleague", unit="changsha")
    case = now_of(at_the_city(world))
    outcomes = together(
        refused(lambda: hold(world, "city_bureau", case)),
        refused(lambda: hold(world, "colleague", case)),
    )
    assert sorted(outcomes) == [False, True]
    with scope(SYSTEM):
        assert HeldDecision.objects.count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_of_two_who_claim_one_has_it(committed_world: World, turn: int) -> None:
    world = committed_world
    world.add_person("colleague", unit="changsha")
    case = now_of(at_the_city(world))

    def claim(who: str) -> None:
        with world.acting(who) as actor:
            services.claim(actor=actor, case_id=case.pk)

    outcomes = together(refused(lambda: claim("city_bureau")), refused(lambda: claim("colleague")))
    assert sorted(outcomes) == [False, True]


def test_a_worker_that_dies_between_decision_and_effect_loses_nothing(
    committed_world: World, worker: databases.CeleryWorker, settings: Any
) -> None:
    """Killed while the decision waits; the sweeper rings again, and the next worker carries it out once."""
    world = committed_world
    settings.DECISION_DELAY_SECONDS = 2
    worker.start()
    case = now_of(at_the_city(world))
    held = hold(world, "city_bureau", case)
    worker.kill()
    assert ended(held) == (HeldState.WAITING, 0, 0)

    worker.start()
    deadline = time.monotonic() + 60
    while now_of(case).state != State.APPROVED:
        assert time.monotonic() < deadline, "the decision did not take effect"
        outbox.sweep()
        time.sleep(0.2)
    assert ended(held) == (HeldState.DONE, 1, 1)
    with scope(SYSTEM):
        item = OutboxItem.objects.get(task=holding.TAKE_EFFECT)
        decision = Decision.objects.get(application=case, unit=world.changsha)
    assert (item.state, item.attempts) == (OutboxState.DONE, 1)
    assert decision.decided_at == held.decided_at
    assert clock.now() - held.decided_at > timedelta(seconds=2)
