"""A server that cannot print says so; a worker that is to print does not start."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from celery import Celery

from certificates import checks
from tests.databases import CeleryWorker

MISSING = "缺少字体 Noto Serif CJK SC（Bold），请安装软件包 fonts-noto-cjk。"


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "font_problems", lambda: [MISSING])


def worker_of(*queues: str) -> SimpleNamespace:
    app = Celery("print-test", broker="memory://", set_as_current=False)
    app.amqp.queues.select(queues)
    return SimpleNamespace(app=app)


def test_here_nothing_is_missing() -> None:
    assert checks.certificates_can_be_printed() == []


def test_a_missing_font_is_a_warning_with_its_package(no_fonts: None) -> None:
    (warning,) = checks.certificates_can_be_printed()
    assert warning.msg == MISSING
    assert not warning.is_serious()


def test_a_print_worker_does_not_start_without_fonts(worker: CeleryWorker) -> None:
    worker.env["PATH"] = "/nowhere"  # so fontconfig is not found
    worker.start(queues="render")
    assert worker.process is not None
    assert worker.process.wait(timeout=60) != 0
    assert "缺少 fontconfig" in worker.log.read_text()


def test_a_worker_that_does_not_print_starts_without_fonts(no_fonts: None) -> None:
    checks.require_fonts_and_seal(sender=worker_of("default"))


def test_with_fonts_the_print_worker_starts() -> None:
    checks.require_fonts_and_seal(sender=worker_of("render"))


def test_a_worker_with_other_work_leaves_the_prints_for_later_without_fonts(no_fonts: None) -> None:
    everything = worker_of("default", "render")

    checks.require_fonts_and_seal(sender=everything)

    assert set(everything.app.amqp.queues.consume_from) == {"default"}
