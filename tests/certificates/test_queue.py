"""Many at once: printed in lots behind what is asked for singly, each once, and everybody reads how many are ahead."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from cehours.lib import clock
from certificates import sealing, tasks
from certificates.models import Certificate, CertificateState
from certificates.prints import queue, stored
from certificates.sealing import validating
from certificates.services import printing_many
from organizations import audit, outbox
from organizations.acting.scope import scope
from organizations.models import Event, Notice, OutboxItem
from tests.certificates.approving import SYSTEM, approved, certificates
from tests.certificates.many import let_wait
from tests.certificates.random_sheets import random_sheets
from tests.certificates.test_outbox import until
from tests.databases import CeleryWorker
from tests.world import World

WHO = ("applicant", "other_applicant")


@pytest.fixture(autouse=True)
def whole_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr(printing_many, "LONG_ENOUGH", 600)


@pytest.fixture
def waiting(world: World) -> list[Certificate]:
    """The certificates of several people, none printed yet."""
    for who in WHO:
        approved(world, by=who)
    return certificates()


def states() -> list[str]:
    return [row.state for row in certificates()]


def rows() -> list[OutboxItem]:
    with scope(SYSTEM):
        return list(OutboxItem.objects.filter(task="certificates.render").order_by("created_at"))


def test_a_lot_is_printed_sealed_stored_shown_and_told_as_each_alone(waiting: list[Certificate]) -> None:
    tasks.print_waiting()
    done = certificates()
    assert [row.state for row in done] == [CertificateState.READY] * len(waiting)
    assert {row.state for row in rows()} == {"done"}
    with scope(SYSTEM):
        for row in done:
            content = stored.stored_bytes(row)
            assert validating.examine(content, sealing.trusted(), clock.now()).sound
            assert row.size == len(content)
            assert (
                Event.objects.filter(subject_id=row.pk, act="printed", facts__contains=row.sha256).count()
                == 1
            )
            assert Notice.objects.filter(subject_id=row.pk, kind="certificate_ready").count() == 1
        assert list(audit.faults()) == []


def test_printed_again_nothing_happens(waiting: list[Certificate]) -> None:
    tasks.print_waiting()
    before = [row.rendered_at for row in certificates()]
    tasks.print_waiting()
    tasks.render(str(waiting[0].pk))
    assert [row.rendered_at for row in certificates()] == before


def test_one_that_cannot_be_printed_holds_up_none_and_says_why(
    waiting: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = printing_many.Sheet.from_json
    bad = waiting[0].sheet

    def broken(text: str) -> Any:
        if text == bad:
            raise ValueError("认定单记录已损坏。")
        return read(text)

    monkeypatch.setattr("certificates.paper.sheet.Sheet.from_json", broken)
    tasks.print_waiting()
    assert states() == [CertificateState.PENDING, CertificateState.READY]
    with pytest.raises(ValueError, match="已损坏"):
        tasks.render(str(waiting[0].pk))  # as its own bell does
    assert rows()[0].error == "ValueError: 认定单记录已损坏。"


def test_while_the_seal_is_away_all_wait_and_none_is_given_up(
    waiting: list[Certificate], settings: Any
) -> None:
    ours = settings.SEAL_BACKEND
    settings.SEAL_BACKEND = "tests.certificates.seals.DeadSeal"
    tasks.print_waiting()
    assert [(row.state, row.attempts, row.error) for row in rows()] == [("pending", 0, "印章服务停用。")] * 2
    settings.SEAL_BACKEND = ours
    with clock.at(clock.now() + timedelta(hours=1)):
        tasks.print_waiting()
    assert set(states()) == {CertificateState.READY}


def test_what_the_database_refuses_together_is_done_one_by_one(
    waiting: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    bells: list[tuple[str, ...]] = []
    monkeypatch.setattr(outbox, "_bell", lambda *bell: bells.append(bell))
    monkeypatch.setattr(printing_many, "SHOW", "SELECT 1/0")
    tasks.print_waiting()
    assert set(states()) == {CertificateState.PENDING}
    assert [bell for bell in bells if bell[0] == "certificates.render"] == [
        ("certificates.render", row.key) for row in rows()
    ]


def test_a_lot_ends_after_half_a_second_and_the_next_goes_on(
    waiting: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing_many, "LONG_ENOUGH", 0)
    bells: list[tuple[str, ...]] = []
    monkeypatch.setattr(outbox, "_bell", lambda *bell: bells.append(bell))
    tasks.print_waiting()
    assert states().count(CertificateState.READY) <= 1
    assert ("certificates.print_waiting",) in bells


def test_several_documents_are_with_a_slow_seal_at_once(waiting: list[Certificate], settings: Any) -> None:
    settings.SEAL_BACKEND = "tests.certificates.seals.SlowSeal"
    started = time.monotonic()
    sealed = list(
        printing_many._sealed([(row, b"%PDF", Any) for row in waiting * 4], printing_many._Prints())
    )
    assert len(sealed) == 8
    assert time.monotonic() - started < 8 * 0.5


def test_the_sweeper_rings_once_for_all_that_wait(
    waiting: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    bells: list[tuple[str, ...]] = []
    monkeypatch.setattr(outbox, "_bell", lambda *bell: bells.append(bell))
    with clock.at(clock.now() + timedelta(minutes=1)):
        outbox.sweep()
    assert [bell for bell in bells if bell[0].startswith("certificates")] == [("certificates.print_waiting",)]


# -- what people read


def test_the_holder_and_the_bureau_read_how_many_are_ahead_and_how_long(
    world: World, waiting: list[Certificate]
) -> None:
    _crowd_before(waiting[0], 379)
    later = clock.now() + timedelta(minutes=3)
    with clock.at(later):
        page = world.browser("applicant").get(reverse("certificates:query")).content.decode()
        assert "前面还有 379 份。" in page
    with clock.at(later - timedelta(minutes=1)):
        queue.note(190)
    with clock.at(later):
        page = world.browser("applicant").get(reverse("certificates:query")).content.decode()
        assert "前面还有 379 份，约 2 分钟。" in page
        bureau = world.browser("bureau")
        assert "最后一份前面还有 380 份" in bureau.get(reverse("certificates:issued")).content.decode()
        detail = bureau.get(reverse("certificates:detail", args=[waiting[0].pk])).content.decode()
        assert "前面还有 379 份，约 2 分钟。" in detail
    with scope(SYSTEM):
        assert queue.ahead_of(waiting[0]) is None, "asked a moment ago: it is being printed"


def test_nothing_ahead_is_said_as_well(waiting: list[Certificate]) -> None:
    with clock.at(clock.now() + timedelta(minutes=3)), scope(SYSTEM):
        found = queue.ahead_of(waiting[0])
    assert found is not None
    assert found.says == "前面没有等待的认定单，马上轮到。"


def _crowd_before(certificate: Certificate, count: int) -> None:
    """So many other prints that were asked for a minute earlier."""
    with scope(SYSTEM):
        item = OutboxItem.objects.get(key=str(certificate.pk))
        earlier = item.created_at - timedelta(minutes=1)
        OutboxItem.objects.bulk_create(
            OutboxItem(task=item.task, key=str(uuid4()), run_after=earlier) for _ in range(count)
        )
        OutboxItem.objects.filter(run_after=earlier).update(created_at=earlier)
    assert connection.in_atomic_block


# -- one is never behind many


@pytest.mark.long
def test_a_single_certificate_is_visible_within_three_seconds_while_a_thousand_wait(
    committed_world: World, committed_db: str, worker: CeleryWorker
) -> None:
    """A real worker prints them."""
    sheets = [sheet.to_json() for sheet in random_sheets(1_000)]
    let_wait(committed_db, approved(committed_world).pk, sheets)
    worker.start()
    outbox.sweep()
    assert until(lambda: states().count("ready") > 20, 120), worker.log.read_text()
    single = approved(committed_world, by="other_applicant")
    asked = time.monotonic()

    def is_ready() -> bool:
        with scope(SYSTEM):
            return Certificate.objects.get(pk=single.pk).state == CertificateState.READY

    assert until(is_ready, 60), worker.log.read_text()
    assert time.monotonic() - asked < 3
    assert "pending" in states(), "all were printed before"
