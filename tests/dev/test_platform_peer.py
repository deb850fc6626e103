"""The counterpart of the public institutions' platform keeps to its contract, as a process of its own."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from cehours.embedded.places import REPO

DEMO = REPO / "cehours/embedded/platform_peer/demo.jsonl"
RECORDS = [json.loads(line) for line in DEMO.read_text().splitlines()]
WHO = {name: RECORDS[0][name] for name in ("id_kind", "id_number", "name", "year")}


class Key(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> bytes:
        return b"a secret of the test"


SIGNER = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Key())


class Peer:
    def __init__(self, base: str) -> None:
        self.base = base

    def signed(self, **asked: Any) -> requests.PreparedRequest:
        body = json.dumps({**WHO, **asked}).encode()
        headers = {"Content-Type": "application/json"}
        request = requests.Request(
            "POST", f"{self.base}/v1/records/query", data=body, headers=headers
        ).prepare()
        covered = ("@method", "@path", "@query")
        SIGNER.sign(
            request,
            key_id="asker",
            nonce=secrets.token_hex(16),
            body=body,
            covered_component_ids=covered,
        )
        return request

    def ask(self, **asked: Any) -> requests.Response:
        return self.send(self.signed(**asked))

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        with requests.Session() as session:
            return session.send(request, timeout=10)

    def switch(self, **wanted: Any) -> None:
        assert requests.put(f"{self.base}/_switches", json=wanted, timeout=10).status_code == 200


@pytest.fixture(scope="module")
def process() -> Iterator[Peer]:
    argv = [sys.executable, "-m", "cehours.embedded.platform_peer", "--records", str(DEMO)]
    keys = ["--key-id", "asker", "--secret", "a secret of the test"]
    with subprocess.Popen([*argv, *keys], stdout=subprocess.PIPE, text=True, cwd=REPO) as child:
        assert child.stdout
        yield Peer(child.stdout.readline().split()[-1])
        child.terminate()
        assert child.wait(10) == 0


@pytest.fixture
def peer(process: Peer) -> Iterator[Peer]:
    process.switch(limit=1000)
    yield process
    usual = {"off": False, "closed": False, "retry_after": None, "failing": 0, "garbled": "", "page": 100}
    process.switch(**usual, duplicating=False, correcting=False, stale=False, expire=False, limit=1000)


def test_a_person_and_year_are_answered_whatever_the_name(peer: Peer) -> None:
    found = peer.ask(name="另一个名字").json()
    expected = [
        each for each in RECORDS if (each["id_number"], each["year"]) == (WHO["id_number"], WHO["year"])
    ]
    assert [each["id"] for each in found["records"]] == sorted(each["id"] for each in expected)
    assert found["next"] is None
    assert peer.ask(year=1999).json() == {"records": [], "next": None}


def test_only_who_signs_now_and_once_is_answered(peer: Peer) -> None:
    request = peer.signed()
    assert [peer.send(request).status_code for _ in range(2)] == [200, 401]
    altered = peer.signed()
    altered.body = json.dumps({**WHO, "year": 2021}).encode()
    altered.headers["Content-Length"] = str(len(altered.body))
    refused = peer.send(altered)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed")
    assert refused.headers["WWW-Authenticate"] == "Signature"


def test_pages_follow_each_other_and_cursors_fit_their_query_alone(peer: Peer) -> None:
    whole = peer.ask().json()["records"]
    peer.switch(page=1)
    first = peer.ask().json()
    second = peer.ask(cursor=first["next"]).json()
    assert first["records"] + second["records"] == whole
    assert second["next"] is None
    assert peer.ask(cursor=first["next"], year=2021).json()["code"] == "cursor_expired"
    peer.switch(duplicating=True)
    assert len(peer.ask(cursor=first["next"]).json()["records"]) == 3


def test_corrections_are_new_versions(peer: Peer) -> None:
    before = peer.ask(year=2021).json()["records"][0]
    peer.switch(correcting=True)
    assert peer.ask(year=2021).json()["records"][0] == before
    peer.switch(correcting=False)
    after = peer.ask(year=2021).json()["records"][0]
    assert (after["version"], after["hours"]) == (2, 15)
    peer.switch(stale=True)
    assert peer.ask(year=2021).json()["records"][0] == before


@pytest.mark.parametrize("how", ["text", "cut", "shape", "other", "large", "html"])
def test_what_is_garbled_is_wrong(peer: Peer, how: str) -> None:
    peer.switch(garbled=how)
    if how == "cut":
        with pytest.raises(requests.RequestException):
            peer.ask()
        return
    answer = peer.ask()
    assert answer.status_code == (502 if how == "html" else 200)
    if how == "shape":
        assert "hours" not in answer.json()["records"][0]
    if how == "large":
        assert len(answer.content) > 1024 * 1024


def test_it_fails_closes_and_goes_off_as_it_is_told(peer: Peer) -> None:
    peer.switch(failing=1)
    assert [peer.ask().status_code for _ in range(2)] == [500, 200]
    peer.switch(closed=True, retry_after=7)
    closed = peer.ask()
    assert (closed.status_code, closed.headers["Retry-After"]) == (503, "7")
    peer.switch(closed=False, off=True)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{peer.base}/v1/health", timeout=10)
    peer.switch(off=False, limit=0)
    assert peer.ask().headers["Retry-After"] == "7"


def test_bad_queries_name_the_field(peer: Peer) -> None:
    answer = peer.ask(year="2020", id_number="1")
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"year", "id_number"}
