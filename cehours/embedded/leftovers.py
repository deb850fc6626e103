"""What runs under a profile, on record, and how what a hard kill left of it is cleared away."""

import json
import os
import shutil
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cehours.embedded import processes
from cehours.embedded.places import Places
from cehours.embedded.processes import Child


@dataclass
class Running:
    """A process that we started, told from later ones with the same number by its birth mark."""

    name: str
    pid: int
    born: str | None

    @property
    def alive(self) -> bool:
        return self.born is not None and processes.birth(self.pid) == self.born


@dataclass
class Record:
    """What runs here: written when ready, removed on the way out, stale after a hard kill."""

    url: str = ""
    supervisor: Running | None = None
    children: list[Running] = field(default_factory=list)

    @property
    def serves(self) -> bool:
        return bool(self.url) and self.supervisor is not None and self.supervisor.alive


def write_record(
    places: Places, children: Sequence[Child], *, url: str = "", supervised: bool = True
) -> None:
    record = Record(
        url,
        Running("supervisor", os.getpid(), processes.birth(os.getpid())) if supervised else None,
        [Running(child.name, child.process.pid, processes.birth(child.process.pid)) for child in children],
    )
    fresh = places.record.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(record)))
    fresh.replace(places.record)


def read_record(places: Places) -> Record:
    """The record on disk; an empty one when there is none or it was cut short."""
    try:
        data = json.loads(places.record.read_text())
        supervisor = data["supervisor"]
        return Record(
            data["url"],
            Running(**supervisor) if supervisor else None,
            [Running(**child) for child in data["children"]],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Record()


def clear_leftovers(places: Places, *, just_now: bool = False) -> None:
    """End what an earlier run left alive, then remove its record, pid file and sockets. Data stays.

    `just_now` says that the supervisor died this moment: then a session whose leader is gone already is
    still ours. Later its number may be somebody else's.
    """
    children = read_record(places).children
    end([child for child in children if child.alive])
    if just_now:
        for child in children:
            processes.kill_session(child.pid)
    postmaster = _postmaster_of(places.cluster)
    if postmaster is not None and postmaster.alive:
        end([postmaster])
    (places.cluster / "postmaster.pid").unlink(missing_ok=True)
    clear_sockets(places)
    places.record.unlink(missing_ok=True)


def clear_sockets(places: Places) -> None:
    shutil.rmtree(places.postgres_sockets, ignore_errors=True)
    places.redis_socket.unlink(missing_ok=True)
    with suppress(OSError):  # not there, or not ours: private_folder says so at the next start
        places.sockets.rmdir()


def end(running: Sequence[Running], patience: float = 8) -> None:
    """Stop processes that are no children of ours any more: PostgreSQL by a fast shutdown, others by TERM."""
    for process in running:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT if process.name == "postgres" else signal.SIGTERM)
    deadline = time.monotonic() + patience
    while any(process.alive for process in running) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in running:
        if process.alive:
            processes.kill_session(process.pid)


def _postmaster_of(cluster: Path) -> Running | None:
    """The server that has this cluster open, if the pid in its lock file still is one."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return Running("postgres", pid, processes.birth(pid)) if os.fsencode(cluster) in command else None
