"""A correction or withdrawal beside submitting, approving and printing: no case is approved on hours that fell."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from applications import services as filing
from applications.models import Application
from applications.states import State
from cehours.lib.refusal import Refusal
from certificates.models import Certificate
from certificates.services import issue_range
from organizations import audit
from organizations.acting.scope import scope
from organizations.messaging import notices
from review.batches.verdicts import Order
from review.models import BatchAct
from review.services.deciding_many import decide_many
from tests.review.batching import SYSTEM, now_of
from tests.review.racing import between
from tests.training import feeding
from tests.training.feeding import delivered, of, withdrawn
from tests.world import WHY, World
from training.models import RecognisedHours

FALLEN = "学时记录已被撤销"
ASKED = "hours_behind"  # a word of the statement that asks whether the hours still stand


@dataclass
class Stage:
    """A case that took over a record of 30 hours, as far as the act needs it."""

    world: World
    who: str
    number: str
    case: Application

    def hours_fall(self, change: str) -> State:
        """The record is changed and taken up; how far the case had come when that had been done."""
        if change == "withdrawn":
            withdrawn(self.world, self.number)
        else:
            delivered(self.world, [of(self.world, self.who, self.number, hours="20")])
        return State(now_of(self.case).state)

    def submit(self) -> None:
        self.world.submit(self.case, by=self.who)

    def pass_on(self) -> None:
        self.world.approve(self.case, by="society_admin", opinion=WHY)

    def approve(self) -> None:
        self.world.approve(self.case, by="city_bureau", opinion=WHY)

    def approve_in_a_batch(self) -> None:
        order = Order(BatchAct.APPROVE, WHY, over_warnings=True)
        with self.world.acting("city_bureau") as actor:
            (found,) = decide_many(
                actor=actor, order=order, chosen={self.case.pk: self.case.version}
            ).values()
        if not found.done:
            raise Refusal(found.says)

    def print(self) -> None:
        with self.world.acting(self.who) as actor:
            issue_range(actor=actor, from_year=2024, to_year=2024)


BEFORE: dict[str, tuple[Callable[[Stage], Any], ...]] = {
    "submit": (),
    "pass on": (Stage.submit,),
    "approve": (Stage.submit, Stage.pass_on),
    "approve in a batch": (Stage.submit, Stage.pass_on),
    "print": (Stage.submit, Stage.pass_on, Stage.approve),
}
ACTS: dict[str, Callable[[Stage], Any]] = {
    "submit": Stage.submit,
    "pass on": Stage.pass_on,
    "approve": Stage.approve,
    "approve in a batch": Stage.approve_in_a_batch,
    "print": Stage.print,
}
DECIDED = {"pass on": State.BUREAU_REVIEW, "approve": State.APPROVED, "approve in a batch": State.APPROVED}
CHANGES = ("corrected", "withdrawn")


@pytest.fixture
def stages(committed_world: World) -> Iterator[Callable[[str], Stage]]:
    """Makes the stage of an act, each with a case and a record of its own; in the end every trail is whole."""
    world = committed_world
    feeding.base(world)

    def made(act: str) -> Stage:
        who, number = f"learner_{len(world.people)}", f"R-{len(world.people)}"
        world.add_person(who)
        delivered(world, [of(world, who, number, hours="30")])
        case = world.draft(by=who, unit="society", years=(2024,), span_exception="late_entry")
        with world.acting(who) as actor:
            filing.save_year(
                actor=actor,
                application_id=case.pk,
                seen=case.version,
                year=2024,
                activities=[filing.ActivityInput("professional", "专业", Decimal(60), "01")],
                records=[RecognisedHours.objects.get(number=f"XSDX-{number}").pk],
            )
        stage = Stage(world, who, number, world.see(who, case.pk))
        for step in BEFORE[act]:
            step(stage)
            stage.case = now_of(case)
        return stage

    yield made
    with scope(SYSTEM):
        assert list(audit.faults()) == []


def raced(stage: Stage, act: str, change: str, place: int | str) -> bool:
    """Whatever came first: what was decided was decided before the hours fell, and the person knows that they did."""
    mine, then, reached = between(place, lambda: ACTS[act](stage), lambda: stage.hours_fall(change))
    refused = isinstance(mine, Refusal)
    if act in DECIDED:
        assert (then == DECIDED[act]) is not refused, (act, change, place, mine, then)
        assert not refused or FALLEN in str(mine)
    case = now_of(stage.case)
    if act == "submit":
        assert (case.state == State.DRAFT) is refused
        stage.case = case
        if not refused:  # it stops at the first desk
            with pytest.raises(Refusal, match=FALLEN):
                stage.pass_on()
    with scope(SYSTEM):
        assert Certificate.objects.filter(application=case).count() == int(case.state == State.APPROVED)
        hours = RecognisedHours.objects.get(number=f"XSDX-{stage.number}")
        assert (hours.valid, hours.hours) == ((False, 30) if change == "withdrawn" else (True, 20))
    with stage.world.acting(stage.who) as actor:
        assert notices.of(actor).filter(kind="record_changed").count() == 1
    return reached


@pytest.mark.parametrize("act", DECIDED)
def test_hours_that_were_asked_for_do_not_fall_before_the_approval(
    stages: Callable[[str], Stage], act: str
) -> None:
    change = CHANGES[list(DECIDED).index(act) % 2]

    assert raced(stages(act), act, change, ASKED)


def test_at_a_few_moments_that_a_seed_draws(stages: Callable[[str], Stage]) -> None:
    dice = random.Random(20252)
    for act in ("submit", "approve", "print"):
        raced(stages(act), act, dice.choice(CHANGES), dice.randrange(2, 30))


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("act", ACTS)
def test_at_every_other_statement_of_the_act(stages: Callable[[str], Stage], act: str, change: str) -> None:
    place, reached = 1 + CHANGES.index(change), True
    while reached:
        reached = raced(stages(act), act, change, place)
        place += 2
