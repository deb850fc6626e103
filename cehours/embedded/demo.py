"""The whole application on this machine: set up, migrated, filled with sample data and running."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cehours.embedded import (
    bringup,
    datastores,
    environment,
    instance,
    leftovers,
    packages,
    ports,
    processes,
    redis,
    venv,
)
from cehours.embedded.console import Console
from cehours.embedded.places import Places, places
from cehours.embedded.processes import Failure
from cehours.embedded.supervisor import Supervisor
from cehours.embedded.venv import Extent

DEFAULT_PORT = 8000


def set_up(console: Console, extent: Extent, system: Sequence[packages.Package] = packages.PDF) -> None:
    """What the machine needs: system packages, the virtual environment, a Redis."""
    if sys.platform != "linux":
        console.say("! 这里不是 Linux：强行结束 ./dev 后，请用 ./dev services --stop 清理。")
    packages.ensure(console, [*system, *([] if venv.is_there() else [packages.VENV])])
    venv.ensure(console, extent)
    if redis.find_program(venv.site_packages()) is None:
        packages.ensure(console, [packages.REDIS])


def demo(console: Console, *, fresh: bool, port: int) -> int:
    set_up(console, Extent.DEMO)
    try:
        with live(console, places("demo"), fresh=fresh, port=port, platform=True) as running:
            console.say(f"\n  {running.url}\n")
            console.say((running.places.logs / "accounts.log").read_text().rstrip())
            try:
                console.say(f"\n数据和日志在 {running.places.root}。按 Ctrl-C 停止。")
                _load_the_rest(console, running)
                running.watch()
            except KeyboardInterrupt:
                console.say("正在停止 …")
    except instance.Busy as busy:
        raise Failure(f"{busy}地址：{leftovers.read_record(places('demo')).url or '（还在启动）'}") from None
    console.say("已停止，数据保留。")
    return 0


def _load_the_rest(console: Console, running: Supervisor) -> None:
    with bringup.the_rest_of_the_sample(running) as rest:
        with console.step("网站已可使用；在后台载入其余演示数据") as step:

            def loaded() -> bool:
                step.note(processes.last_lines(rest.log, 1))
                step.failed = not rest.alive and rest.process.returncode != 0
                return not rest.alive

            running.watch(until=loaded)
        if step.failed:
            console.say(f"! 其余演示数据没有全部载入，日志 {rest.log}。已载入的可以照常使用。")


@contextmanager
def live(
    console: Console, here: Places, *, fresh: bool, port: int, platform: bool = False
) -> Iterator[Supervisor]:
    """A running instance while the body runs. Raises instance.Busy when the profile already runs.

    `platform`: with the public institutions' platform beside it (docs/platform-contract.md).
    """
    with (
        instance.held(here),
        ports.held_port(port) as chosen,
        ports.held_port(chosen + 1 if platform else 0) as beside,
    ):
        if fresh:
            start_over(here)
        if port not in (0, chosen):
            console.say(f"! 端口 {port} 已被占用，改用 {chosen}。")
        bringup.keep_former_logs(here)
        stores = datastores.start(console, here)
        peer = beside if platform else 0
        env = environment.complete(here, port=chosen, demo=True, peer=peer)
        running = Supervisor(console, here, stores, env, chosen)
        try:
            environment.write_exports(here, environment.own(here, port=chosen, demo=True, peer=peer))
            leftovers.write_record(here, stores)
            bringup.bring_up(console, running)
            yield running
        finally:
            running.stop()
            leftovers.clear_sockets(here)
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
