"""What runs behind the fence: forks one confined process for each job. Started by `cehours.lib.fence` only.

Run as a script with an empty environment: `python -I fenced.py FD MODULE PATH...`. FD is the control socket: each
message on it carries one connected socket, the job. MODULE holds `TASKS`; it is imported once, so that a
job costs a fork and not the start of an interpreter. This process itself never reads a job's bytes.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

Task = Callable[[dict[str, Any], bytes], tuple[dict[str, Any], bytes]]

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_JOB = 3


def serve(control: socket.socket, tasks: dict[str, Task]) -> None:
    """Until the other side of `control` goes away: one child per message, killed when its time is over."""
    running: dict[int, float] = {}  # pid of a child that was not reaped yet: when it is killed
    while True:
        pause = max(min(running.values()) - time.monotonic(), 0) if running else None
        readable, _, _ = select.select([control], [], [], pause)
        _reap(running)
        if not readable:
            continue
        message, jobs, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            for pid in running:
                _end(pid)
            return
        limits = json.loads(message)
        try:
            pid = os.fork()
            if pid == 0:
                _child(jobs[0], limits, tasks)
            running[pid] = time.monotonic() + limits["wall"]
        except OSError:
            continue  # no process to be had: this job gets no answer, the next one may
        finally:
            os.close(jobs[0])


def _reap(running: dict[int, float]) -> None:
    for pid, until in list(running.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del running[pid]
        elif until <= time.monotonic():
            _end(pid)
            del running[pid]


def _end(pid: int) -> None:
    # The group comes into being a moment after the fork; until then there is only the child itself.
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    os.waitpid(pid, 0)


def _child(job: int, limits: dict[str, int], tasks: dict[str, Task]) -> None:
    """Does the job and ends the process. Whatever goes wrong shows as a missing answer."""
    status = 1
    try:
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(job, _JOB)
        os.closerange(_JOB + 1, 1024)
        _limit(limits)
        with socket.socket(fileno=_JOB) as connection:
            header, content = unpack(connection.makefile("rb").read())
            facts, answer = tasks[header.pop("task")](header, content)
            connection.sendall(pack(facts, answer))
        status = 0
    finally:
        os._exit(status)


def _limit(limits: dict[str, int]) -> None:
    cpu = limits["cpu"]
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(kind, (most, most))


def pack(header: dict[str, Any], content: bytes) -> bytes:
    """A message: the length of a JSON header, the header, the content. The end of the stream ends it."""
    head = json.dumps({**header, "bytes": len(content)}).encode()
    return struct.pack("!I", len(head)) + head + content


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """The reverse of `pack`. Raises ValueError for a message that is not whole."""
    if len(message) < 4:
        raise ValueError("no message")
    end = 4 + int(struct.unpack_from("!I", message)[0])
    header = json.loads(message[4:end])
    content = message[end:]
    if len(content) != header.pop("bytes"):
        raise ValueError("the message was cut")
    return header, content


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _leave_the_world() -> None:
    """An own and empty folder, no network, no new rights; what the kernel does not allow is left out."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)  # nothing can be put into a folder that is gone, and nothing is left behind
    ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def main(control: int, module: str, paths: list[str]) -> None:
    sys.path[:0] = paths
    tasks: dict[str, Task] = importlib.import_module(module).TASKS
    _leave_the_world()
    gc.freeze()  # what is loaded stays shared with every child
    serve(socket.socket(fileno=control), tasks)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
