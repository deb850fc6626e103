"""Modules of tests/ run with everything they need: the suite, the journey, benchmarks, the ledger."""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from cehours.embedded import (
    byhand,
    datastores,
    demo,
    environment,
    instance,
    leftovers,
    packages,
    postgres,
    processes,
    venv,
)
from cehours.embedded.console import Console
from cehours.embedded.places import REPO, Places, places
from cehours.embedded.processes import Failure
from cehours.embedded.venv import Extent

BENCHMARKS = REPO / "tests" / "benchmarks"
RUNS_AT_ONCE = 8


def test(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """The suite on two cores, against data stores of its own."""
    demo.set_up(console, Extent.DEVELOPMENT, (*packages.PDF, *packages.TESTS))
    long = ["--long"] if options.long else []
    with test_stores(console) as here:
        command = ["python", "-m", "pytest", "-n", "2", *long, *rest]
        return processes.foreground(command, env=environment.for_tests(here), cwd=REPO)


@contextmanager
def test_stores(console: Console) -> Iterator[Places]:
    """Data stores that nobody else uses: a second run at the same time gets the next set."""
    for number in range(1, RUNS_AT_ONCE + 1):
        here = places("test" if number == 1 else f"test-{number}")
        with ExitStack() as stack:
            try:
                stack.enter_context(datastores.running(console, here, options=postgres.FAST))
            except instance.Busy:
                continue
            postgres.cluster(here, venv.site_packages()).drop_test_databases()
            yield here
            return
    raise Failure(f"已有 {RUNS_AT_ONCE} 组测试在运行，请等其中一组结束。")


def journey(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """One application from filing to download, against the running demo or a private instance."""
    demo.set_up(console, Extent.DEMO)
    running = leftovers.read_record(places("demo"))
    if running.serves:
        console.say(f"使用正在运行的 {running.url}")
        return _walk(running.url, places("demo"), options.json)
    with demo.live(console, places("journey"), fresh=True, port=0) as private:
        return _walk(private.url, private.places, options.json)


def bench(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """One benchmark, against data stores as durable as in production."""
    known = sorted(path.stem for path in BENCHMARKS.glob("*.py") if not path.stem.startswith("_"))
    if options.name not in known:
        raise Failure(f"没有名为 {options.name} 的性能测试。现有：{'、'.join(known) or '（还没有）'}")
    demo.set_up(console, Extent.DEVELOPMENT)
    size = ["--n", str(options.n)] if options.n else []
    json = ["--json"] if options.json else []
    with datastores.running(console, places("bench")):
        command = ["python", "-m", f"tests.benchmarks.{options.name}", *size, *json, *rest]
        return processes.foreground(command, env=environment.for_tests(places("bench")), cwd=REPO)


def requirements(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    return byhand.manage(console, options, ["requirements"])


def _walk(url: str, here: Places, json: bool) -> int:
    command = ["python", "-m", "tests.journeys.walk", "--base-url", url, *(["--json"] if json else [])]
    return processes.foreground(command, env=environment.complete(here, demo=True), cwd=REPO)
