"""Redis loses everything in the middle of a batch: each case is decided, numbered and printed, once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from applications.states import State
from cehours.celery import app
from cehours.lib import clock
from certificates.models import CertificateState
from organizations import audit, outbox
from organizations.acting.scope import scope
from organizations.models import Event, OutboxItem
from organizations.models.outbox import OutboxState
from review.models import Batch, BatchState
from review.services import batches
from tests.certificates.approving import SYSTEM, certificates
from tests.certificates.test_outbox import until
from tests.databases import CeleryWorker
from tests.review.batching import at_the_city, confirmed, now_of
from tests.world import World

CASES = 8


@pytest.mark.long
@pytest.mark.requirement("R233")
def test_a_broker_that_forgets_everything_again_and_again_loses_nothing(
    committed_world: World, worker: CeleryWorker
) -> None:
    world, cases = committed_world, []
    for number in range(CASES):
        world.add_person(f"city_{number}")
        cases.append(at_the_city(world, by=f"city_{number}"))
    worker.start()
    batch = confirmed(world, "city_bureau", [(case.pk, now_of(case).version) for case in cases])
    start, hours, printed = clock.now(), count(1), set[int]()

    def flushed_and_swept() -> bool:
        """Whether all is printed; until then Redis is emptied, and beat sweeps as it does every few seconds."""
        with app.connection_for_write() as broker, broker.channel() as channel:
            channel.client.flushdb()
        with clock.at(start + timedelta(hours=next(hours))):
            outbox.sweep()
        printed.add(sum(row.state == CertificateState.READY for row in certificates()))
        return CASES in printed

    assert until(flushed_and_swept, 120), worker.log.read_text()
    assert len(printed) > 2, "it was emptied before and after, but never in the middle"
    with scope(SYSTEM):
        assert Batch.objects.get(pk=batch.pk).state == BatchState.DONE
        serials = [row.serial for row in certificates()]
        assert serials == list(range(serials[0], serials[0] + CASES))
        assert Event.objects.filter(act="printed").count() == CASES
        work = OutboxItem.objects.filter(task__in=[batches.RUN, "certificates.render"])
        assert set(work.values_list("state", flat=True)) == {OutboxState.DONE}
        assert list(audit.faults()) == []
    assert {now_of(case).state for case in cases} == {State.APPROVED}
