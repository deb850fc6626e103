"""The platform's counterpart as a process of its own, switched through its own addresses, and what we ask of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from tests.training import feeding
from tests.world import World
from training import services, tasks
from training.models import PlatformAsk, Provider, Source

KEY, SECRET, CODE = "cehours-test", "a secret between the two of us", "SYPT"


@dataclass
class Peer:
    """The running counterpart; `url` is also the prefix of the contract's addresses."""

    url: str

    def switch(self, **switches: Any) -> None:
        answer = requests.put(f"{self.url}/_switches", json=switches, timeout=10)
        assert answer.status_code == 200, answer.text

    def put(self, *records: dict[str, Any]) -> None:
        answer = requests.put(f"{self.url}/_records", json={"records": list(records)}, timeout=10)
        assert answer.status_code == 200, answer.text

    def asked(self) -> list[dict[str, Any]]:
        return list(requests.get(f"{self.url}/_asked", timeout=10).json()["asked"])

    def start_over(self) -> None:
        switches = requests.get(f"{self.url}/_switches", timeout=10).json()
        usual = {"retry_after": None, "slow": 0, "failing": 0, "garbled": "", "page": 100, "limit": 60}
        self.switch(**{name: usual.get(name, False) for name in switches})
        for path in ("_records", "_asked"):
            requests.delete(f"{self.url}/{path}", timeout=10)


@contextmanager
def peer_process() -> Iterator[Peer]:
    command = [sys.executable, "-m", "cehours.embedded.platform_peer", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, "--key-id", KEY, "--secret", SECRET], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().strip()
            yield Peer(line.removeprefix("listening on "))
        finally:
            process.terminate()


def provider(world: World) -> Provider:
    with world.acting("bureau") as bureau:
        known = Provider.objects.filter(code=CODE).first()
        unit = world.units["society"]
        return known or services.admit_provider(actor=bureau, unit=unit, code=CODE, source=Source.PLATFORM)


def record(world: World, who: str = "applicant", **changes: Any) -> dict[str, Any]:
    name, number = feeding.number_of(world, who)
    return {
        "id": "SY-1",
        "id_kind": "resident",
        "id_number": number,
        "name": name,
        "year": 2022,
        "category": "public",
        "hours": 30,
        "title": "数字经济与专业技术人才发展",
        "completed_on": "2022-06-01",
        **changes,
    }


def worked_off() -> None:
    """What the outbox holds of this, as the sweeper would ring for it."""
    with scope(Actor.system("tests")):
        waiting = list(OutboxItem.objects.filter(state="pending", task="training.ask_platform"))
    for item in waiting:
        tasks.ask_platform(item.key)
    feeding.worked_off()


def again() -> int:
    """The minute's task, and what it rings for."""
    count = tasks.ask_platform_again()
    worked_off()
    return count


def ask(year: int = 2022) -> PlatformAsk:
    with scope(Actor.system("tests")):
        return PlatformAsk.objects.get(year=year)
