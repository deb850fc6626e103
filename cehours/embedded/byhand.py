"""Data stores for work by hand, and manage.py with the environment of what runs."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from cehours.embedded import bringup, datastores, demo, environment, instance, leftovers, processes, venv
from cehours.embedded.console import Console
from cehours.embedded.places import REPO, places
from cehours.embedded.venv import Extent

PROFILE = "work"


def services(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """Start both and leave them running, or stop them; standard output is for `eval "$(./dev services)"`."""
    here = places(PROFILE)
    if options.stop:
        return _stop(console)
    demo.set_up(console, Extent.DEVELOPMENT, system=())
    if not _services_run():
        with instance.held(here, outlives_us=True):
            children = datastores.start(console, here, outlives_us=True)
            leftovers.write_record(here, children, supervised=False)
            environment.write_exports(here, environment.own(here))
    console.say("PostgreSQL 和 Redis 在运行；停止：./dev services --stop")
    print(f"export PATH={venv.BIN}:$PATH")
    print(here.exports.read_text(), end="")
    return 0


def shell(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    return manage(console, options, ["shell", *rest])


def manage(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    """A manage.py command, at the terminal, as the runtime role."""
    with settled(console) as env:
        return processes.foreground(bringup.manage(*rest), env=env, cwd=REPO, interactive=True)


@contextmanager
def settled(console: Console) -> Iterator[dict[str, str]]:
    """The environment of the running demo, else of the services, else of the demo's data for the while."""
    demo.set_up(console, Extent.DEMO, system=())
    here = places("demo")
    record = leftovers.read_record(here)
    if record.serves:
        yield environment.complete(here, port=urlsplit(record.url).port or demo.DEFAULT_PORT, demo=True)
    elif _services_run():
        yield environment.complete(places(PROFILE))
    else:
        with datastores.running(console, here):
            yield environment.complete(here, demo=True)


def _services_run() -> bool:
    children = leftovers.read_record(places(PROFILE)).children
    return bool(children) and all(child.alive for child in children)


def _stop(console: Console) -> int:
    here = places(PROFILE)
    if not here.record.exists():
        console.say("没有在运行的 PostgreSQL 和 Redis。")
        return 0
    with console.step("停止 PostgreSQL 和 Redis"), instance.held(here, outlives_us=True):
        pass  # taking the profile over ends whatever still ran in it
    return 0
