"""What goes over the line to the platform: the signature, what stands in no address, and how long we wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from training.models import Fault
from training.platform import client
from training.platform.answers import Wanted
from training.platform.client import Unanswered

NUMBER = "430102199003070012"
WANTED = Wanted("resident", NUMBER, "张三", 2025)
SECRET = "a secret between the two of us"
Answer = Callable[[BaseHTTPRequestHandler], None]


class _Secret(HTTPSignatureKeyResolver):  # type: ignore[misc]
    def resolve_public_key(self, key_id: str) -> bytes:
        return SECRET.encode()


@dataclass
class Line:
    """A socket that answers as the test says, and remembers what came."""

    answer: Answer = lambda handler: None
    came: list[Any] = field(default_factory=list)


@pytest.fixture
def line(settings: Any) -> Iterator[Line]:
    told = Line()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = f"http://{self.headers['Host']}{self.path}"
            told.came.append(SimpleNamespace(method="POST", url=url, headers=self.headers, body=body))
            told.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.LEARNING_PLATFORM_URL = f"http://127.0.0.1:{server.server_port}/exchange/"
    settings.LEARNING_PLATFORM_KEY, settings.LEARNING_PLATFORM_SECRET = "ours", SECRET
    settings.LEARNING_PLATFORM_TIMEOUT = 0.5
    yield told
    server.shutdown()
    server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_each_question_is_signed_with_its_body_and_a_nonce_of_its_own(line: Line) -> None:
    line.answer = says(200, b'{"records": [], "next": null}')
    assert client.records(WANTED) == client.records(WANTED) == []

    nonces = set()
    for request in line.came:
        (result,) = HTTPMessageVerifier(
            signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Secret()
        ).verify(
            request,
            max_age=timedelta(minutes=5),
            require_components=("@method", "@path", "@query", "content-digest"),
            body=request.body,
        )
        nonces.add(result.parameters["nonce"])
    assert len(nonces) == 2
    assert line.came[0].url.endswith("/exchange/v1/records/query")


def test_an_identity_number_stands_in_the_body_alone(line: Line) -> None:
    line.answer = says(200, b'{"records": [], "next": null}')
    client.records(WANTED)

    [request] = line.came
    assert NUMBER in request.body.decode()
    assert NUMBER not in request.url + str(request.headers)


@pytest.mark.parametrize(
    ("status", "headers", "fault", "wait"),
    [
        (302, {"Location": "/exchange/v1/records/query"}, Fault.FAILED, None),
        (401, {}, Fault.REFUSED, None),
        (403, {}, Fault.REFUSED, None),
        (422, {}, Fault.REJECTED, None),
        (429, {"Retry_After": "30"}, Fault.CLOSED, 30),
        (503, {"Retry_After": "Tue, 01 Dec 2026 10:00:00 GMT"}, Fault.CLOSED, None),
        (503, {"Retry_After": "999999"}, Fault.CLOSED, 86400),
        (500, {}, Fault.FAILED, None),
    ],
)
def test_each_refusal_is_read_by_its_status(
    line: Line, status: int, headers: dict[str, str], fault: Fault, wait: int | None
) -> None:
    line.answer = says(status, **headers)
    with pytest.raises(Unanswered) as refused:
        client.records(WANTED)
    assert (refused.value.fault, refused.value.wait) == (fault, wait)
    assert len(line.came) == 1  # not tried again at once, nor sent anywhere else


def test_a_line_that_drips_is_given_up_in_time(line: Line) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass  # we hung up

    line.answer = drip
    began = time.monotonic()
    with pytest.raises(Unanswered) as refused:
        client.records(WANTED)
    assert refused.value.fault == Fault.SILENT
    assert time.monotonic() - began < 3


def test_without_end_is_too_much(line: Line) -> None:
    line.answer = says(200, b" " * (client.LARGEST + 1))
    with pytest.raises(Unanswered) as refused:
        client.records(WANTED)
    assert refused.value.fault == Fault.GARBLED


def test_where_nobody_listens_it_is_silent(line: Line, settings: Any) -> None:
    settings.LEARNING_PLATFORM_URL = "http://127.0.0.1:9"
    with pytest.raises(Unanswered) as refused:
        client.records(WANTED)
    assert refused.value.fault == Fault.SILENT
