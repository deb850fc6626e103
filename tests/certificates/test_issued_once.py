"""Render, seal, store: whatever fails or is killed, a certificate is issued once, or its job stays visible."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.urls import reverse

from cehours.lib import clock
from certificates import sealing, tasks
from certificates.models import CertificateState
from certificates.paper import render as rendering
from certificates.sealing import SealFailed, validating
from certificates.services import printing
from organizations import outbox
from organizations.acting.scope import scope
from organizations.models import Event, OutboxItem
from tests import databases
from tests.certificates.approving import SYSTEM, approved, certificates, render_row
from tests.certificates.test_outbox import until
from tests.databases import REPO, CeleryWorker
from tests.world import World


def _broken(*_: Any, **__: Any) -> Any:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (rendering, "render"),
        (printing.sealing, "set_on"),
        (printing.default_storage, "save"),
        (printing.numbering, "keep"),
        (printing, "_tell_the_holder"),
    ],
    ids=["render", "seal", "store", "keep", "show"],
)
def test_an_error_at_any_step_leaves_a_visible_job_that_is_done_once(
    world: World, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    certificate = approved(world)
    with monkeypatch.context() as patched:
        patched.setattr(where, name, _broken)
        with pytest.raises(OSError, match="No space"):
            tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.PENDING
    assert (render_row().state, render_row().attempts) == ("pending", 1)
    assert "No space" in render_row().error
    tasks.render(str(certificate.pk))
    _issued_once(world)


def test_what_the_storage_does_not_give_back_is_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(world)
    save = FileSystemStorage.save

    def short(storage: FileSystemStorage, name: str, file: Any) -> str:
        return save(storage, name, ContentFile(file.read()[:-1]))

    monkeypatch.setattr(FileSystemStorage, "save", short)
    with pytest.raises(printing.NotStored):
        tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.PENDING


def test_a_seal_out_of_order_is_waited_for_however_long(world: World, settings: Any) -> None:
    certificate = approved(world)
    ours = settings.SEAL_BACKEND
    settings.SEAL_BACKEND = "tests.certificates.seals.DeadSeal"
    for _ in range(outbox.MOST_ATTEMPTS + 1):
        tasks.render(str(certificate.pk))
    assert (render_row().state, render_row().attempts, render_row().error) == ("pending", 0, "印章服务停用。")
    assert certificates()[0].state == CertificateState.PENDING
    settings.SEAL_BACKEND = ours
    tasks.render(str(certificate.pk))
    _issued_once(world)


def test_what_was_given_up_is_printed_after_the_operator_asks_again(world: World, settings: Any) -> None:
    certificate = approved(world)
    ours = settings.SEAL_BACKEND
    settings.SEAL_BACKEND = "tests.certificates.seals.RefusingSeal"
    for _ in range(outbox.MOST_ATTEMPTS):
        with pytest.raises(SealFailed):
            tasks.render(str(certificate.pk))
    assert (render_row().state, render_row().error) == ("failed", "SealFailed: 印章服务拒绝。")
    settings.SEAL_BACKEND = ours
    tasks.render(str(certificate.pk))
    assert certificates()[0].state == CertificateState.PENDING
    for _ in range(2):  # asked twice, it is done once
        call_command("print_again", stdout=StringIO())
    tasks.render(str(certificate.pk))
    _issued_once(world)
    with scope(SYSTEM):
        states = OutboxItem.objects.filter(task="certificates.render").values_list("state", flat=True)
        assert sorted(states) == ["done", "failed"]


@pytest.mark.parametrize(
    "step",
    [
        "store",
        *(pytest.param(step, marks=pytest.mark.long) for step in ("render", "seal", "stored", "shown")),
    ],
)
def test_killed_at_any_step_it_is_issued_once(
    committed_world: World, committed_db: str, settings: Any, tmp_path: Path, step: str
) -> None:
    certificate = approved(committed_world)
    worker = CeleryWorker(committed_db, tmp_path)
    settings.SEAL_DEMO_FOLDER = worker.env["SEAL_DEMO_FOLDER"]
    dead = subprocess.run(
        [sys.executable, "-m", "tests.certificates.one_print", str(certificate.pk), step],
        cwd=REPO,
        env=worker.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert dead.returncode == -9, dead.stderr
    assert (certificates()[0].state, render_row().state) == (CertificateState.PENDING, "pending")
    assert until(lambda: tasks_done(str(certificate.pk)), 20)
    _issued_once(committed_world)


def tasks_done(key: str) -> bool:
    """Whether the row is done; the dead process's lock may live a moment longer than it."""
    tasks.render(key)
    return render_row().state == "done"


@pytest.mark.long
def test_a_seal_that_hangs_is_given_up_and_tried_again(
    committed_world: World, worker: CeleryWorker, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = approved(committed_world)
    # The option --soft-time-limit would lose against the site's setting. A cold worker on a busy machine must
    # have printed by then: a limit that strikes inside Pango's callbacks is lost.
    monkeypatch.setattr(databases, "OPTIONS", (*databases.OPTIONS, "--", "task.soft_time_limit=15"))
    worker.env["SEAL_BACKEND"] = "tests.certificates.seals.HangingSeal"
    worker.start()
    hours = count(1)

    def swept_and_given_up() -> bool:
        # Beat sweeps again and again: a bell that rang before the worker had its queue back is lost.
        with clock.at(certificate.issued_at + timedelta(hours=next(hours))):
            outbox.sweep()
        return render_row().attempts >= 1

    assert until(swept_and_given_up, 100), worker.log.read_text()
    assert "SoftTimeLimitExceeded" in render_row().error
    assert certificates()[0].state == CertificateState.PENDING
    worker.kill()
    settings.SEAL_DEMO_FOLDER = worker.env["SEAL_DEMO_FOLDER"]
    assert until(lambda: tasks_done(str(certificate.pk)), 20)
    _issued_once(committed_world)


def _issued_once(world: World) -> None:
    """One visible certificate whose stored bytes are what the person gets."""
    (done,) = certificates()
    assert done.state == CertificateState.READY
    with scope(SYSTEM):
        assert Event.objects.filter(subject_id=done.pk, act="printed").count() == 1
    answer = world.browser("applicant").get(reverse("certificates:download", args=[done.pk]))
    assert answer.status_code == 200
    assert validating.examine(answer.content, sealing.trusted(), clock.now()).sound
