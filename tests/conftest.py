"""The harness: real PostgreSQL, every test as the runtime role, and a small world of invented people.

One template database is migrated by the owner, once per run. Each worker, and each test that commits, gets
a clone of it (about 40 ms) instead of a flush.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test import override_settings

from cehours.celery import app
from certificates.issuing import numbering
from tests import databases
from tests.clamd import Clamd
from tests.daily import Daily
from tests.harness import event_facts, unknown_variables, unordered_rows
from tests.world import World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also races, kills, fuzz and big corpora")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    chosen = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
    items[:] = chosen


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """A quiet run, too, says how its failures can be seen again."""
    if exitstatus:
        terminalreporter.write_line(
            f"The same order again: --randomly-seed={config.getoption('randomly_seed', 0)}"
        )
        if not config.getoption("--long"):
            terminalreporter.write_line(f"The same slices on another day: TEST_DAY={Daily(whole=False).day}")


@pytest.fixture(scope="session")
def daily(pytestconfig: pytest.Config) -> Daily:
    return Daily(whole=pytestconfig.getoption("--long"))


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """The name of the migrated template, made by whichever worker comes first (tests/sabotage has made it before)."""
    if "TEST_TEMPLATE" in os.environ:
        return os.environ["TEST_TEMPLATE"]
    shared = (
        tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    )
    return databases.make_template(shared)


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, worker_id: str, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own set-up would create tables as the role under test; ours never lets it own any."""
    name = f"test_{os.getpid()}_{worker_id}"
    databases.clone(template_database, name)
    with django_db_blocker.unblock():
        databases.use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    databases.drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, for what commits: threads, live server, Celery. Yields its name."""
    with django_db_blocker.unblock(), databases.clone_in_use(template_database) as name:
        yield name


@pytest.fixture(scope="session", autouse=True)
def unknown_variables_fail() -> Iterator[None]:
    patch = unknown_variables.forbid()
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def unordered_rows_are_shuffled(pytestconfig: pytest.Config) -> Iterator[None]:
    patch = unordered_rows.shuffle(pytestconfig.getoption("randomly_seed", 0))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def events_hold_no_text() -> Iterator[None]:
    patch = event_facts.hold()
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def private_redis(worker_id: str) -> None:
    """Each test process has a Redis database of its own for cache and broker."""
    number = 1 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 2
    settings.CACHES["default"]["LOCATION"] = re.sub(r"db=\d+", f"db={number}", settings.REDIS_URL)
    broker = re.sub(r"virtual_host=\d+", f"virtual_host={number}", settings.CELERY_BROKER_URL)
    settings.CELERY_BROKER_URL = app.conf.broker_url = broker
    with suppress(AttributeError):  # raised when it was not made yet
        del caches["default"]  # made while the apps were loading, with the shared address
    caches["default"].clear()


@pytest.fixture(autouse=True)
def private_storage(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": _storage(tmp_path / "media")}
    numbering._known.clear()  # what was read from another test's storage
    caches["default"].clear()  # what was kept of another test's world


def _storage(folder: Any) -> dict[str, Any]:
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}


@pytest.fixture(autouse=True)
def demo_seal(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One demo key for all tests of a run, as a demo makes it."""
    settings.SEAL_DEMO_FOLDER = str(tmp_path_factory.getbasetemp() / "seal")


@pytest.fixture(autouse=True)
def decisions_take_effect_at_once(settings: Any) -> None:
    """Tests of the delay set one (tests/review/test_holding.py)."""
    settings.DECISION_DELAY_SECONDS = settings.BATCH_DELAY_SECONDS = 0


@pytest.fixture
def world(db: None) -> World:
    """One province, two cities, units of every kind and people named for their part; rolled back afterwards."""
    return World.build()


@pytest.fixture
def committed_world(committed_db: str) -> World:
    """The same world, committed, for tests with threads, browsers or a Celery worker."""
    return World.build()


@pytest.fixture(scope="module")
def shared_world(
    django_db_setup: None,
    template_database: str,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A committed world for the tests of one module that only look, or undo what they do."""
    storages = {**settings.STORAGES, "default": _storage(tmp_path_factory.mktemp("shared"))}
    with (
        django_db_blocker.unblock(),
        databases.clone_in_use(template_database),
        override_settings(STORAGES=storages),
    ):
        yield World.build()


@pytest.fixture
def worker(committed_db: str, tmp_path: Any) -> Iterator[databases.CeleryWorker]:
    """A real Celery worker on this test's database; `start()` and `stop()` are the test's to call."""
    process = databases.CeleryWorker(committed_db, tmp_path)
    yield process
    process.stop()


@pytest.fixture
def clamd(tmp_path: Any, settings: Any) -> Iterator[Clamd]:
    """A real virus scanner, configured and running; `stop()` and `start()` are the test's to call."""
    daemon = Clamd(tmp_path / "clamd")
    daemon.start()
    settings.CLAMD = daemon.address
    yield daemon
    daemon.stop()
