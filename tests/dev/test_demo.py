"""`./dev demo` itself, as a person starts, stops and kills it."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cehours.embedded import instance, leftovers, ports, probe
from cehours.embedded.places import REPO, places
from tests.dev.processes_of import born_with, until

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.xdist_group("demo"),
]


@contextmanager
def demo(state: Path, port: int) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A demo that is ready, with what it has said so far."""
    command = [str(REPO / "dev"), "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        assert "Ctrl-C" in said, said
        try:
            yield process, said
        finally:
            process.kill()
            process.wait()
            until(lambda: not born_with(state), 20)


def port_of(said: str) -> int:
    found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
    assert found, said
    return int(found[1])


def test_a_demo_survives_a_kill_without_leftovers_and_soon_starts_again(state: Path) -> None:
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", ports.free_port(18000))) as busy:
        wished = busy.getsockname()[1]
        with demo(state, wished) as (process, said):
            first_took = time.monotonic() - begun
            assert f"端口 {wished} 已被占用" in said
            assert port_of(said) > wished
            assert "申报人" in said, "the table of accounts"
            assert probe.answers(port_of(said))
            assert len(born_with(state)) > 5

            process.send_signal(signal.SIGKILL)
            process.wait()

            assert until(lambda: not born_with(state), 20), born_with(state)
    here = places("demo")
    with instance.held(here):
        assert not list(here.sockets.rglob("*"))
    keys = json.loads(here.keys.read_text())

    begun = time.monotonic()
    with demo(state, wished) as (process, said):
        took = time.monotonic() - begun
        assert "已载入 1 /" not in said, "sample data is loaded once"
        assert took < first_took / 2, "a second start makes and loads nothing"
        assert json.loads(here.keys.read_text()) == keys
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert not born_with(state)


def test_a_fallen_worker_comes_back(state: Path) -> None:
    here = places("demo")
    with demo(state, 0) as (process, _):
        fallen = next(child for child in leftovers.read_record(here).children if child.name == "worker")
        subprocess.run(["kill", "-9", str(fallen.pid)], check=True)

        assert until(lambda: "worker 意外停止" in (process.stdout.readline() if process.stdout else ""), 10)
        assert until(lambda: _worker_pid(state) not in (None, fallen.pid), 10)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def _worker_pid(state: Path) -> int | None:
    children = leftovers.read_record(places("demo")).children
    return next((child.pid for child in children if child.name == "worker" and child.alive), None)
