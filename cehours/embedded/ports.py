"""A free port on this machine's own address."""

import socket

from cehours.embedded.processes import Failure

TRIES = 100


def free_port(wanted: int) -> int:
    """`wanted`, or the next one above it that nothing listens on. 0 takes any."""
    if wanted == 0:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])
    for port in range(wanted, min(wanted + TRIES, 65536)):
        if _is_free(port):
            return port
    raise Failure(f"{wanted} 起的 {TRIES} 个端口都被占用，请用 --port 另选。")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the web server does: a port in TIME_WAIT is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
