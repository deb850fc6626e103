"""A client for clamd, the daemon of ClamAV: sends bytes, learns whether they carry known malware.

Our own, because the protocol is one command and the libraries for it are abandoned (pyclamd, python-clamd) or
under the LGPL/GPL without support for time limits on both socket kinds.
"""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 20.0
_CHUNK = 256 * 1024
_LONGEST_ANSWER = 4096
_FOUND = re.compile(r"stream: (.+) FOUND")


class Unavailable(Exception):
    """clamd is down, too slow, or could not finish; nothing is known about the file."""


@dataclass(frozen=True)
class Scanner:
    """A clamd at `address`: `unix:///path/of/socket` or `tcp://host:port`."""

    address: str

    def threat_in(self, content: bytes) -> str:
        """The name of the malware found in `content`, or "" when there is none. Raises Unavailable."""
        try:
            with self._connected() as connection:
                answer = _ask(connection, content)
        except (OSError, ValueError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        if answer == "stream: OK":
            return ""
        if found := _FOUND.fullmatch(answer):
            return found[1]
        raise Unavailable(answer[:200])

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "tcp":
            connection = socket.create_connection((parts.hostname, parts.port or 3310), CONNECT_SECONDS)
        elif parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(parts.path)
            except OSError:
                connection.close()
                raise
        else:
            raise ValueError(f"not an address of clamd: {self.address!r}")
        connection.settimeout(ANSWER_SECONDS)
        return connection


def _ask(connection: socket.socket, content: bytes) -> str:
    """INSTREAM: length-prefixed chunks, an empty one at the end, one answer that ends with NUL."""
    refused = None
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError) as error:
        refused = error  # above its own size limit clamd answers and hangs up; the answer says so
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        part = connection.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    if not answer:
        raise refused or ConnectionError("clamd hung up without an answer")
    return answer.rstrip(b"\0").decode(errors="replace")
