"""A free port on this machine's own address."""

import fcntl
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded.processes import Failure

TRIES = 100
NONE_FREE = f"{{wanted}} 起的 {TRIES} 个端口都被占用，请用 --port 另选。"


def free_port(wanted: int) -> int:
    """`wanted`, or the next one above it that nothing listens on. 0 takes any."""
    if wanted == 0:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    for port in _candidates(wanted):
        if _is_free(port):
            return port
    raise Failure(NONE_FREE.format(wanted=wanted))


@contextmanager
def held_port(wanted: int) -> Iterator[int]:
    """A free port that no other demo on this machine is given until the body ends, however late it is bound."""
    for port in [free_port(0)] if wanted == 0 else _candidates(wanted):
        try:
            mark = (Path(tempfile.gettempdir()) / f"cehours-port-{port}.lock").open("a")
        except PermissionError:  # held, or left, by another user of the machine
            continue
        with mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if _is_free(port):
                yield port
                return
    raise Failure(NONE_FREE.format(wanted=wanted))


def _candidates(wanted: int) -> range:
    return range(wanted, min(wanted + TRIES, 65536))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the web server does: a port in TIME_WAIT is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
