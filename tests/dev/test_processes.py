"""Children and their ends."""

import os
import signal
import sys
from pathlib import Path

import pytest

from cehours.embedded import processes
from cehours.embedded.processes import Child, Failure
from tests.dev.processes_of import mentioning, until

ENV = {"PATH": os.environ["PATH"]}
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "grandchild-of-{mark}"])
print("ready", flush=True)
time.sleep(60)
"""


def start(tmp_path: Path, code: str) -> Child:
    return processes.spawn("child", [sys.executable, "-c", code], env=ENV, log=tmp_path / "log", cwd=tmp_path)


def test_a_failing_command_is_told_with_the_end_of_its_output(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"退出码 3(.|\n)*what went wrong"):
        processes.run(
            [sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"],
            env=ENV,
            log=tmp_path / "log",
            cwd=tmp_path,
        )


def test_an_unknown_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no-such-program"):
        processes.spawn("child", ["no-such-program"], env=ENV, log=tmp_path / "log", cwd=tmp_path)


def test_one_that_ignores_the_request_is_killed_with_its_children(tmp_path: Path) -> None:
    child = start(tmp_path, STUBBORN.format(mark=tmp_path.name))
    assert until(lambda: "ready" in processes.last_lines(child.log, 1), 10)

    processes.stop([child], patience=0.2)

    assert child.process.returncode == -signal.SIGKILL
    assert until(lambda: not mentioning(f"grandchild-of-{tmp_path.name}"), 5)


def test_a_second_ctrl_c_cuts_the_waiting_short(tmp_path: Path) -> None:
    child = start(tmp_path, STUBBORN.format(mark=tmp_path.name))
    assert until(lambda: "ready" in processes.last_lines(child.log, 1), 10)

    processes.stop([child], patience=600, hurry=lambda: True)

    assert not child.alive


def test_a_process_is_told_from_a_later_one_with_its_number(tmp_path: Path) -> None:
    child = start(tmp_path, "import time; time.sleep(60)")
    born = processes.birth(child.process.pid)

    assert born is not None
    assert born == processes.birth(child.process.pid)
    processes.stop([child], patience=0)
    assert processes.birth(child.process.pid) is None
    assert processes.birth(os.getpid()) != born


def test_only_the_end_of_a_log_is_shown(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("\n".join(f"line {number}" for number in range(5000)))

    assert processes.last_lines(tmp_path / "log", 2) == "line 4998\nline 4999"
    assert processes.last_lines(tmp_path / "absent", 2) == ""
