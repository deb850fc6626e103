"""Everything that must hold before a change is shown to anyone, in one table."""

import argparse
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cehours.embedded import bringup, commands, demo, environment, sizes
from cehours.embedded.console import Console
from cehours.embedded.places import REPO, Places
from cehours.embedded.runs import test_stores
from cehours.embedded.venv import Extent

SCRIPTS = ("dev", "deploy/make-secrets")  # Python without the ending that tools look for


@dataclass(frozen=True)
class Check:
    """A command that exits 0 when all is well."""

    name: str
    argv: list[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    seconds: float


def check(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """Run all of them, also after a failure; 1 when any failed. With --sizes only say what is largest."""
    if options.sizes:
        console.say(sizes.worst(REPO))
        return 0
    demo.set_up(console, Extent.DEVELOPMENT)  # with the fonts, which `manage.py check --deploy` asks for
    with test_stores(console) as here:
        outcomes = [_run(console, each) for each in all_checks(here)]
    console.say()
    for outcome in outcomes:
        console.say(f"{'ok    ' if outcome.passed else 'failed'} {outcome.seconds:6.1f} 秒  {outcome.name}")
    failed = sum(not outcome.passed for outcome in outcomes)
    console.say(
        f"\n{len(outcomes)} 项检查，{failed} 项未通过。" if failed else f"\n{len(outcomes)} 项检查全部通过。"
    )
    return 1 if failed else 0


def all_checks(here: Places) -> Iterator[Check]:
    plain = environment.complete(here)
    production = environment.production_like(here)
    as_owner = commands.environment_of("migrate", plain)
    templates = sorted(str(path.relative_to(REPO)) for path in (REPO / "templates").rglob("*.html"))
    compose = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    yield Check("ruff check", ["ruff", "check", ".", *SCRIPTS], plain)
    yield Check("ruff format", ["ruff", "format", "--check", ".", *SCRIPTS], plain)
    yield Check("sizes", ["python", "-m", "cehours.embedded.sizes"], plain)
    yield Check("lints", ["python", "-m", "cehours.embedded.lints"], plain)
    yield Check("mypy", ["mypy"], plain)
    yield Check("import-linter", ["lint-imports", "--no-cache"], plain)
    yield Check("djade", ["djade", "--check", "--target-version", "5.2", *templates], plain)
    yield Check("missing migrations", bringup.manage("makemigrations", "--check", "--dry-run"), as_owner)
    deploy = ("check", "--deploy", "--fail-level", "WARNING", "--database", "default")
    yield Check("manage.py check --deploy", bringup.manage(*deploy), production)
    yield Check("requirements", bringup.manage("requirements", "--check"), plain)
    yield Check("compose schema", compose, plain)
    yield Check("Chromium 86", ["python", "-m", "cehours.embedded.browsers"], plain)
    yield Check("start commands", ["python", "-m", "tests.dev.start_commands"], plain)


def _run(console: Console, each: Check) -> Outcome:
    """The output of a check is shown only when it failed."""
    started = time.monotonic()
    with console.step(each.name) as step:
        done = subprocess.run(
            each.argv,
            env=dict(each.env),
            cwd=REPO,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        step.failed = done.returncode != 0
    if done.returncode != 0:
        console.say(done.stdout.rstrip())
    return Outcome(each.name, done.returncode == 0, time.monotonic() - started)
