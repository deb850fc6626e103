"""Several at one barrier, one act in the middle of another; and a person's own connection to a real web server."""

from __future__ import annotations

import http.client
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, connections

from cehours.lib.refusal import Refusal
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


def between(place: int | str, act: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any, bool]:
    """Runs `act`, and just before its statement number `place` all of `other`, as far as no lock keeps it waiting.

    A word for `place` is one of the statement just before. Returns what both returned, a refusal instead of a result,
    and whether `act` has so many statements; where it has not, `other` comes after it.
    """
    found: list[Any] = [None]
    pid, started = threading.Event(), threading.Event()
    backend: list[int] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            backend.append(connection.connection.info.backend_pid)
            pid.set()
            found[0] = _or_refusal(other)
        except BaseException as error:
            found[0] = error
        finally:
            pid.set()
            connections.close_all()

    beside, seen, last = threading.Thread(target=run), [0], [""]

    def step(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen[0] += 1
        reached = seen[0] == place if isinstance(place, int) else place in last[0]
        last[0] = str(sql)
        if reached and not started.is_set():
            started.set()
            beside.start()
            pid.wait(timeout=30)
            while beside.is_alive() and not _waits_for_us(context["connection"], backend[0]):
                beside.join(timeout=0.005)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(step):
        mine = _or_refusal(act)
    if not started.is_set():
        beside.start()
    beside.join(timeout=60)
    if isinstance(found[0], BaseException) and not isinstance(found[0], Refusal):
        raise found[0]
    return mine, found[0], started.is_set()


def _or_refusal(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Refusal as refusal:
        return refusal


def _waits_for_us(ours: Any, backend: int) -> bool:
    """Whether the other's connection waits for a lock that ours has; asked past the wrapper that counts."""
    with ours.connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid() = ANY (pg_blocking_pids(%s))", [backend])
        return bool(cursor.fetchone()[0])


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
