"""What every benchmark needs: Django on a database of its own, and one way to print what was measured."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Result:
    """Seconds for the same work of size `n` done three ways; `more` is whatever else the benchmark found."""

    name: str
    n: int
    naive_s: float
    ours_s: float
    limit_s: float
    more: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """As one flat object: times_naive is how often ours fits into naive, times_limit ours over the limit."""
        return {
            "name": self.name,
            "n": self.n,
            "naive_s": _short(self.naive_s),
            "ours_s": _short(self.ours_s),
            "limit_s": _short(self.limit_s),
            "times_naive": _short(self.naive_s / self.ours_s),
            "times_limit": _short(self.ours_s / self.limit_s),
            **self.more,
        }


class Facts(Protocol):
    """What a benchmark found."""

    def facts(self) -> dict[str, Any]:
        """As one flat object."""


def main(run: Callable[[int], Facts], *, n: int, about: str) -> int:
    """Runs one benchmark from the command line: `--n` for another size, `--json` for one object at the end.

    `run` is called with Django set up and the size; it makes its databases with `database()`.
    """
    parser = argparse.ArgumentParser(description=about, allow_abbrev=False)
    parser.add_argument("--n", type=int, default=n)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cehours-bench-") as folder:
        os.environ["MEDIA_ROOT"] = str(Path(folder) / "media")
        _set_up_django()
        facts = run(options.n).facts()
    for name, value in facts.items():
        sys.stderr.write(f"{name:24} {value}\n")
    if options.json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    return 0


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cehours.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()


@contextmanager
def template() -> Iterator[str]:
    """The name of a migrated database to make copies of; dropped at the end."""
    from tests import databases

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        name = databases.make_template(Path(folder))
        try:
            yield name
        finally:
            databases.drop(name)


@contextmanager
def database(of: str, name: str = "bench") -> Iterator[str]:
    """A copy of the database `of`, with Django's connections pointed at it, as the runtime role."""
    from django.conf import settings
    from django.db import connection, connections

    from tests import databases

    copy = f"test_{os.getpid()}_{name}"
    connections.close_all()
    databases.clone(of, copy)
    outer = connection.settings_dict["NAME"]
    try:
        _point_at(settings, connections, copy)
        yield copy
    finally:
        connections.close_all()
        _point_at(settings, connections, outer)
        databases.drop(copy)


def _point_at(settings: Any, connections: Any, name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work` took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_of(work: Callable[[], Any], times: int) -> float:
    """The median of several runs, for work that leaves everything as it was."""
    return sorted(timed(work) for _ in range(times))[times // 2]


def medians_of(works: dict[str, Callable[[], Any]], times: int) -> dict[str, float]:
    """The medians of several works run in turn, so that all of them meet the same machine."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            taken[name].append(timed(work))
    return {name: sorted(each)[times // 2] for name, each in taken.items()}


def ask(statement: str, values: Any) -> list[Any]:
    """The rows of a bare statement, over the connection that Django has."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def policies(name: str, statement: str, values: Any) -> float:
    """How much longer a statement takes under the policies than for the owner of the database, whom none holds."""
    import psycopg2.extras

    from tests import databases

    psycopg2.extras.register_uuid()
    with closing(databases.connect_as_owner(name)) as link, link.cursor() as owner:

        def free() -> Any:
            owner.execute(statement, values)
            return owner.fetchall()

        taken = medians_of({"held": lambda: ask(statement, values), "free": free}, 101)
    return taken["held"] / taken["free"]


def _short(value: float) -> float:
    """Four significant digits."""
    return float(f"{value:.4g}")
