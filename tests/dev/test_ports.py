"""A busy port moves on."""

import socket

import pytest

from cehours.embedded import ports
from cehours.embedded.processes import Failure


def test_a_busy_port_is_answered_with_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        assert port < ports.free_port(port) <= port + ports.TRIES


def test_a_free_port_is_taken_as_wished() -> None:
    wished = ports.free_port(0)

    assert ports.free_port(wished) == wished


def test_when_all_are_busy_a_sentence_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as busy, pytest.raises(Failure, match="--port"):
        ports.free_port(busy.getsockname()[1])


def test_a_port_that_one_demo_holds_is_given_to_no_other_before_it_is_bound() -> None:
    wanted = ports.free_port(0)

    with ports.held_port(wanted) as first, ports.held_port(wanted) as second:
        assert first == wanted
        assert second != first
    with ports.held_port(wanted) as again:
        assert again == wanted
