from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.test import override_settings

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
def furnished(
    django_db_setup: None,
    template_database: str,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, World]]:
    """One house for all tests of a module: it takes seconds to furnish."""
    folder: Path = tmp_path_factory.mktemp("media")
    here = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    with databases.clone_in_use(template_database, django_db_blocker) as name:
        with override_settings(STORAGES={**settings.STORAGES, "default": here}):
            world = World.build()
            furnish(world, name)
        yield name, world


@pytest.fixture
def house(furnished: tuple[str, World]) -> Iterator[House]:
    name, world = furnished
    link = databases.connect_as_owner(name)
    link.autocommit = False
    yield House(world, link)
    link.rollback()
    link.close()
