"""Web, worker and beat under one roof: started in order, restarted when they fall, stopped together."""

import secrets
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from urllib.parse import urlsplit

from cehours.embedded import commands, datastores, environment, leftovers, probe, processes
from cehours.embedded.console import Console, Step
from cehours.embedded.places import REPO, Places
from cehours.embedded.processes import Child, Failure

# gunicorn: INT is the quick stop, TERM waits for idle connections.
STOP_SIGNALS = {
    "web": signal.SIGINT,
    "worker": signal.SIGTERM,
    "beat": signal.SIGTERM,
    "platform": signal.SIGTERM,
}
# Without its broker celery hangs in every orderly stop, so it gets none when we die; what it was doing
# is a row in the outbox and comes back.
DEATH_SIGNALS = {"worker": signal.SIGKILL, "beat": signal.SIGKILL}
# The demo's counterpart of the public institutions' platform: a program of its own, known to us by its address.
PLATFORM = (
    *("python", "-m", "cehours.embedded.platform_peer", "--records"),
    str(REPO / "cehours/embedded/platform_peer/demo.jsonl"),
)
STOP_PATIENCE = 5.0
RESTARTS_PER_MINUTE = 3
READY_WITHIN = 90.0


class Supervisor:
    """Owns every process of one instance from its start to its end."""

    def __init__(
        self, console: Console, places: Places, stores: list[Child], env: Mapping[str, str], port: int
    ):
        self.console = console
        self.places = places
        self.stores = stores
        self.instance = secrets.token_hex(8)
        self.env = {**env, "INSTANCE": self.instance}
        self.port = port
        self.roles: list[Child] = []
        self._restarts: list[float] = []

    @property
    def url(self) -> str:
        return environment.address(self.port)

    def start(self, role: str) -> Child:
        child = processes.spawn(
            role,
            self._command(role),
            env=commands.environment_of(role, self.env),
            log=self.places.logs / f"{role}.log",
            cwd=REPO,
            stop_signal=STOP_SIGNALS[role],
            death_signal=DEATH_SIGNALS.get(role),
        )
        self.roles.append(child)
        leftovers.write_record(self.places, [*self.roles, *self.stores], url=self.url)
        return child

    def _command(self, role: str) -> list[str]:
        if role != "platform":
            return commands.command(role)
        where = urlsplit(self.env["LEARNING_PLATFORM_URL"]).netloc
        key, secret = self.env["LEARNING_PLATFORM_KEY"], self.env["LEARNING_PLATFORM_SECRET"]
        return [*PLATFORM, "--listen", where, "--key-id", key, "--secret", secret]

    def wait_until_ready(self, web: Child, step: Step) -> None:
        """Until our own /readyz says that web, database and Redis answer. Raises Failure when it does not come."""
        deadline = time.monotonic() + READY_WITHIN
        while not probe.answers(self.port, instance=self.instance):
            step.note(processes.last_lines(web.log, 1))
            if not web.alive:
                raise Failure(f"网站没有启动，日志 {web.log}：\n{processes.last_lines(web.log, 25)}")
            if time.monotonic() > deadline:
                raise Failure(f"网站 {READY_WITHIN:.0f} 秒内没有就绪，日志 {web.log}。")
            time.sleep(0.1)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Until Ctrl-C, or `until` says so. A fallen role comes back; a fallen store, or a role that keeps falling,
        ends it.
        """
        while not until():
            for store in self.stores:
                if not store.alive:
                    raise Failure(f"{store.name} 意外停止，日志 {store.log}。")
            for role in [child for child in self.roles if not child.alive]:
                self._restart(role)
            time.sleep(0.2)

    def stop(self) -> None:
        with hurried_by_ctrl_c() as hurry:
            processes.stop(self.roles, patience=STOP_PATIENCE, hurry=hurry)
            datastores.stop(self.stores)

    def _restart(self, fallen: Child) -> None:
        processes.kill_session(fallen.process.pid)
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < 60] + [now]
        if len(self._restarts) > RESTARTS_PER_MINUTE:
            tail = processes.last_lines(fallen.log, 25)
            raise Failure(f"{fallen.name} 反复停止，日志 {fallen.log}：\n{tail}")
        self.console.say(f"! {fallen.name} 意外停止（退出码 {fallen.process.returncode}），重新启动。")
        self.roles.remove(fallen)
        self.start(fallen.name)


@contextmanager
def hurried_by_ctrl_c() -> Iterator["Hurry"]:
    """While stopping, another Ctrl-C does not interrupt it but cuts the waiting short."""
    hurry = Hurry()
    former = {number: signal.signal(number, hurry.now) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield hurry
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


class Hurry:
    """Called as a question: must it be quick?"""

    def __init__(self) -> None:
        self._asked = False

    def now(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def __call__(self) -> bool:
        return self._asked
