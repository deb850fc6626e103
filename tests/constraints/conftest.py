from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from django.db import connection

from organizations.acting.actor import Actor
from tests import databases
from tests.constraints.house import furnish
from tests.world import World


@dataclass
class House:
    """The furnished database, open to its owner; what a test does there is undone after it."""

    world: World
    link: Any

    def run(self, sql: str, *facts: object) -> list[tuple[Any, ...]]:
        with self.link.cursor() as cursor:
            cursor.execute(sql, facts)
            return list(cursor.fetchall()) if cursor.description else []

    def act_as(self, who: str) -> None:
        """From now on the triggers take the owner for this person of the world, or for the system."""
        actor = Actor.system("tests") if who == "system" else self.world.people[who]
        facts = {"kind": actor.kind, "person": actor.person_id or "", "unit": actor.unit_id or ""}
        for name, value in facts.items():
            self.run("SELECT set_config(%s, %s, true)", f"app.{name}", str(value))

    def refuses(self, *statements: str) -> psycopg2.Error:
        """What PostgreSQL says against the last of the statements; those before it must pass."""
        *before, last = statements
        for statement in before:
            self.run(statement)
        with pytest.raises(psycopg2.Error) as refusal:
            self.run(last)
        error: psycopg2.Error = refusal.value
        return error


@pytest.fixture(scope="module")
def furnished(shared_world: World) -> World:
    """One house for all tests of a module: it takes a second to furnish."""
    furnish(shared_world)
    return shared_world


@pytest.fixture
def house(furnished: World) -> Iterator[House]:
    link = databases.connect_as_owner(connection.settings_dict["NAME"])
    link.autocommit = False
    yield House(furnished, link)
    link.rollback()
    link.close()
