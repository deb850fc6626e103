"""Two people, one case, the same moment: one of them acts, the other learns it, and nothing is done by halves."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.urls import reverse

from applications import services as filing
from applications.models import Application, Decision
from applications.states import State
from cehours.lib.refusal import Refusal
from certificates.models import Certificate
from organizations import audit, outbox
from organizations.actor import Actor
from organizations.models import OutboxItem
from organizations.models.outbox import OutboxState
from organizations.scope import scope
from review.models import Batch, BatchAct, BatchItem, BatchState
from review.services import batches
from tests import databases
from tests.benchmarks import _cases
from tests.review.batching import at_the_city, confirmed, filed, now_of, worked_off
from tests.world import World

pytestmark = pytest.mark.long
SYSTEM = Actor.system("tests")
REASON = "请补充 2024 年签到表。"
Act = Callable[[World, Application, str], int]


def together(*works: Callable[[], Any]) -> list[Any]:
    """Starts all at one barrier, each in a thread with its own connection; returns what each returned."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            found[place] = work()
        except BaseException as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found


def _decide(name: str) -> Act:
    def act(world: World, case: Application, who: str) -> int:
        typed = {"version": case.version, "opinion": REASON, "confirm": "yes"}
        return world.browser(who).post(reverse(f"review:{name}", args=[case.pk]), typed).status_code

    return act


def _withdraw(world: World, case: Application, who: str) -> int:
    browser = world.browser(_applicant_of(world, case))
    return browser.post(
        reverse("applications:withdraw", args=[case.pk]), {"version": case.version}
    ).status_code


def _resubmit(world: World, case: Application, who: str) -> int:
    """Takes it back and files it again at once: two steps of the applicant against one of a reviewer."""
    applicant = world.people[_applicant_of(world, case)]
    try:
        with scope(applicant):
            back = filing.withdraw(actor=applicant, application_id=case.pk, seen=case.version)
        with scope(applicant):
            filing.submit(actor=applicant, application_id=case.pk, seen=back.version, declared_true=True)
    except Refusal:
        return 409
    return 302


def _batch(act: BatchAct) -> Act:
    def run(world: World, case: Application, who: str) -> int:
        chosen = {"pick": f"{case.pk}:{case.version}", "act": act.value, "opinion": REASON}
        answer = world.browser(who).post(
            reverse("review:batch"), {**chosen, "confirm": "yes", "token": str(uuid4())}
        )
        with scope(SYSTEM):
            mine = Batch.objects.filter(user=world.people[who].user).order_by("-created_at").first()
        if answer.status_code == 302 and mine is not None:
            worked_off(mine)
        return answer.status_code

    return run


ACTS: dict[str, Act] = {
    "approve": _decide("approve"),
    "return": _decide("return"),
    "reject": _decide("reject"),
    "withdraw": _withdraw,
    "resubmit": _resubmit,
    "batch approve": _batch(BatchAct.APPROVE),
    "batch return": _batch(BatchAct.RETURN),
}
LEADS_TO = {
    "approve": State.APPROVED,
    "return": State.RETURNED,
    "reject": State.REJECTED,
    "withdraw": State.WITHDRAWN,
    "resubmit": State.EMPLOYER_REVIEW,
    "batch approve": State.APPROVED,
    "batch return": State.RETURNED,
}


def _applicant_of(world: World, case: Application) -> str:
    return next(
        name for name, who in world.people.items() if who.person_id == case.person_id and not who.unit_id
    )


def test_of_every_two_acts_on_one_case_exactly_one_happens(committed_world: World) -> None:
    world = committed_world
    world.add_person("second_clerk", unit="changsha")
    for number, (one, other) in enumerate(itertools.combinations_with_replacement(ACTS, 2)):
        world.add_person(f"racer_{number}")
        case = now_of(at_the_city(world, by=f"racer_{number}"))

        codes = together(
            lambda one=one, case=case: ACTS[one](world, case, "city_bureau"),
            lambda other=other, case=case: ACTS[other](world, case, "second_clerk"),
        )

        after = now_of(case)
        assert max(codes) < 500, (one, other, codes)
        # Taking back and filing again may also be overtaken halfway; what was taken back then stays withdrawn.
        possible = {LEADS_TO[one], LEADS_TO[other]} | (
            {State.WITHDRAWN} if "resubmit" in (one, other) else set()
        )
        assert after.state in possible, (one, other, after.state, codes)
        with scope(SYSTEM):
            at_this_hop = Decision.objects.filter(application=case, hop=case.hop, revision=case.revision)
            decided = after.state in (State.APPROVED, State.RETURNED, State.REJECTED)
            assert at_this_hop.count() == (1 if decided else 0), (one, other)
            certificates = Certificate.objects.filter(application=case).count()
            assert certificates == (after.state == State.APPROVED), (one, other)
    with scope(SYSTEM):
        serials = list(Certificate.objects.order_by("serial").values_list("serial", flat=True))
        assert serials == list(range(1, len(serials) + 1))
        assert list(audit.faults()) == []


