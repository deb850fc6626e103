"""A demo takes only its own site's word for being ready."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cehours.embedded import probe, processes
from cehours.embedded.console import Console, Step
from cehours.embedded.places import Places
from cehours.embedded.processes import Failure
from cehours.embedded.supervisor import Supervisor


class Site(BaseHTTPRequestHandler):
    said: object = {}

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.said).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A site that answers here, whoever's it is; what it says is `Site.said`."""
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("said", [{}, {"database": True, "redis": True}, {"instance": "theirs"}, ["ours"]])
def test_a_strangers_answer_at_the_same_port_is_not_ours(
    port: int, said: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "said", said)

    assert probe.answers(port), "somebody is there"
    assert not probe.answers(port, instance="ours")


def test_our_own_answer_is(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "said", {"instance": "ours"})

    assert probe.answers(port, instance="ours")


def test_a_site_that_could_not_bind_its_port_is_a_failure_whoever_answers_there(
    port: int, tmp_path: Path
) -> None:
    console = Console(sys.stderr)
    running = Supervisor(console, Places("demo", tmp_path, tmp_path), [], {}, port)
    web = processes.spawn(
        "web",
        [sys.executable, "-c", "print('Address already in use'); raise SystemExit(1)"],
        env={},
        log=tmp_path / "web.log",
        cwd=tmp_path,
    )
    web.process.wait(30)

    with pytest.raises(Failure, match="Address already in use"):
        running.wait_until_ready(web, Step("启动网站"))
