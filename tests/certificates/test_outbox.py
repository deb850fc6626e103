"""The print follows the number: late when the worker is down, never lost, never twice."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from cehours.lib import clock
from certificates import tasks
from certificates.models import CertificateState
from certificates.paper import render as rendering
from certificates.paper.render import RenderFailed
from certificates.paper.sheet import InvalidSheet
from certificates.services import printing
from organizations import outbox
from organizations.acting.scope import scope
from organizations.models import Event
from tests.certificates.approving import SYSTEM, approved, certificates, printed, render_row
from tests.databases import CeleryWorker
from tests.world import World


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it became true in time; looks five times a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_the_task_prints_stores_and_records(world: World) -> None:
    certificate = approved(world)
    tasks.render(str(certificate.pk))
    (done,) = certificates()
    assert done.state == CertificateState.READY
    assert default_storage.size(done.storage_key) == done.size
    assert render_row().state == "done"
    with scope(SYSTEM):
        assert Event.objects.get(subject_id=done.pk, act="printed").facts.count(done.sha256) == 1


def test_run_twice_it_prints_once(world: World) -> None:
    certificate = approved(world)
    tasks.render(str(certificate.pk))
    before = certificates()[0].rendered_at
    tasks.render(str(certificate.pk))
    assert certificates()[0].rendered_at == before
    with scope(SYSTEM):
        assert Event.objects.filter(subject_id=certificate.pk, act="printed").count() == 1


def test_what_is_printed_is_not_printed_over(world: World) -> None:
    first = printed(approved(world))
    assert printed(first).rendered_at == first.rendered_at


def test_a_file_cut_short_under_the_same_key_is_written_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(world)
    sealed = b"%PDF-1.7 as if sealed"
    monkeypatch.setattr(printing.sealing, "set_on", lambda *_, **__: sealed)
    digest = hashlib.sha256(sealed).hexdigest()
    key = f"certificates/{certificate.number_year}/{certificate.pk}/{digest}.pdf"
    half = Path(default_storage.path(key))
    half.parent.mkdir(parents=True)
    half.write_bytes(sealed[:9])
    tasks.render(str(certificate.pk))
    (done,) = certificates()
    assert (done.storage_key, half.read_bytes()) == (key, sealed)


def test_without_fonts_nothing_is_printed_and_the_operator_reads_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(world)
    rendering.require_fonts.cache_clear()
    monkeypatch.setattr(rendering, "font_problems", lambda: ["缺少字体 Noto Serif CJK SC，请安装软件包。"])
    with pytest.raises(RenderFailed):
        tasks.render(str(certificate.pk))
    assert render_row().error == "RenderFailed: 缺少字体 Noto Serif CJK SC，请安装软件包。"
    assert (render_row().state, render_row().attempts) == ("pending", 1)
    assert certificates()[0].state == CertificateState.PENDING


def test_a_sheet_that_cannot_stand_is_named_to_the_operator(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(world)

    def broken(_: str) -> None:
        raise InvalidSheet("认定单记录不完整或已损坏。")

    monkeypatch.setattr("certificates.services.printing.Sheet.from_json", broken)
    with pytest.raises(InvalidSheet):
        tasks.render(str(certificate.pk))
    assert render_row().error == "InvalidSheet: 认定单记录不完整或已损坏。"


def test_after_the_fault_is_gone_the_next_try_prints(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = approved(world)
    with monkeypatch.context() as broken:
        broken.setattr(printing.default_storage, "save", _no_room)
        with pytest.raises(OSError, match="No space"):
            tasks.render(str(certificate.pk))
    tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.READY
    assert (render_row().state, render_row().error) == ("done", "")


def test_a_certificate_issued_while_the_worker_is_down_is_printed_once_it_is_up(
    committed_world: World, worker: CeleryWorker
) -> None:
    world = committed_world
    certificate = approved(world)
    _lose_every_bell()
    worker.start()
    hours = count(1)

    def swept_and_printed() -> bool:
        # Beat sweeps again and again: a bell that rang before the worker had its queue back is lost as well.
        with clock.at(certificate.issued_at + timedelta(hours=next(hours))):
            outbox.sweep()
        return certificates()[0].state == CertificateState.READY

    assert until(swept_and_printed), worker.log.read_text()
    answer = world.browser("applicant").get(reverse("certificates:download", args=[certificate.pk]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")


def _lose_every_bell() -> None:
    from cehours.celery import app

    with app.connection_for_write() as broker, broker.channel() as channel:
        for queue in ("default", "render"):
            channel.queue_purge(queue)


def _no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")
