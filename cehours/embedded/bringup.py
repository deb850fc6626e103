"""From empty data stores to a site that serves: tables, static files, sample data, the roles."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded import commands, processes
from cehours.embedded.console import Console, Step
from cehours.embedded.places import REPO, Places
from cehours.embedded.processes import Child
from cehours.embedded.supervisor import Supervisor
from cehours.embedded.venv import Extent


def bring_up(console: Console, running: Supervisor) -> None:
    """Each command starts a Python with Django, which takes seconds; those that may run together do."""
    here, env = running.places, running.env
    was_here = _static_mark(here).exists()
    with console.step("建表，收集静态文件") as step:
        tables = spawn(here, "migrate", commands.command("migrate"), commands.environment_of("migrate", env))
        run_together([tables, *_collecting(here, env)], step)
        _static_mark(here).write_text(_static_state())
    web = running.start("web")
    with console.step("载入演示数据") as step:
        load = spawn(here, "sample_data", manage("sample_data", "--few"), env)
        accounts = spawn(here, "accounts", manage("sample_data", "--accounts"), env)
        run_together([load, accounts, *(_recomputing(here, env) if was_here else ())], step)
    with console.step("启动网站") as step:
        running.wait_until_ready(web, step)
    # Last, so that on two cores they do not keep the site from its first page.
    with console.step("启动后台任务"):
        if "LEARNING_PLATFORM_URL" in env:
            running.start("platform")
        running.start("worker")
        running.start("beat")


@contextmanager
def the_rest_of_the_sample(running: Supervisor) -> Iterator[Child]:
    """The people without an account in the table, entered behind a site that answers already."""
    rest = spawn(running.places, "sample_rest", manage("sample_data"), running.env)
    try:
        yield rest
    finally:
        processes.stop([rest], patience=2)


def keep_former_logs(here: Places) -> None:
    """What is read while starting is of this start; the former run's stays beside it."""
    for log in here.logs.glob("*.log"):
        log.rename(log.with_suffix(".log.1"))


def manage(*arguments: str) -> list[str]:
    return ["python", "manage.py", *arguments]


def spawn(here: Places, name: str, argv: Sequence[str], env: Mapping[str, str]) -> Child:
    """A command that ends by itself, with a log of this run only."""
    log = here.logs / f"{name}.log"
    log.unlink(missing_ok=True)
    return processes.spawn(name, argv, env=env, log=log, cwd=REPO)


def run_together(children: Sequence[Child], step: Step) -> None:
    """Wait for all; Ctrl-C ends them. Raises Failure with the log's end of the first that failed."""
    try:
        processes.wait_for(children, step)
    finally:
        processes.stop(children, patience=2)
    for child in children:
        processes.refuse_failed(child)


def _recomputing(here: Places, env: Mapping[str, str]) -> list[Child]:
    """A demo of an earlier day may hold keys of a former rule; one that was just made cannot."""
    role = "recompute"
    return [spawn(here, role, commands.command(role), commands.environment_of(role, env))]


def _collecting(here: Places, env: Mapping[str, str]) -> list[Child]:
    """collectstatic hashes and compresses everything; there is nothing to do when no file changed."""
    mark = _static_mark(here)
    if mark.exists() and mark.read_text() == _static_state():
        return []
    mark.unlink(missing_ok=True)
    return [spawn(here, "collectstatic", manage("collectstatic", "--no-input", "--clear"), env)]


def _static_mark(here: Places) -> Path:
    return here.root / "static.mark"


def _static_state() -> str:
    """Changes with every file of ours (name, size, time) and with the packages, which bring some too."""
    state = hashlib.sha256((REPO / Extent.DEMO).read_bytes())
    for path in sorted((REPO / "static").rglob("*")):
        found = path.stat()
        state.update(f"{path.relative_to(REPO)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return state.hexdigest()
