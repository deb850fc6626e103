"""The whole application on this machine: set up, migrated, filled with sample data and running."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from cehours.embedded import (
    commands,
    datastores,
    environment,
    instance,
    packages,
    ports,
    processes,
    redis,
    venv,
)
from cehours.embedded.console import Console, Step
from cehours.embedded.places import REPO, Places, places
from cehours.embedded.processes import Child, Failure
from cehours.embedded.supervisor import Supervisor
from cehours.embedded.venv import Extent

DEFAULT_PORT = 8000


def set_up(console: Console, extent: Extent, system: Sequence[packages.Package] = packages.PDF) -> None:
    """What the machine needs: system packages, the virtual environment, a Redis."""
    if sys.platform != "linux":
        console.say("! 这里不是 Linux：强行结束 ./dev 后，请用 ./dev services --stop 清理。")
    packages.ensure(console, system)
    venv.ensure(console, extent)
    if redis.find_program(venv.site_packages()) is None:
        packages.ensure(console, [packages.REDIS])


def demo(console: Console, *, fresh: bool, port: int) -> int:
    set_up(console, Extent.DEMO)
    try:
        with live(console, places("demo"), fresh=fresh, port=port) as running:
            console.say(f"\n  {running.url}\n")
            console.say((running.places.logs / "accounts.log").read_text().rstrip())
            console.say(f"\n数据和日志在 {running.places.root}。按 Ctrl-C 停止。")
            try:
                running.watch()
            except KeyboardInterrupt:
                console.say("正在停止 …")
    except instance.Busy as busy:
        raise Failure(f"{busy}地址：{instance.read_record(places('demo')).url or '（还在启动）'}") from None
    console.say("已停止，数据保留。")
    return 0


@contextmanager
def live(console: Console, here: Places, *, fresh: bool, port: int) -> Iterator[Supervisor]:
    """A running instance while the body runs. Raises instance.Busy when the profile already runs."""
    with instance.held(here):
        if fresh:
            start_over(here)
        chosen = ports.free_port(port)
        if port not in (0, chosen):
            console.say(f"! 端口 {port} 已被占用，改用 {chosen}。")
        stores = datastores.start(console, here)
        env = environment.complete(here, port=chosen, demo=True)
        running = Supervisor(console, here, stores, env, chosen)
        try:
            environment.write_exports(here, environment.own(here, port=chosen, demo=True))
            instance.write_record(here, stores)
            _load(console, here, env)
            _start_roles(console, running)
            yield running
        finally:
            running.stop()
            instance.clear_sockets(here)
            here.record.unlink(missing_ok=True)


def start_over(here: Places) -> None:
    """Remove all data of a profile; the caller holds its lock."""
    for entry in here.root.iterdir():
        if entry == here.lock:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    here.prepare()


def _load(console: Console, here: Places, env: Mapping[str, str]) -> None:
    with console.step("建表，收集静态文件") as step:
        as_owner = commands.environment_of("migrate", env)
        migrate = spawn(here, "migrate", commands.command("migrate"), as_owner)
        run_together(
            [migrate, spawn(here, "collectstatic", manage("collectstatic", "--no-input"), env)], step
        )
    with console.step("载入演示数据") as step:
        run_together([spawn(here, "sample_data", manage("sample_data"), env)], step)


def _start_roles(console: Console, running: Supervisor) -> None:
    with console.step("启动网站") as step:
        web = running.start("web")
        accounts = spawn(running.places, "accounts", manage("sample_data", "--accounts"), running.env)
        running.wait_until_ready(web, step)
        run_together([accounts], step)
    # Later than web, so that on two cores they do not keep it from its first page.
    with console.step("启动后台任务"):
        running.start("worker")
        running.start("beat")


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
