"""Databases for tests: a migrated template, clones of it, and a Celery worker that works on one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connection, connections

from cehours.embedded.environment import APP_ROLE, WORKER_ROLE

OPTIONS = ("--concurrency=1", "--without-gossip", "--without-mingle")
REPO = Path(__file__).resolve().parent.parent


def owner_url(name: str) -> str:
    return _renamed(os.environ["DATABASE_MIGRATE_URL"], name)


def app_url(name: str) -> str:
    """As the tests themselves: the workers' role."""
    return _renamed(os.environ["DATABASE_URL"], name)


def web_url(name: str) -> str:
    """As a web server, which is never the system."""
    return app_url(name).replace(f"//{WORKER_ROLE}@", f"//{APP_ROLE}@")


def _renamed(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def connect_as_owner(name: str) -> Any:
    """A connection of the owner role, for making databases and for tampering in tests."""
    return connect(os.environ["DATABASE_MIGRATE_URL"], name)


def connect(url: str, name: str) -> Any:
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query)["host"][0]
    link = psycopg2.connect(
        host=host, port=parts.port or 5432, user=parts.username, password=parts.password, dbname=name
    )
    link.autocommit = True
    return link


def as_owner(database: str, sql: str) -> None:
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute(sql)


def make_template(shared: Path) -> str:
    """Creates and migrates the run's template database once, whichever worker asks first."""
    name = f"test_template_{shared.name.replace('-', '_')}"
    marker = shared / "template-ready"
    with (shared / "template.lock").open("w") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        if not marker.exists():
            as_owner("postgres", f'DROP DATABASE IF EXISTS "{name}"')
            as_owner("postgres", f'CREATE DATABASE "{name}"')
            as_owner(name, (REPO / "deploy/postgres/database.sql").read_text())
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
                cwd=REPO,
                check=True,
                env={**os.environ, "DATABASE_MIGRATE_URL": owner_url(name), "LOG_LEVEL": "WARNING"},
            )
            subprocess.run(
                [sys.executable, "manage.py", "load_reference", "--skip-checks"],
                cwd=REPO,
                check=True,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "DATABASE_URL": app_url(name), "LOG_LEVEL": "WARNING"},
            )
            marker.touch()
    return name


def clone(template: str, name: str) -> None:
    """A copy takes everything along but the rights on the database itself."""
    as_owner("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    as_owner("postgres", f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC')


def drop(name: str) -> None:
    """Ends what is still connected and drops the database."""
    end_sessions(name)
    as_owner("postgres", f'DROP DATABASE IF EXISTS "{name}"')


def end_sessions(name: str) -> None:
    """Each role ends its own."""
    for url in (os.environ["DATABASE_URL"], web_url("postgres"), os.environ["DATABASE_MIGRATE_URL"]):
        with closing(connect(url, "postgres")) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = %s AND usename = current_user",
                [name],
            )


def use(name: str) -> None:
    """Points every thread's connection at another database; refuses anything that is not a test's."""
    if not name.startswith("test_"):
        raise RuntimeError(f"{name} is not a test database")
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def clone_in_use(template: str) -> Iterator[str]:
    """While the body runs, every thread works on a clone of `template` that goes with it. Yields its name."""
    outer = connection.settings_dict["NAME"]
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    clone(template, name)
    use(name)
    try:
        yield name
    finally:
        use(outer)
        drop(name)


class CeleryWorker:
    """`celery worker` as production runs it, on one test's database and a Redis database of its own."""

    def __init__(self, database: str, folder: Path) -> None:
        self.log = folder / "worker.log"
        self.env = {
            **os.environ,
            "DATABASE_URL": app_url(database),
            "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
            "MEDIA_ROOT": str(folder / "media"),
            "SEAL_DEMO_FOLDER": str(folder / "seal"),
            "LOG_FORMAT": "console",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, queues: str = "default,batch,render") -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "cehours.celery",
                    "worker",
                    "--queues",
                    queues,
                    *OPTIONS,
                ],
                cwd=REPO,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """As the kernel would: nothing is finished, nothing is handed back."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
