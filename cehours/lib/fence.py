"""Runs parsers over foreign bytes in processes that have little memory, little time and nothing else.

A process of ours keeps one forking server (`fenced.py`), which has the parsers loaded. Each job is a fork of it:
address space, CPU and wall time limited, no files, no environment, an empty folder, no sockets but the job's, no
network where the kernel allows to take it away. Bytes go in, a small JSON header and bytes come out.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cehours.lib import fenced, limits

_CHUNK = 1024 * 1024
MOST_BYTES_BACK = 4 * limits.MOST_BYTES_A_FILE


class Broken(Exception):
    """The job gave no answer: it crashed, took too much memory or time, or none of our processes was free."""


class Fence:
    """One forking server of this process with the tasks of `module`, started when first needed."""

    def __init__(
        self,
        module: str,
        *,
        memory: int = limits.MEMORY,
        cpu: int = limits.CPU_SECONDS,
        wall: int = limits.WALL_SECONDS,
        parallel: int = limits.PARALLEL,
        paths: tuple[str, ...] = (),
    ) -> None:
        self._module = module
        self._paths = paths or (str(Path(__file__).resolve().parents[2]),)
        self._wall = wall
        self._limits = json.dumps({"memory": memory, "cpu": cpu, "wall": wall}).encode()
        self._free = threading.BoundedSemaphore(parallel)
        self._starting = threading.Lock()
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def run(self, task: str, content: bytes, **facts: Any) -> tuple[dict[str, Any], bytes]:
        """What `TASKS[task]` answers to `facts` (JSON) and `content`. Raises Broken."""
        if not self._free.acquire(timeout=self._wall):
            raise Broken("all processes for parsing are busy")
        try:
            with self._job() as job:
                return _exchange(job, fenced.pack({"task": task, **facts}, content), self._wall + 1)
        except (OSError, ValueError) as error:
            raise Broken(f"{type(error).__name__}: {error}") from error
        finally:
            self._free.release()

    def stop(self) -> None:
        """Ends the server and with it every job; the next `run` starts another."""
        with self._starting:
            self._drop()

    def _job(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            for again in (True, False):
                try:
                    socket.send_fds(self._server_socket(), [self._limits], [theirs.fileno()])
                    return ours
                except OSError:
                    self.stop()  # the server was killed from outside
                    if not again:
                        ours.close()
                        raise
        raise AssertionError  # not reached

    def _server_socket(self) -> socket.socket:
        with self._starting:
            if self._control is None or self._owner != os.getpid():
                self._start()
            assert self._control is not None
            return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-I", fenced.__file__, str(theirs.fileno()), self._module, *self._paths],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={},
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control, self._owner = ours, os.getpid()
        atexit.register(self.stop)

    def _drop(self) -> None:
        if self._control is None or self._owner != os.getpid():
            return
        self._control.close()  # the server kills its jobs and ends
        self._control = None
        if self._server is not None:
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(5)
            if self._server.poll() is None:
                self._server.kill()
                self._server.wait()


def _exchange(job: socket.socket, message: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    until = time.monotonic() + seconds
    view = memoryview(message)
    while view:
        job.settimeout(max(until - time.monotonic(), 0.001))
        view = view[job.send(view[:_CHUNK]) :]
    job.shutdown(socket.SHUT_WR)
    answer = bytearray()
    while True:
        job.settimeout(max(until - time.monotonic(), 0.001))
        part = job.recv(_CHUNK)
        if not part:
            return fenced.unpack(bytes(answer))
        answer += part
        if len(answer) > MOST_BYTES_BACK:
            raise ValueError("the answer is too long")
