"""Short ways to fill a reviewer's desk and to read the pages."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from tests.world import World


def submitted(
    world: World, *, by: str = "applicant", unit: str = "hospital", evidence: bool = True, note: str = ""
) -> Application:
    """A case on the desk of `unit`."""
    case = world.draft(by=by, unit=unit, evidence=evidence)
    return world.submit(case, by=by, evidence_note=note)


def several(world: World, count: int) -> list[Application]:
    """`count` more cases of further people on the desk of 省第九人民医院."""
    cases = []
    for number in range(count):
        name = f"more_{number}"
        world.add_person(name)
        cases.append(submitted(world, by=name))
    return cases


def body(answer: Any) -> str:
    return str(answer.content.decode())


def queries_of(browser: Client, address: str) -> int:
    """How many questions the page asks the database, after a first look that fills the caches."""
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)
