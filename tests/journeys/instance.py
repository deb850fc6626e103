"""A whole instance for journeys: web and worker as the demo starts them, on a database of their own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.cache import cache

from cehours.embedded import commands
from tests import databases

STARTED_WITHIN = 60.0


def _own_queue(url: str) -> str:
    """The broker's address with a Redis database that no other test's worker listens to."""
    return re.sub(r"virtual_host=(\d+)", lambda found: f"virtual_host={int(found[1]) + 8}", url)


class Instance:
    """Web and worker; `url` answers after `start`."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.kept = database, f"{database}_kept"
        self.folder, self.port = folder, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATABASE_MIGRATE")},
            "DATABASE_URL": databases.web_url(database),
            "DATABASE_WORKER_URL": databases.app_url(database),
            "REDIS_URL": settings.CACHES["default"]["LOCATION"],
            "CELERY_BROKER_URL": _own_queue(settings.CELERY_BROKER_URL),
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": str(folder / "static"),
            "PUBLIC_URL": self.url,
            "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": "1",
            "DEMO": "1",
            "DECISION_DELAY_SECONDS": "0",
            "BATCH_DELAY_SECONDS": "0",
            "DEBUG": "0",
            "LOG_FORMAT": "console",
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def fill(self, *, people: bool = True) -> None:
        """Static files, and the dozen people of the small sample."""
        work = {"collectstatic": ["--no-input", "--verbosity=0"]}
        if people:
            work["sample_data"] = ["--few"]
        started = {name: self._spawn(name, [*_MANAGE, name, *more]) for name, more in work.items()}
        for name, process in started.items():
            if process.wait(timeout=120):
                raise RuntimeError(f"{name} failed:\n{self.log_of(name)}")

    def keep(self) -> None:
        """Data and files are what `restore` brings back, once the worker has done what the sample asks of it."""
        self._wait_for_outbox()
        with self._standing_still():
            databases.end_sessions(self.database)
            databases.clone(self.database, self.kept)
            shutil.copytree(self.folder / "media", self.folder / "kept")

    def restore(self) -> None:
        with self._standing_still():
            databases.drop(self.database)
            databases.clone(self.kept, self.database)
            shutil.rmtree(self.folder / "media")
            shutil.copytree(self.folder / "kept", self.folder / "media")
            cache.clear()

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        """So that neither web nor worker meets a database that is not there."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _wait_for_outbox(self) -> None:
        deadline = time.monotonic() + STARTED_WITHIN
        with closing(databases.connect_as_owner(self.database)) as link, link.cursor() as cursor:
            while True:
                cursor.execute("SELECT count(*) FROM organizations_outboxitem WHERE state = 'pending'")
                if not cursor.fetchone()[0]:
                    return
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the worker does not finish:\n{self.log_of('worker')}")
                time.sleep(0.1)

    def _signal(self, which: signal.Signals) -> None:
        for process in self._running:
            os.killpg(process.pid, which)

    def start(self) -> None:
        self._running = [self._spawn("worker", [*commands.command("worker"), "--concurrency=1"])]
        self.serve()

    def serve(self) -> None:
        """The web server alone."""
        web = self._spawn("web", commands.command("web"))
        self._running.append(web)
        deadline = time.monotonic() + STARTED_WITHIN
        while not self._answers():
            if time.monotonic() > deadline or web.poll() is not None:
                raise RuntimeError(f"web did not start:\n{self.log_of('web')}")
            time.sleep(0.1)

    def stop(self) -> None:
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def _answers(self) -> bool:
        try:
            with build_opener(ProxyHandler({})).open(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _spawn(self, name: str, argv: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [str(Path(sys.executable).with_name(argv[0])), *argv[1:]],
                cwd=databases.REPO,
                env=commands.environment_of("web", self.env) if name == "web" else self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )


_MANAGE = ["python", "manage.py"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
