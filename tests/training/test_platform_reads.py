"""The other direction: the platform reads bases' hours of people of public institutions by a cursor (notice 三(三))."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction

from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Nature, Unit
from tests.applications.test_recognised import enter
from tests.databases import connect_as_owner
from tests.training import platform_world
from tests.training.feeding import number_of
from tests.training.program import Program
from tests.world import World
from training import services
from training.models import RecognisedHours, Scope, Source


@pytest.fixture
def reader(committed_world: World) -> Program:
    """The platform's own program, of a committed world: what is not committed is not served."""
    world = committed_world
    platform_world.provider(world)
    world.add_person("platform_admin", unit="society")
    return Program.of(world, who="platform_admin", scopes=(Scope.HOURS,))


def read(reader: Program, cursor: str = "") -> dict[str, Any]:
    answer = reader.get(f"/recognised?cursor={cursor}" if cursor else "/recognised")
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def read_some(reader: Program, cursor: str = "") -> dict[str, Any]:
    """The next page that holds anything: what other tests have running at the same time is waited for, too."""
    deadline = time.monotonic() + 30
    while not (page := read(reader, cursor))["hours"] and time.monotonic() < deadline:
        time.sleep(0.05)
    return page


def test_it_reads_hours_of_bases_of_people_of_public_institutions_and_then_only_changes(
    committed_world: World, reader: Program
) -> None:
    world = committed_world
    world.draft(years=(), evidence=False)
    world.draft(by="other_applicant", unit="firm", years=(), evidence=False)
    row = enter(world, source=Source.BASE, number="XSDX-1", title="基地课程")
    enter(world, source=Source.PLATFORM, number="SYPT-1")
    enter(world, source=Source.CERTIFICATE, number="2024000001")
    enter(world, who="other_applicant", source=Source.BASE, number="XSDX-2")
    enter(world, who="third_applicant", source=Source.BASE, number="XSDX-3")  # of no unit

    page = read_some(reader)

    name, number = number_of(world, "applicant")
    [told] = page["hours"]
    assert told == {
        "id": str(row.pk),
        "position": told["position"],
        "valid": True,
        "id_kind": "resident",
        "id_number": number,
        "name": name,
        "year": 2022,
        "category": "public",
        "hours": 30.0,
        "number": "XSDX-1",
        "title": "基地课程",
    }
    after = read(reader, page["next"])
    assert after["hours"] == [] and after["next"] == page["next"]

    with scope(Actor.system("tests")):
        RecognisedHours.objects.filter(pk=row.pk).update(valid=False)
    [fallen] = read_some(reader, page["next"])["hours"]
    assert (fallen["id"], fallen["valid"]) == (str(row.pk), False)
    assert fallen["position"] > told["position"]


def test_nothing_is_served_above_the_oldest_transaction_that_runs(
    committed_world: World, reader: Program
) -> None:
    world = committed_world
    world.draft(years=(), evidence=False)
    with closing(connect_as_owner(connection.settings_dict["NAME"])) as running:
        with running.cursor() as cursor:
            cursor.execute("BEGIN; SELECT pg_current_xact_id()")
        enter(world, source=Source.BASE, number="XSDX-1")
        assert read(reader)["hours"] == []
    assert len(read_some(reader)["hours"]) == 1


def test_pages_join_without_gap_or_twice(
    committed_world: World, reader: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = committed_world
    world.draft(years=(), evidence=False)
    with transaction.atomic():
        for each in range(5):
            enter(world, source=Source.BASE, number=f"XSDX-{each}")
    monkeypatch.setattr("training.feeds.outward.PAGE", 2)

    seen, cursor = [], ""
    for _ in range(3):
        page = read_some(reader, cursor)
        seen += [each["number"] for each in page["hours"]]
        cursor = page["next"]
    assert sorted(seen) == [f"XSDX-{each}" for each in range(5)]
    assert read(reader, cursor)["hours"] == []


@pytest.mark.parametrize(
    ("cursor", "status"),
    [("x", 422), ("0" * 16 + ".1." + "0" * 32, 410), ("0" * 16 + "." + "9" * 19 + "." + "0" * 32, 422)],
)
def test_a_cursor_that_is_not_ours_or_of_before_a_restore_is_refused(
    committed_world: World, reader: Program, cursor: str, status: int
) -> None:
    answer = reader.get(f"/recognised?cursor={cursor}")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_no_base_may_read_them(world: World) -> None:
    world.draft(years=(), evidence=False)
    with pytest.raises(NotAllowed, match="只限公共机构学习平台"):
        Program.of(world, scopes=(Scope.HOURS,))
    assert Program.of(world).get("/recognised").status_code == 403


def test_the_registry_decides_who_is_of_a_public_institution(committed_world: World, reader: Program) -> None:
    world = committed_world
    world.draft(years=(), evidence=False)
    enter(world, source=Source.BASE, number="XSDX-1")
    cursor = read_some(reader)["next"]
    with scope(Actor.system("tests")):
        Unit.objects.filter(pk=world.units["hospital"].pk).update(nature=Nature.ENTERPRISE)

    assert read(reader)["hours"] == []
    assert read(reader, cursor)["hours"] == []


def test_an_ended_platform_reads_nothing(committed_world: World, reader: Program) -> None:
    with committed_world.acting("bureau") as bureau:
        services.end_provider(actor=bureau, provider_id=platform_world.provider(committed_world).pk)
    assert reader.get("/recognised").status_code == 401
