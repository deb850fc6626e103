"""Several at one barrier; and a person's own connection to a real web server."""

from __future__ import annotations

import http.client
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections

from organizations.acting.actor import Actor
from tests.world import World


def together(*works: Callable[[], Any]) -> list[Any]:
    """Starts all at one barrier, each in a thread with its own connection; returns what each returned."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            found[place] = work()
        except BaseException as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return found


class Wire:
    """One signed-in person's connection; opened before the race, so that only the request itself is in it."""

    def __init__(self, world: World, who: str | Actor, port: int) -> None:
        session = world.browser(who).cookies[settings.SESSION_COOKIE_NAME].value
        self._token = secrets.token_hex(16)
        self._cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self._token}"
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._link.connect()

    def post(self, path: str, fields: Mapping[str, str | int]) -> int:
        """Sends a form; returns the status."""
        return self._send(path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, fields: Mapping[str, str], name: str, content: bytes) -> int:
        """Sends a form with one file in the field `name`."""
        edge = secrets.token_hex(8)
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="scan.png"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._send(path, body, f"multipart/form-data; boundary={edge}")

    def close(self) -> None:
        self._link.close()

    def _send(self, path: str, body: bytes, kind: str) -> int:
        headers = {"Cookie": self._cookies, "X-CSRFToken": self._token, "Content-Type": kind}
        self._link.request("POST", path, body, headers)
        answer = self._link.getresponse()
        answer.read()
        return answer.status
