"""One question to the platform, over HTTP: signed, bounded in time and size, whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from requests import PreparedRequest, Request, RequestException, Response, Session
from urllib3.exceptions import HTTPError

from training.feeds.reported import Reported
from training.models import Fault
from training.platform import answers
from training.platform.answers import Garbled, Wanted

LARGEST = 1024 * 1024
CHUNK = 64 * 1024
MOST_PAGES = 200
LONGEST_PAUSE = 24 * 3600
OURS_TO_MEND = (400, 404, 405, 413, 415, 422)


class Unanswered(Exception):
    """No whole answer. `wait`: for how many seconds the platform asks to be left alone, if it said so."""

    def __init__(self, fault: Fault, says: str, wait: int | None = None) -> None:
        super().__init__(says)
        self.fault, self.wait = fault, wait


class _Expired(Exception):
    """The cursor is forgotten: once more from the first page."""


class _Key(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> bytes:
        return str(settings.LEARNING_PLATFORM_SECRET).encode()


@dataclass
class _Clock:
    """How long all pages together may still take (seconds)."""

    ends: float

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()


def is_well() -> None:
    """The health question. Raises Unanswered."""
    body = _answered("GET", "/v1/health", b"", _Clock(time.monotonic() + settings.LEARNING_PLATFORM_TIMEOUT))
    try:
        status = json.loads(body.decode())["status"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unanswered(Fault.GARBLED, "health") from error
    if status != "ok":
        raise Unanswered(Fault.CLOSED, "health")


def records(wanted: Wanted) -> list[Reported]:
    """All records of one person and year, each once in its highest version. Raises Unanswered."""
    limit = _Clock(time.monotonic() + 4 * settings.LEARNING_PLATFORM_TIMEOUT)
    try:
        try:
            return _all_pages(wanted, limit)
        except _Expired:
            return _all_pages(wanted, limit)
    except _Expired:
        raise Unanswered(Fault.FAILED, "the cursor expired twice") from None
    except Garbled as error:
        raise Unanswered(Fault.GARBLED, str(error)) from error


def _all_pages(wanted: Wanted, limit: _Clock) -> list[Reported]:
    found: list[Reported] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        asked = {
            "id_kind": wanted.id_kind,
            "id_number": wanted.id_number,
            "name": wanted.name,
            "year": wanted.year,
            "cursor": cursor,
        }
        page = answers.read(_answered("POST", "/v1/records/query", json.dumps(asked).encode(), limit), wanted)
        found = answers.newest([*found, *page.records])
        if len(found) > answers.MOST_RECORDS:
            break
        if page.next is None:
            return found
        cursor = page.next
    raise Garbled("more records than one person has")


def _answered(method: str, path: str, body: bytes, limit: _Clock) -> bytes:
    """The body of a 200. Raises Unanswered, _Expired."""
    ends = min(limit.left, settings.LEARNING_PLATFORM_TIMEOUT)
    if ends <= 0:
        raise Unanswered(Fault.SILENT, "too slow")
    one = _Clock(time.monotonic() + ends)
    try:
        with _connections().send(
            _request(method, path, body), timeout=ends, allow_redirects=False, stream=True
        ) as answer:
            content = _read(answer, one)
            if answer.status_code != 200:
                raise _refused(answer, content)
            return content
    except (RequestException, HTTPError, OSError) as error:
        raise Unanswered(Fault.SILENT, type(error).__name__) from error


def _request(method: str, path: str, body: bytes) -> PreparedRequest:
    headers = {"Accept": "application/json, application/problem+json"}
    if body:
        headers["Content-Type"] = "application/json"
    url = settings.LEARNING_PLATFORM_URL.rstrip("/") + path
    request = Request(method, url, headers=headers, data=body or None).prepare()
    if body:
        signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Key())
        signer.sign(
            request,
            key_id=settings.LEARNING_PLATFORM_KEY,
            nonce=secrets.token_hex(16),
            body=body,
            covered_component_ids=("@method", "@path", "@query"),
        )
    return request


def _read(answer: Response, limit: _Clock) -> bytes:
    """The bytes as they come: a line that drips is as bad as a dead one."""
    content = b""
    promised = answer.headers.get("Content-Length", "")
    while chunk := answer.raw.read1(CHUNK, decode_content=True):
        content += chunk
        if len(content) > LARGEST:
            raise Unanswered(Fault.GARBLED, "too large")
        if limit.left <= 0:
            raise Unanswered(Fault.SILENT, "too slow")
    encoded = "Content-Encoding" in answer.headers
    if promised.isdecimal() and not encoded and len(content) < int(promised):
        raise Unanswered(Fault.GARBLED, "cut off")
    return content


def _refused(answer: Response, content: bytes) -> Exception:
    status = answer.status_code
    wait = _seconds(answer.headers.get("Retry-After", ""))
    if status == 410 and _code(content) == "cursor_expired":
        return _Expired()
    if status in (401, 403):
        return Unanswered(Fault.REFUSED, str(status))
    if status in (429, 503):
        return Unanswered(Fault.CLOSED, str(status), wait)
    return Unanswered(Fault.REJECTED if status in OURS_TO_MEND else Fault.FAILED, str(status))


def _code(content: bytes) -> str:
    try:
        found = json.loads(content.decode())
    except (ValueError, RecursionError):
        return ""
    return str(found.get("code", "")) if isinstance(found, dict) else ""


def _seconds(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return None
    return min(max(int(text), 1), LONGEST_PAUSE)


def _connections() -> Session:
    """Kept in this process; a child that used its parent's would mix up answers."""
    return _made(os.getpid())


@lru_cache(maxsize=1)
def _made(_process: int) -> Session:
    session = Session()
    session.trust_env = False  # neither a proxy nor another's password
    return session
