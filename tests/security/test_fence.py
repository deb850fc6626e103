"""The fence around parsers: whatever runs inside is cut short, learns nothing, and the next job succeeds."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cehours.lib import uploads
from cehours.lib.fence import Broken, Fence
from tests.security.corpus.asking import refusal, taken
from tests.security.corpus.pdfs import pdf
from tests.security.corpus.photos import picture

REPO = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module")
def fence() -> Iterator[Fence]:
    with_probes = Fence("tests.security.probes", cpu=1, wall=3, paths=(REPO,))
    yield with_probes
    with_probes.stop()


def works(fence: Fence) -> bool:
    return fence.run("echo", b"abc", a=1) == ({"a": 1}, b"abc")


@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_bytes_come_back_as_they_went_in(fence: Fence, size: int) -> None:
    content = os.urandom(size)

    assert fence.run("echo", content, name="证书") == ({"name": "证书"}, content)


@pytest.mark.parametrize("attack", ["eat_memory", "spin", "crash", "half_an_answer", "flood", "no such task"])
def test_a_job_that_goes_wrong_gives_no_answer_and_the_next_one_succeeds(fence: Fence, attack: str) -> None:
    started = time.monotonic()

    with pytest.raises(Broken):
        fence.run(attack, b"")

    assert time.monotonic() - started < 15  # cut short, whatever else the machine does
    assert works(fence)


def named(name: str) -> list[str]:
    found = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        try:
            if comm.read_text().strip() == name:
                found.append(comm.parent.name)
        except OSError:
            continue
    return found


def test_a_job_that_sleeps_is_killed_when_its_time_is_over(fence: Fence) -> None:
    name = f"sleep{os.getpid()}"
    with pytest.raises(Broken):
        fence.run("hang", b"", name=name)

    assert works(fence)  # the server looks after the dead before it takes the next job
    assert named(name) == []


def test_a_job_sees_no_environment_no_file_and_no_socket_but_its_own(
    fence: Fence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "secret")
    limits = ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC", "RLIMIT_NOFILE"]

    seen, _ = fence.run("surroundings", b"", limits=limits)

    assert set(seen["environment"]) <= {"LC_CTYPE"}  # Python sets it itself
    assert len(seen["open"]) <= 5  # 0-2 are /dev/null or the log, 3 the job, and the listing of this folder
    assert seen["folder"] == []
    assert seen["limits"] == dict(zip(limits, [512 * 1024 * 1024, 1, 0, 0, 0, 16], strict=True))


def test_a_job_writes_no_file(fence: Fence, tmp_path: Path) -> None:
    target = tmp_path / "planted"

    seen, _ = fence.run("write_a_file", b"x", paths=["planted", str(target)])

    assert len(seen["tried"]) >= 1
    assert not target.exists() or target.read_bytes() == b""


def test_a_job_reaches_no_server_where_the_kernel_allows_to_take_the_network_away(fence: Fence) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen, _ = fence.run("connect", b"", port=server.getsockname()[1])

    apart = _own_network(fence)
    assert bool(seen["refused"]) is apart


def _own_network(fence: Fence) -> bool:
    assert fence._server is not None
    ours, theirs = (os.readlink(f"/proc/{pid}/ns/net") for pid in ("self", fence._server.pid))
    return ours != theirs


def test_a_killed_server_is_started_again(fence: Fence) -> None:
    assert works(fence) and fence._server is not None
    first = fence._server.pid
    os.kill(first, signal.SIGKILL)
    fence._server.wait()

    assert works(fence)
    assert fence._server.pid != first


def test_a_stopped_server_takes_its_jobs_with_it() -> None:
    lonely, name = Fence("tests.security.probes", paths=(REPO,)), f"left{os.getpid()}"
    outcome: list[str] = []

    def wait() -> None:
        try:
            lonely.run("hang", b"", name=name)
        except Broken:
            outcome.append("broken")

    thread = threading.Thread(target=wait)
    thread.start()
    until = time.monotonic() + 10
    while not named(name) and time.monotonic() < until:
        time.sleep(0.02)
    assert named(name)

    lonely.stop()
    thread.join(10)

    assert outcome == ["broken"]
    assert named(name) == []


def test_jobs_run_side_by_side_and_no_more_than_allowed() -> None:
    two = Fence("tests.security.probes", wall=1, parallel=1, paths=(REPO,))
    name = f"busy{os.getpid()}"
    errors: list[str] = []

    def occupy() -> None:
        try:
            two.run("hang", b"", name=name)
        except Broken as error:
            errors.append(str(error))

    threads = [threading.Thread(target=occupy) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    two.stop()

    assert len(errors) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", pdf()), ("a.png", picture("PNG")), ("a.jpg", picture())],
    ids=["pdf", "png", "jpeg"],
)
def test_a_parser_that_dies_is_a_refusal_that_says_what_to_do(
    fence: Fence, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "PARSERS", fence)
        says = refusal(content, name)

    assert "无法处理，请" in says
    assert taken(content, name).size


def test_a_picture_that_needs_too_much_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    large = picture("PNG", size=(6000, 6000))
    tight = Fence("cehours.lib.parsing", memory=160 * 1024 * 1024)
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "PARSERS", tight)
        says = refusal(large, "a.png")
    tight.stop()

    assert "图片太大" in says and "请缩小" in says
