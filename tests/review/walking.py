"""A seeded walk over a small province: people file and decide while units, members and sessions change under them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, FilingSession
from applications.states import IN_REVIEW, State
from cehours.lib import clock
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Entrustment, Membership, Unit, User
from organizations.models.user import Role
from organizations.services import members, units
from organizations.services.units import UnitInput
from review import permissions
from review import services as review
from review.cases import routing
from review.services import handing_on, reorganising
from review.stuck import queries
from tests.world import World

EMPLOYERS = (
    "hospital",
    "hospital",
    "hospital",
    "school",
    "factory",
    "firm",
    "society",
    "university",
    "central",
)
CHANGES = (
    "close", "reopen", "merge", "move", "promote", "remove member", "invite member", "edit session", "entrust",
    "revoke",
)  # fmt: skip
LIVE = 4  # cases on their way at any time
REASON = "单位现在没有人可以审核"
SYSTEM = Actor.system("tests")


class Walk:
    """One step is one act of somebody. `met` counts (state of a case, change of the registry) pairs."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)
        self.met: Counter[tuple[str, str]] = Counter()
        self.done: Counter[str] = Counter()
        self.applicants: dict[Any, str] = {}
        self.file(submit=False)  # stays a draft
        self.world.reject(self.file(at="hospital"), by="employer")
        self.world.approve(self.file(at="hospital"), by="employer", opinion=REASON)
        self.spare = [self.world.add_person(f"spare_{number}") for number in range(4)]
        self.now = self.cases()

    # -- what happens

    def step(self) -> None:
        live = [case for case in self.now if case.state in (*IN_REVIEW, State.RETURNED, State.WITHDRAWN)]
        if len(live) < LIVE:
            self.did("file", lambda: self.file())
        elif self.dice.random() < 0.7:
            self.change(self._least_met())
        else:
            self.act_on(self.dice.choice(live))

    def cases(self) -> list[Application]:
        with scope(SYSTEM):
            return list(Application.objects.select_related("current_unit").order_by("created_at", "pk"))

    def _least_met(self) -> str:
        """Mostly the change that met the states of the present cases least often."""
        if self.dice.random() < 0.4:
            return self.dice.choice(CHANGES)
        states = {case.state for case in self.now}
        return min(
            CHANGES, key=lambda name: (min(self.met[state, name] for state in states), self.dice.random())
        )

    def file(self, *, submit: bool = True, at: str = "") -> Application:
        who = f"walker_{len(self.applicants)}"
        actor = self.world.add_person(who)
        case = self.world.draft(by=who, unit=at or self.dice.choice(EMPLOYERS), evidence=False)
        self.applicants[case.pk] = who
        if submit and not at and self.dice.random() < 0.2:  # some work for the unit that will decide
            Membership.objects.get_or_create(user=actor.user, unit=case.employer, role=Role.ADMIN)
        return self.world.submit(case, by=who, evidence_note=REASON) if submit else case

    def act_on(self, case: Application) -> None:
        who = self.applicants[case.pk]
        if case.state not in IN_REVIEW:
            self.did("submit", lambda: self.world.submit(case, by=who, evidence_note=REASON))
            return
        with scope(Actor.system("test")):
            reach = deciders.of_case(case.pk)
        assert reach is not None
        if self.dice.random() < 0.1:
            self.did("withdraw", lambda: self.world.withdraw(case, by=who))
        elif reach.accounts and (reach.why is None or self.dice.random() < 0.5):
            self.decide(case, reach)
        else:
            self.cure(case, reach.why)

    def decide(self, case: Application, reach: deciders.Reach) -> None:
        """Whoever is said to be able to decide can; nothing is refused."""
        user = User.objects.get(pk=self.dice.choice(sorted(reach.accounts)))
        actor = Actor.of(user, Membership.objects.get(user=user, unit=case.current_unit))
        act = self.dice.choices(("approve", "return", "reject"), (75, 20, 5))[0]
        if reach.why == Why.NO_NEXT and act == "approve":
            act = "return"
        with scope(actor):
            if act == "approve":
                seen = Application.objects.select_related(
                    "current_unit__parent", "current_unit__region", "standing_for__parent", "region"
                ).get(pk=case.pk)
                choices = routing.ahead(seen).choices
                following = choices[0].unit.pk if choices else None
                review.approve(
                    actor=actor, case_id=case.pk, seen=case.version, opinion=REASON, next_unit_id=following
                )
            else:
                refuse = review.return_ if act == "return" else review.reject
                refuse(actor=actor, case_id=case.pk, seen=case.version, reason=REASON)
        self.done[act] += 1

    def cure(self, case: Application, why: Why | None) -> None:
        """By somebody of a unit that finds the case on its list, in one of the ways that the page offers."""
        with scope(SYSTEM):
            curers = Membership.objects.filter(unit__active=True, user__is_active=True).select_related(
                "unit", "user"
            )
            wearing = [Actor.of(each.user, each) for each in curers.order_by("pk")]
        able = [actor for actor in wearing if case.pk in {row.pk for row in queries.listed(actor)}]
        if not able:
            return
        actor = self.dice.choice(able)
        given: dict[str, Any] = {"actor": actor, "case_id": case.pk, "seen": case.version, "reason": REASON}
        target = self.dice.choice(list(Unit.objects.filter(active=True).order_by("name")))
        way: dict[str, Callable[[], Any]] = {
            "stand in": lambda: handing_on.stand_in(**given),
            "transfer": lambda: handing_on.transfer(**given, to_unit_id=target.pk),
            "send back": lambda: handing_on.send_back(**given),
        }
        name = self.dice.choices(tuple(way), (50, 40, 10))[0]
        with scope(actor):
            self.did(name, way[name])

    def change(self, name: str) -> None:
        states = {case.state for case in self.now}
        with scope(self.world.bureau):
            if self.did(name, lambda: getattr(self, name.replace(" ", "_"))()):
                self.met.update((state, name) for state in states)

    def did(self, name: str, act: Callable[[], Any]) -> bool:
        """Acts that the rules refuse change nothing, and count as such."""
        try:
            with transaction.atomic():
                act()
        except Refusal:
            self.done[f"{name} refused"] += 1
            return False
        self.done[name] += 1
        return True

    # -- changes of the registry, by the province

    def unit(self, **conditions: Any) -> Unit:
        found = list(Unit.objects.filter(bureau_level="", merged_into=None, **conditions).order_by("name"))
        if not found:
            raise Refusal("none")
        return self.dice.choice(found)

    def change_unit(self, unit: Unit, **changed: Any) -> None:
        names = ("name", "uscc", "affiliation", "nature", "region_id", "parent_id", "top_level", "active")
        years = frozenset(unit.entrustments.values_list("year", flat=True))
        data = UnitInput(**{**{name: getattr(unit, name) for name in names}, "years": years, **changed})
        units.change_unit(actor=self.world.bureau, unit_id=unit.pk, seen=unit.audit_seq, data=data)

    def close(self) -> None:
        self.change_unit(self.unit(active=True), active=False)

    def reopen(self) -> None:
        self.change_unit(self.unit(active=False), active=True)

    def merge(self) -> None:
        unit, into = self.unit(active=True), self.unit(active=True)
        if unit.name.count("新") == 0:  # the cast stays: what merges is a branch of its own
            key = f"branch_{Unit.objects.count()}"
            branch = self.world.add_unit(key, f"新{Unit.objects.count()}院", region=unit.region_id)
            Membership.objects.create(user=self.dice.choice(self.spare).user, unit=branch, role=Role.ADMIN)
            unit = branch
        reorganising.merge_unit(
            actor=self.world.bureau, unit_id=unit.pk, into_id=into.pk, seen=unit.audit_seq
        )

    def move(self) -> None:
        parent = self.unit(active=True)
        self.change_unit(self.unit(active=True), parent_id=self.dice.choice((None, parent.pk)))

    def promote(self) -> None:
        unit = self.unit(active=True)
        self.change_unit(unit, top_level=not unit.top_level)

    def remove_member(self) -> None:
        unit = self.unit(active=True)
        found = list(Membership.objects.filter(unit=unit).order_by("pk"))
        if not found:
            raise Refusal("none")
        gone = self.dice.choice(found)
        if self.dice.random() < 0.5:  # an account that is closed or switched off leaves nobody behind
            Membership.objects.filter(pk=gone.pk).delete()
        else:
            members.remove_member(actor=self.world.bureau, unit_id=unit.pk, membership_id=gone.pk)

    def invite_member(self) -> None:
        Membership.objects.get_or_create(
            user=self.dice.choice(self.spare).user,
            unit=self.unit(active=True),
            defaults={"role": Role.REVIEWER},
        )

    def edit_session(self) -> None:
        now = clock.now()
        over = self.dice.random() < 0.3
        closes = now - timedelta(days=2) if over else now + timedelta(days=40)
        self.world.move_session(closes_at=closes, review_until=closes + timedelta(days=1))

    def entrust(self) -> None:
        unit = self.unit(affiliation="central")
        Entrustment.objects.get_or_create(unit=unit, year=2025)

    def revoke(self) -> None:
        unit = self.unit(affiliation="central")
        self.change_unit(unit, years=frozenset())

    # -- what must hold

    def check(self) -> None:
        """Of every case in review somebody can act, or it is on the list of a unit that can cure it."""
        self.now = self.cases()
        running = [case for case in self.now if case.state in IN_REVIEW]
        with scope(Actor.system("test")):
            reach = deciders.of_cases(case.pk for case in running)
        assert reach.keys() == {case.pk for case in running}
        listed = {row.pk: row.why for row in self._listed()}
        for case in running:
            found = reach[case.pk]
            assert found.accounts or found.why, case
            assert listed.get(case.pk) == found.why, (case, listed.get(case.pk), found)
        if running and self.dice.random() < 0.3:
            self._agrees(self.dice.choice(running), reach)

    def _listed(self) -> list[queries.Stuck]:
        assert Membership.objects.filter(unit=self.world.province, user__is_active=True).exists()
        found: list[queries.Stuck] = []
        with scope(self.world.bureau):
            while page := queries.listed(self.world.bureau, after=found[-1].pk if found else None):
                found += page[: queries.PAGE]
        return found

    def _agrees(self, case: Application, reach: dict[Any, deciders.Reach]) -> None:
        """As `permissions` says it of each account of the unit, one by one."""
        with scope(SYSTEM):
            session = FilingSession.objects.get(pk=case.session_id)
            able = {
                each.user_id
                for each in Membership.objects.filter(unit=case.current_unit).select_related("user", "unit")
                if each.unit.active
                and each.user.is_active
                and session.accepts_reviews(clock.now())
                and permissions.why_may_not_decide(Actor.of(each.user, each), case) is None
            }
        assert reach[case.pk].accounts == able

    def table(self) -> str:
        """Pairs met: a line for each state of a case, a column for each change."""
        head = "state".ljust(18) + " ".join(name.rjust(13) for name in CHANGES)
        lines = [
            state.ljust(18) + " ".join(str(self.met[state, name]).rjust(13) for name in CHANGES)
            for state in State.values
        ]
        return "\n".join([head, *lines, "", ", ".join(f"{key} {n}" for key, n in sorted(self.done.items()))])