def test_two_batches_over_the_same_cases_and_single_acts_between_them_never_wait_for_each_other(
    committed_world: World,
) -> None:
    """Chosen in opposite orders: without one order of locking, the two would hold what the other wants."""
    world = committed_world
    world.add_person("second_clerk", unit="changsha")
    cases = []
    for number in range(6):
        world.add_person(f"racer_{number}")
        cases.append(now_of(at_the_city(world, by=f"racer_{number}")))
    seen = [(case.pk, case.version) for case in cases]
    first = confirmed(world, "city_bureau", seen)
    second = confirmed(world, "second_clerk", seen[::-1])

    together(
        lambda: worked_off(first),
        lambda: worked_off(second),
        lambda: [ACTS["approve"](world, case, "city_bureau") for case in cases[::2]],
    )

    assert {now_of(case).state for case in cases} == {State.APPROVED}
    with scope(SYSTEM):
        assert Decision.objects.filter(unit=world.changsha).count() == 6
        assert sorted(Certificate.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
        assert {batch.state for batch in Batch.objects.all()} == {BatchState.DONE}
        assert list(audit.faults()) == []


def test_two_clicks_at_the_same_moment_make_one_batch(committed_world: World) -> None:
    world = committed_world
    case, token = now_of(at_the_city(world)), uuid4()
    seen = [(case.pk, case.version)]

    found = together(*[lambda: confirmed(world, "city_bureau", seen, token=token)] * 4)

    assert len({batch.pk for batch in found}) == 1
    with scope(SYSTEM):
        assert Batch.objects.count() == BatchItem.objects.count() == 1


def test_stopping_while_it_runs_leaves_every_case_either_done_or_untouched(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = committed_world
    monkeypatch.setattr(batches, "CHUNK", 1)
    cases = []
    for number in range(8):
        world.add_person(f"racer_{number}")
        cases.append(now_of(at_the_city(world, by=f"racer_{number}")))
    batch = confirmed(world, "city_bureau", [(case.pk, case.version) for case in cases])
    stop = reverse("review:batch_stop", args=[batch.pk])

    together(lambda: worked_off(batch), lambda: world.browser("city_bureau").post(stop))

    states = [now_of(case).state for case in cases]
    with scope(SYSTEM):
        batch = Batch.objects.get()
    assert batch.state in (BatchState.STOPPED, BatchState.CANCELLED, BatchState.DONE)
    assert states.count(State.APPROVED) == batch.done
    assert states.count(State.BUREAU_REVIEW) == len(cases) - batch.done


def test_a_worker_killed_in_the_middle_loses_nothing_and_does_nothing_twice(
    committed_db: str, worker: databases.CeleryWorker
) -> None:
    """Killed with -9 inside the second chunk, while it waits for a case that this test holds."""
    world = World.build()
    case = world.approve(filed(world), by="society_admin")
    _cases.multiply(committed_db, case, batches.CHUNK + 50)
    with world.acting("city_bureau"):
        seen = list(Application.objects.filter(current_unit=world.changsha).values_list("pk", "version"))
    batch = confirmed(world, "city_bureau", seen)
    with transaction.atomic(), scope(SYSTEM):
        Application.objects.select_for_update(of=("self",)).get(pk=seen[-1][0])
        worker.start()
        _until(lambda: _waits_for_a_lock(committed_db))
        worker.kill()

    with scope(SYSTEM):
        batch.refresh_from_db()
        assert (batch.state, batch.done) == (BatchState.RUNNING, batches.CHUNK)
        assert Decision.objects.filter(unit=world.changsha).count() == batches.CHUNK
        OutboxItem.objects.filter(task=batches.RUN, state=OutboxState.PENDING).update(
            run_after=batch.created_at
        )
    worker.start()
    outbox.sweep()

    _until(lambda: _state_of(batch) == BatchState.DONE)
    with scope(SYSTEM):
        assert Decision.objects.filter(unit=world.changsha).count() == len(seen)
        assert sorted(Certificate.objects.values_list("serial", flat=True)) == list(range(1, len(seen) + 1))
        assert not BatchItem.objects.exclude(outcome="done").exists()
        assert list(audit.faults()) == []


def _state_of(batch: Batch) -> str:
    with scope(SYSTEM):
        return Batch.objects.get(pk=batch.pk).state


def _waits_for_a_lock(database: str) -> bool:
    link = databases.connect_as_owner("postgres")
    try:
        with link.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE a.datname = %s AND NOT l.granted",
                [database],
            )
            return bool(cursor.fetchone()[0])
    finally:
        link.close()


def _until(come_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not come_true():
        assert time.monotonic() < deadline, f"{come_true.__code__.co_names} did not come true in time"
        time.sleep(0.1)
