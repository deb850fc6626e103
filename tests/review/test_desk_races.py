"""Claim, assign, take back, hand on: each against a decision and against its effect, at every moment of the act."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from applications.models import Application, Decision, Handover
from applications.states import State
from cehours.lib.refusal import Refusal
from certificates.models import Certificate
from organizations import audit, outbox
from organizations.acting.scope import scope
from organizations.models import Membership, Notice, Unit
from review import services
from review.batches.verdicts import Order
from review.models import Assignment, BatchAct, Claim, HeldDecision, HeldState
from review.services import handing_on, holding
from tests.review.batching import SYSTEM, at_the_city, now_of
from tests.review.racing import between
from tests.world import World

APPROVED = Order(BatchAct.APPROVE, "同意。")
RETURNED = Order(BatchAct.RETURN, "请补充 2024 年签到表。")
REASON = "该单位没有可以审核的账号"
CLERK, COLLEAGUE = "city_bureau", "colleague"


@dataclass
class Stage:
    """A case on a desk where two colleagues work, a decision that waits for its effect, and who acts."""

    world: World
    case: Application
    unit: Unit
    clerk: str
    order: Order
    held: HeldDecision | None = None

    def decide(self, who: str = "") -> HeldDecision:
        with self.world.acting(who or self.clerk) as actor:
            return services.hold(actor=actor, case_id=self.case.pk, seen=self.case.version, order=self.order)

    def take_effect(self) -> None:
        with scope(SYSTEM):
            waiting = HeldDecision.objects.filter(application=self.case, state=HeldState.WAITING)
            keys = [str(pk) for pk in waiting.values_list("pk", flat=True)]
        for key in keys:
            outbox.perform(holding.TAKE_EFFECT, key, partial(holding.take_effect, key))

    def claim(self, *, over: bool = False) -> None:
        with self.world.acting(COLLEAGUE) as actor:
            services.claim(actor=actor, case_id=self.case.pk, take_over=over)

    def assign(self) -> None:
        with self.world.acting(self.clerk) as actor:
            services.assign(actor=actor, cases=[self.case.pk], to=[self.world.people[COLLEAGUE].user_id])

    def take_back(self) -> None:
        assert self.held is not None
        with self.world.acting(self.clerk) as actor:
            services.take_back(actor=actor, held_id=self.held.pk)

    def at_once(self) -> None:
        assert self.held is not None
        with self.world.acting(self.clerk) as actor:
            services.at_once(actor=actor, held_id=self.held.pk)

    def transfer(self) -> None:
        with self.world.acting(COLLEAGUE) as actor:
            handing_on.transfer(
                actor=actor,
                case_id=self.case.pk,
                seen=self.case.version,
                to_unit_id=self.world.province.pk,
                reason=REASON,
            )

    def stand_in(self) -> None:
        with self.world.acting("bureau") as actor:
            handing_on.stand_in(actor=actor, case_id=self.case.pk, seen=self.case.version, reason=REASON)


ON_THE_DESK: dict[str, Callable[[Stage], Any]] = {
    "claim": Stage.claim,
    "take over": lambda stage: stage.claim(over=True),
    "assign": Stage.assign,
    "transfer": Stage.transfer,
    "decide": lambda stage: stage.decide(COLLEAGUE),
}
OF_ONES_OWN: dict[str, Callable[[Stage], Any]] = {"take back": Stage.take_back, "at once": Stage.at_once}
STUCK: dict[str, Callable[[Stage], Any]] = {"stand in": Stage.stand_in}
ACTS = ON_THE_DESK | OF_ONES_OWN | STUCK
OTHERS: dict[str, Callable[[Stage], Any]] = {
    "a decision": Stage.decide,
    "a colleague's decision": lambda stage: stage.decide(COLLEAGUE),
    "the effect": Stage.take_effect,
}
PAIRS = [
    *((act, other) for act in (*ON_THE_DESK, *STUCK) for other in ("a decision", "the effect")),
    *((act, other) for act in OF_ONES_OWN for other in ("a colleague's decision", "the effect")),
]


@pytest.fixture
def stages(committed_world: World) -> Iterator[Callable[[str, str], Stage]]:
    """Makes the stage of a pair, each with a case of its own; in the end the trail of all of them is whole."""
    world = committed_world
    world.add_person(COLLEAGUE, unit="changsha")

    def made(act: str, other: str) -> Stage:
        name = f"applicant_{len(world.people)}"
        world.add_person(name)
        if act in STUCK:
            case = world.application(at=State.EMPLOYER_REVIEW, by=name)
            stage = Stage(world, case, world.hospital, "employer", RETURNED)
        else:
            stage = Stage(world, now_of(at_the_city(world, by=name)), world.changsha, CLERK, APPROVED)
        if act in OF_ONES_OWN or other == "the effect":
            stage.held = stage.decide()
        if act in STUCK:  # while its only reviewers are at it, they lose the unit's hat
            Membership.objects.filter(unit=world.hospital).delete()
        return stage

    yield made
    with scope(SYSTEM):
        assert list(audit.faults()) == []


def whole(stage: Stage) -> None:
    """Whatever came first: the case was decided once or not at all, and everything about it says the same."""
    stage.take_effect()
    with scope(SYSTEM):
        case = Application.objects.get(pk=stage.case.pk)
        decided = Decision.objects.filter(application=case, hop=stage.case.hop).count()
        done = list(HeldDecision.objects.filter(application=case).values_list("state", flat=True))
        handed_on = Handover.objects.filter(application=case).exists()
        dropped = Notice.objects.filter(subject_id=case.pk, kind="decision_dropped").count()

        assert HeldState.WAITING not in done
        assert decided == done.count(HeldState.DONE) <= 1
        assert dropped == done.count(HeldState.DROPPED)
        assert Certificate.objects.filter(application=case).count() == int(case.state == State.APPROVED)
        assert not (handed_on and decided)
        if handed_on:
            assert case.current_unit_id not in (None, stage.unit.pk)
        else:
            assert (case.current_unit_id == stage.unit.pk) == (not decided)
        for hint in (Claim, Assignment):
            assert hint.objects.filter(application=case).count() <= 1


def raced(stage: Stage, act: str, other: str, place: int) -> tuple[Any, Any, bool]:
    found = between(place, lambda: ACTS[act](stage), lambda: OTHERS[other](stage))
    whole(stage)
    return found


def test_at_a_few_moments_that_a_seed_draws(stages: Callable[[str, str], Stage]) -> None:
    dice = random.Random(20251)
    for act, other in dice.sample(PAIRS, 3):
        raced(stages(act, other), act, other, dice.randrange(4, 16))


def places(stages: Callable[[str, str], Stage], act: str, other: str) -> Iterator[tuple[Any, Any]]:
    """The pair at every statement of the act (of a decision, which has a hundred, every fifth), at last in turn."""
    place, reached = 1, True
    while reached:
        mine, its, reached = raced(stages(act, other), act, other, place)
        yield mine, its
        place += 5 if act in ("decide", "at once") else 1


@pytest.mark.long
@pytest.mark.parametrize(("act", "other"), PAIRS)
def test_at_every_moment_of_the_act(stages: Callable[[str, str], Stage], act: str, other: str) -> None:
    assert len(list(places(stages, act, other))) > 3


@pytest.mark.long
def test_of_two_who_decide_exactly_one_does_at_every_moment(stages: Callable[[str, str], Stage]) -> None:
    for mine, its in places(stages, "decide", "a decision"):
        assert isinstance(mine, Refusal) != isinstance(its, Refusal)
