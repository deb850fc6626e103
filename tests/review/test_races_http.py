"""Every two acts on one case at the same moment, over real HTTP against several processes of the web server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from applications.models import Application, Decision, Evidence, Revision
from applications.states import IN_REVIEW, State
from certificates.models import Certificate
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review.models import Batch, BatchAct
from tests.journeys.instance import Instance
from tests.review.batching import at_the_city, now_of, worked_off
from tests.review.racing import Wire, together
from tests.world import World, picture

pytestmark = pytest.mark.long
SYSTEM = Actor.system("tests")
REASON = "请补充 2024 年签到表。"
PROCESSES = 3


@dataclass
class Case:
    """A case at its last step, and the people who act on it."""

    world: World
    row: Application
    applicant: Wire
    clerk: Wire
    clerk_name: str


Act = Callable[[Case], int]


@pytest.fixture
def server(committed_db: str, tmp_path: Path) -> Iterator[Instance]:
    """The web server as production starts it, on this test's database and files, without a worker."""
    instance = Instance(committed_db, tmp_path)
    instance.env["WEB_CONCURRENCY"] = str(PROCESSES)
    instance.fill(people=False)
    try:
        instance.serve()
        yield instance
    finally:
        instance.stop()


def decide(name: str) -> Act:
    def act(case: Case) -> int:
        typed = {"version": case.row.version, "opinion": REASON, "confirm": "yes"}
        return case.clerk.post(reverse(f"review:{name}", args=[case.row.pk]), typed)

    return act


def batch(act: BatchAct) -> Act:
    def run(case: Case) -> int:
        token = uuid4()
        typed = {"pick": f"{case.row.pk}:{case.row.version}", "act": act.value, "opinion": REASON}
        status = case.clerk.post(reverse("review:batch"), {**typed, "confirm": "yes", "token": str(token)})
        with scope(SYSTEM):
            mine = Batch.objects.filter(user=case.world.people[case.clerk_name].user, token=token).first()
        if mine is not None:
            worked_off(mine)
        return status

    return run


def withdraw(case: Case) -> int:
    return case.applicant.post(
        reverse("applications:withdraw", args=[case.row.pk]), {"version": case.row.version}
    )


def resubmit(case: Case) -> int:
    """Takes it back and files it again at once: two requests of the applicant against one of a reviewer."""
    status = withdraw(case)
    if status != 302:
        return status
    typed = {"version": case.row.version + 1, "declared_true": "on", "evidence_note": "原件遗失，单位已证明"}
    return case.applicant.post(reverse("applications:submit", args=[case.row.pk]), typed)


def attach(case: Case) -> int:
    """One more file, possible only when the case has just come back."""
    address = reverse("applications:evidence", args=[case.row.pk, 2024])
    typed = {"rows": "1", "row-0-kind": "completion", "row-0-stamped": "on"}
    return case.applicant.upload(address, typed, "row-0-files", picture("grey"))


def remove(case: Case) -> int:
    """One file less."""
    with scope(SYSTEM):
        paper = Evidence.objects.filter(year_entry__application=case.row).order_by("pk").first()
    assert paper is not None
    return case.applicant.post(reverse("applications:evidence_delete", args=[case.row.pk, paper.pk]), {})


ACTS: dict[str, tuple[Act, State | None]] = {
    "approve": (decide("approve"), State.APPROVED),
    "return": (decide("return"), State.RETURNED),
    "reject": (decide("reject"), State.REJECTED),
    "withdraw": (withdraw, State.WITHDRAWN),
    "resubmit": (resubmit, State.EMPLOYER_REVIEW),
    "batch approve": (batch(BatchAct.APPROVE), State.APPROVED),
    "batch return": (batch(BatchAct.RETURN), State.RETURNED),
    "attach": (attach, None),
    "remove": (remove, None),
}


def possible_ends(one: str, other: str) -> set[State]:
    """Where a case may stand after two acts of which at most one moves it."""
    ends = {end for _, end in (ACTS[one], ACTS[other]) if end is not None} or {State.BUREAU_REVIEW}
    # Taking back and filing again may be overtaken halfway; what was taken back then stays withdrawn.
    return ends | ({State.WITHDRAWN} if "resubmit" in (one, other) else set())


def test_of_every_two_acts_on_one_case_exactly_one_happens(server: Instance, committed_world: World) -> None:
    world = committed_world
    world.add_person("second_clerk", unit="changsha")
    for number, (one, other) in enumerate(itertools.combinations_with_replacement(ACTS, 2)):
        applicant = f"racer_{number}"
        world.add_person(applicant)
        row = now_of(at_the_city(world, by=applicant))
        with ExitStack() as open_links:

            def wire(who: str, open_links: ExitStack = open_links) -> Wire:
                return open_links.enter_context(closing(Wire(world, who, server.port)))

            sides = [
                Case(world, row, wire(applicant), wire(clerk), clerk)
                for clerk in ("city_bureau", "second_clerk")
            ]
            codes = together(
                lambda one=one, side=sides[0]: ACTS[one][0](side),
                lambda other=other, side=sides[1]: ACTS[other][0](side),
            )

        after = now_of(row)
        told = (one, other, after.state, codes)
        assert max(codes) < 500, (told, server.log_of("web"))
        assert after.state in possible_ends(one, other), told
        check_records(row, after, told)
    with scope(SYSTEM):
        serials = list(Certificate.objects.order_by("serial").values_list("serial", flat=True))
        assert serials == list(range(1, len(serials) + 1))
        assert list(audit.faults()) == []


def check_records(before: Application, after: Application, told: Any) -> None:
    """One decision where one was taken, one certificate where one is due, and filed papers as they were filed."""
    with scope(SYSTEM):
        at_this_hop = Decision.objects.filter(
            application=after, hop=before.hop, revision=before.revision
        ).count()
        decided = after.state in (State.APPROVED, State.RETURNED, State.REJECTED)
        assert at_this_hop == (1 if decided else 0), told
        certificates = Certificate.objects.filter(application=after).count()
        assert certificates == (after.state == State.APPROVED), told
        if after.state in (*IN_REVIEW, State.APPROVED, State.REJECTED):
            live = Evidence.objects.filter(year_entry__application=after).values_list("pk", flat=True)
            assert set(live) == filed_papers(after), told


def filed_papers(case: Application) -> set[UUID]:
    """The papers in the newest frozen revision."""
    content = json.loads(Revision.objects.filter(application=case).order_by("-number")[0].content)
    return {UUID(paper["id"]) for year in content["years"] for paper in year["evidence"]}
