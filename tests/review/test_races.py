"""Batches beside batches, single acts, stopping and kills: nothing is done by halves, nothing twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from certificates.models import Certificate
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from organizations.models.outbox import OutboxState
from review.models import Batch, BatchItem, BatchState
from review.services import batches
from tests import databases
from tests.benchmarks import _cases
from tests.review.batching import at_the_city, confirmed, filed, now_of, worked_off
from tests.review.racing import together
from tests.world import World

pytestmark = pytest.mark.long
SYSTEM = Actor.system("tests")


def approve_by_page(world: World, case: Application, who: str) -> int:
    typed = {"version": case.version, "opinion": "同意", "confirm": "yes"}
    return world.browser(who).post(reverse("review:approve", args=[case.pk]), typed).status_code


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
        lambda: [approve_by_page(world, case, "city_bureau") for case in cases[::2]],
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
