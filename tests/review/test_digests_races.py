"""Two clocks, a lost bell and a dead worker: each person still gets one digest of a day."""

from __future__ import annotations

import time

from cehours.celery import app
from cehours.lib import clock
from organizations import outbox
from organizations.acting.scope import scope
from organizations.models import Membership, OutboxItem
from review.models import Digest
from review.services import digesting
from tests import databases
from tests.review.batching import SYSTEM, at_the_city
from tests.review.racing import together
from tests.review.test_digests import digests
from tests.world import World


def test_two_clocks_at_once_ask_each_person_once(committed_world: World) -> None:
    asked = together(*[lambda: digesting.ask(clock.today())] * 3)
    with scope(SYSTEM):
        people = Membership.objects.values("user__person").distinct().count()
        assert (sum(asked), Digest.objects.count()) == (people, people)
        assert OutboxItem.objects.filter(task=digesting.TELL).count() == people


def test_a_lost_bell_and_a_dead_worker_only_delay_it(
    committed_world: World, worker: databases.CeleryWorker
) -> None:
    world = committed_world
    at_the_city(world)
    digesting.ask(clock.today())
    app.control.purge()
    worker.start()
    deadline = time.monotonic() + 60
    while not digests(world, "city_bureau"):
        assert time.monotonic() < deadline, "nobody was told"
        outbox.sweep()
        time.sleep(0.2)
    assert len(digests(world, "city_bureau")) == 1
