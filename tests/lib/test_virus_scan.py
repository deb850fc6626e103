import socket
import threading

import pytest

from cehours.lib import virus_scan
from cehours.lib.virus_scan import Scanner, Unavailable
from tests.clamd import EICAR, MARKER, Clamd


def test_the_real_daemon_finds_what_its_signatures_know_and_nothing_else(clamd: Clamd):
    scanner = Scanner(clamd.address)

    assert scanner.threat_in(b"harmless") == ""
    assert scanner.threat_in(b"") == ""
    assert scanner.threat_in(b"x" * 1_000_000 + MARKER) == "Test.Marker.UNOFFICIAL"
    assert scanner.threat_in(EICAR) == "Test.Eicar.UNOFFICIAL"


def test_a_file_of_the_largest_size_is_scanned_to_its_end(clamd: Clamd):
    largest = bytes(20 * 1024 * 1024 - len(MARKER)) + MARKER

    assert Scanner(clamd.address).threat_in(largest) == "Test.Marker.UNOFFICIAL"


def test_a_file_above_the_daemons_own_limit_is_not_called_clean(clamd: Clamd):
    with pytest.raises(Unavailable, match=r"limit exceeded|Broken|reset"):
        Scanner(clamd.address).threat_in(bytes(22 * 1024 * 1024))


def test_a_daemon_that_is_gone_is_unavailable_and_then_there_again(clamd: Clamd):
    clamd.stop()
    with pytest.raises(Unavailable):
        Scanner(clamd.address).threat_in(b"x")

    clamd.start()
    assert Scanner(clamd.address).threat_in(b"x") == ""


@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"stream: lstat() failed. ERROR\0", b"\xff" * 9000])
def test_any_other_answer_over_tcp_is_unavailable_and_never_clean(answer: bytes):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=[server, answer])
        thread.start()
        scanner = Scanner(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        if answer == b"stream: OK":
            assert scanner.threat_in(b"x") == ""
        else:
            with pytest.raises(Unavailable):
                scanner.threat_in(b"x")
        thread.join()


def _answer(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        received = b""
        while not received.endswith(b"\0\0\0\0"):
            received += connection.recv(65536)
        connection.sendall(answer)


def test_a_daemon_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(virus_scan, "ANSWER_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(Unavailable, match=r"[Tt]ime"),
    ):
        Scanner(f"tcp://127.0.0.1:{server.getsockname()[1]}").threat_in(b"x")


@pytest.mark.parametrize("address", ["", "clamav", "http://clamav:3310", "unix:///nowhere/clamd.sock"])
def test_an_address_that_is_none_is_unavailable(address: str):
    with pytest.raises(Unavailable):
        Scanner(address).threat_in(b"x")
