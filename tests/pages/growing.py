"""A world in which every list gets one row more, again and again, through the real acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse

from applications import services
from applications.models import Application
from cehours.lib import clock
from certificates.prints.queue import RENDER
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging.contacts import Contact
from organizations.models.outbox import OutboxItem, OutboxState
from organizations.services import data_requests, members
from tests.certificates.approving import further_session
from tests.review import batching
from tests.training import planning
from tests.world import World, plain_year
from training.models import TrainingPlan


@dataclass
class Growing:
    """The applicant files and is approved at 湘江工程学会 and 星城市人社局; 省第九人民医院 plans and employs."""

    world: World
    rounds: int = 0
    own: list[Application] = field(default_factory=list)
    waiting: list[Application] = field(default_factory=list)
    draft: Application = field(init=False)
    plan: TrainingPlan = field(init=False)

    def __post_init__(self) -> None:
        self.world.add_person("newcomer")
        self.draft = self.world.draft(by="newcomer", years=(), evidence=False)
        self.plan = planning.written(self.world)

    def grow(self) -> None:
        """One row more in every list, and one year more in the cases that stand last."""
        if self.rounds:
            further_session(self.world)
        self._applicants()
        self._reviewers()
        self._registry()
        _let_prints_wait()
        self.rounds += 1

    def _applicants(self) -> None:
        world, number = self.world, self.rounds
        case = batching.at_the_city(world, years=(2024 - number,))
        self.own.append(world.approve(case, by="city_bureau"))
        self.draft = _with_one_year_more(world, self.draft, 2024 - number)
        name = f"petitioner_{number}"
        world.add_person(name)
        with world.acting(name) as actor:
            wanted = data_requests.Identity(name="更名后")
            data_requests.ask_correction(actor=actor, wanted=wanted, reason="已更名")

    def _reviewers(self) -> None:
        world, number = self.world, self.rounds
        for name in (f"waiting_{number}", f"withdrawing_{number}", f"present_{number}"):
            world.add_person(name)
        years = tuple(range(2024 - number, 2025))
        batching.filed(world, by=f"present_{number}", years=(2024,), evidence=False)
        self.waiting.append(batching.at_the_city(world, by=f"waiting_{number}", years=years, evidence=False))
        world.withdraw(
            batching.filed(world, by=f"withdrawing_{number}", evidence=False), by=f"withdrawing_{number}"
        )
        batching.confirmed(world, "city_bureau", [(self.waiting[-1].pk, self.waiting[-1].version)])
        world.browser("society_admin").post(reverse("review:exports"), {"list": "inbox", "filter": ""})

    def _registry(self) -> None:
        world, number = self.world, self.rounds
        world.add_unit(f"unit_{number}", f"新单位{number}", region="430000")
        world.add_person(f"colleague_{number}", unit="hospital")
        with world.acting("employer") as actor:
            phone = Contact.parse(f"1370013700{number}")
            members.invite(actor=actor, unit_id=None, name="待邀请", role="reviewer", contact=phone)
        planning.filed(world, topic=f"第{number}期培训", people=[f"present_{number}"])
        planning.listed(world, self.plan, planning.line_of(world, f"present_{number}"))


def _let_prints_wait() -> None:
    """All that is to be printed was asked for an hour ago, so that the pages say how long it takes on any machine."""
    with scope(Actor.system("tests")):
        waiting = OutboxItem.objects.filter(task=RENDER, state=OutboxState.PENDING)
        waiting.update(created_at=clock.now() - timedelta(hours=1))


def _with_one_year_more(world: World, case: Application, year: int) -> Application:
    with world.acting("newcomer") as actor:
        case.refresh_from_db()
        services.add_year(
            actor=actor, application_id=case.pk, seen=case.version, year=year, activities=plain_year(year)
        )
        world.attach(actor, case, 2024, "completion")
    return case
