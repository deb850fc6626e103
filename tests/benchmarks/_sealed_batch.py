"""`./dev bench sealed --batch`: a bureau approves `n` cases; seconds until every certificate is visible.

Worker, broker and database are those of a small installation (one worker of two processes for every queue; this
process sweeps in beat's place). Meanwhile the clerk's 待办 is asked for ten times a second, as it was before.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.benchmarks import batch
from tests.benchmarks._bench import database, template, timed

SWEEP, PAGE = 15.0, 0.1  # seconds between two
IDLE = 200  # pages
MOST_SECONDS = 1800


@dataclass(frozen=True)
class Found:
    more: dict[str, Any]

    def facts(self) -> dict[str, Any]:
        return {"name": "sealed --batch", **self.more}


def run(n: int) -> Found:
    with tempfile.TemporaryDirectory() as folder, template() as empty, database(empty, "many") as name:
        batch._fill(name, n)
        page = _page()
        idle = [_asked(page) for _ in range(IDLE)]
        worker = _worker(name, Path(folder))
        try:
            seconds, busy, memory = _approve_all(n, page, worker)
        finally:
            worker.terminate()
            worker.wait(timeout=60)
    return Found(
        {
            "n": n,
            "seconds": round(seconds, 1),
            "inbox_p95_idle_ms": round(1000 * _p95(idle), 2),
            "inbox_p95_ms": round(1000 * _p95(busy), 2),
            "inbox_times_idle": round(_p95(busy) / _p95(idle), 2),
            "most_mib_of_a_process": round(memory / 2**20),
            "load": os.getloadavg()[0],
        }
    )


def _approve_all(
    n: int, page: Callable[[], Any], worker: subprocess.Popen[bytes]
) -> tuple[float, list[float], int]:
    from organizations import outbox
    from organizations.acting.scope import scope
    from review import services
    from review.batches.verdicts import Order
    from review.models import BatchAct

    clerk, cases = batch._clerk(), batch._desk()
    started = swept = time.monotonic()
    with scope(clerk):
        services.confirm_batch(
            actor=clerk, token=uuid4(), order=Order(BatchAct.APPROVE, "同意"), chosen=cases
        )
    busy, memory = [], 0
    while _visible() < n:
        now = time.monotonic()
        if worker.poll() is not None or now - started > MOST_SECONDS:
            raise RuntimeError(f"{_visible()} of {n} after {now - started:.0f} s")
        if now - swept > SWEEP:
            outbox.sweep()
            swept = now
        busy.append(_asked(page))
        memory = max(memory, _largest(worker.pid))
    return time.monotonic() - started, busy, memory


def _asked(page: Callable[[], Any]) -> float:
    """At the pace of a clerk's office, idle or not: without a pause the processor's caches would flatter the idle."""
    time.sleep(PAGE)
    return timed(page)


def _page() -> Callable[[], Any]:
    """The clerk's first page of 待办 with the numbers above it."""
    from cehours.lib.paging import keyset_page
    from organizations.acting.scope import scope
    from review.lists import counts, queries
    from review.lists.criteria import ListCriteria

    clerk = batch._clerk()

    def asked() -> None:
        with scope(clerk):
            keyset_page(queries.inbox_rows(clerk, ListCriteria()), order="arrived_at", cursor=None)
            counts.inbox(clerk)

    return asked


def _visible() -> int:
    from certificates.models import Certificate
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope

    with scope(Actor.system("bench")):
        return Certificate.objects.filter(state="ready").count()


def _worker(name: str, folder: Path) -> subprocess.Popen[bytes]:
    from cehours.embedded.commands import command
    from tests.databases import REPO, app_url

    env = {**os.environ, "DATABASE_URL": app_url(name), "SEAL_DEMO_FOLDER": str(folder / "seal")}
    with (folder / "worker.log").open("wb") as log:
        return subprocess.Popen(command("worker"), cwd=REPO, env=env, stdout=log, stderr=log)


def _largest(parent: int) -> int:
    """Bytes that the largest child process holds for itself and shares."""
    found = 0
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for child in children:
        with suppress(OSError):
            found = max(found, int(Path(f"/proc/{child}/statm").read_text().split()[1]))
    return found * os.sysconf("SC_PAGE_SIZE")


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]
