"""Raw SQL of the runtime role at every table and function the catalogue names: without a context, and as a stranger.

What a later migration makes is tried by itself. A table needs a row in tests/constraints/house.py, a function that
runs as the owner and takes no id a line in CALLS or ANSWERS_ANYBODY; whatever lacks it is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from organizations.acting import catalogue
from organizations.acting.actor import Actor
from organizations.acting.catalogue import Function, Table
from organizations.acting.scope import scope
from organizations.models import Unit
from organizations.registry import kept as kept_units
from organizations.walls import OUTSIDE
from tests.constraints.house import furnish
from tests.databases import connect_as_owner
from tests.world import World

NOBODY = "without a context"
# They have nothing to do with any case, plan, list or request of the house.
STRANGERS = (NOBODY, "public", "stranger", "other_employer", "other_bureau", "school_admin")
# What of it a stranger may do behind the wall, and why that is meant.
MEANT = {
    ("SELECT", "organizations_imprint"): "whom to ring, on every page",
    ("SELECT", "organizations_region"): "reference data: the divisions of GB/T 2260",
    ("SELECT", "training_trainingbase"): "reference data: annex 1",
    ("SELECT", "organizations_platformaccount"): "identity: read before anybody is known",
    (
        "SELECT",
        "training_provider",
    ): "who reports hours is no secret; the person reads it beside their records",
    ("DELETE", "organizations_platformaccount"): "goes with its membership; only ever closes a door",
    ("INSERT", "organizations_person"): "registration, by somebody who is not known yet",
    ("INSERT", "organizations_message"): "a code, for somebody who is not known yet",
    ("INSERT", "organizations_outboxitem"): "a bell: whose work it rings for asks every guard again",
}
NEW = {
    "integer": str(2**30),
    "uuid": "'00000000-0000-4000-8000-00000000abcd'",
    "bigint": str(2**40),
    "character varying": "'new'",
}
MISSING = UUID("00000000-0000-4000-8000-00000000dcba")
NEVER_WAS = {"case": MISSING, "batch": MISSING, "member": 2**40}

# What a function of the owner is given, by type: `id` is in turn everything that is there.
GIVEN = {
    "uuid": "id",
    "uuid[]": "ARRAY[id]",
    "bigint": "1::bigint",
    "boolean": "true",
    "bytea": "'\\x00'::bytea",
    "date": "current_date",
    "integer": "1",
    "numeric[]": "ARRAY[1.0]",
    "smallint[]": "ARRAY[2024::smallint]",
    "text": "''",
    "text[]": "'{}'::text[]",
    "timestamp with time zone": "now()",
}
# Those that are asked for something else than ids, or for ids that belong together.
CALLS = {
    "application_may_be_handed_on": "(%(case)s, %(version)s + 1, %(holder)s, %(curer)s, %(curer)s)",
    "chunks_given_up": "(ARRAY[%(batch)s || ':0'])",
    "first_chunk_moves": "(%(batch)s, %(batch)s || ':0', %(batch)s || ':1', now())",
    "members_registered": "(ARRAY[%(member)s::bigint])",
    "reset_second_factor": "(%(member)s)",
}
# Functions of the owner that answer everybody alike, and why that is meant.
ANSWERS_ANYBODY = {
    "body_is_kept": "refuses all but the province's administrators (tests/certificates/test_bodies.py)",
    "cases_to_cure_counted": "how many cases the asking unit itself can cure",
    "certificate_for": "verification by number and name",
    "certificate_with_digest": "verification by the bytes of a print",
    "certificate_with_token": "verification by the code on a print",
    "credential_known": "a program signs before anybody is known; what it gets is sealed",
    "lost_print_with_digest": "verification by the bytes of a print whose number was lost",
    "numbers_are_lost": "refuses whoever is not numbering (tests/certificates/test_numbering.py)",
    "own_absences": "the asking account's own",
    "person_with_index": "registration; whoever has the keyed index of a number has its key",
    "plan_numbers_given": "the next number of a series, which stands on every paper of it",
}


@dataclass(frozen=True)
class House:
    """The furnished world, and what the owner sees of it."""

    world: World
    link: Any

    def read(self, sql: str, *facts: object) -> list[tuple[Any, ...]]:
        with self.link.cursor() as cursor:
            cursor.execute(sql, facts)
            return list(cursor.fetchall())

    def key(self, table: Table) -> list[tuple[str, str]]:
        """(name, type) of the columns of the primary key."""
        return self.read(
            "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_index i "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary",
            table.name,
        )

    def changeable(self, table: Table) -> list[str]:
        """Columns that the runtime role may change."""
        found = self.read(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND has_column_privilege(%s, attrelid, attnum, 'UPDATE') AND attgenerated = '' ORDER BY attnum",
            table.name,
            settings.RUNTIME_ROLE,
        )
        return [name for (name,) in found]

    def ids(self) -> list[UUID]:
        """Of everything that has one."""
        keys = [(table.name, self.key(table)) for table in catalogue.tables()]
        named = [(table, key[0][0]) for table, key in keys if key[0][1] == "uuid"]
        return [pk for table, column in named for (pk,) in self.read(f"SELECT {column} FROM {table}")]

    def case(self) -> dict[str, object]:
        """The case that waits at 省第九人民医院, and who may hand it on."""
        [(case, version, holder)] = self.read(
            "SELECT id, version, current_unit_id FROM applications_application WHERE state = 'employer_review'"
        )
        member = self.world.employer.user_id
        [(batch,)] = self.read("SELECT id FROM review_batch LIMIT 1")
        return {
            "batch": batch,
            "case": case,
            "version": version,
            "holder": holder,
            "curer": self.world.group.pk,
            "member": member,
        }


@pytest.fixture(scope="module")
def house(shared_world: World) -> Iterator[House]:
    furnish(shared_world)
    shared_world.add_person("stranger")
    with closing(connect_as_owner(connection.settings_dict["NAME"])) as link:
        yield House(shared_world, link)


@contextmanager
def acting(house: House, who: str) -> Iterator[None]:
    """Statements inside run as the runtime role in this context, and are rolled back."""
    actor = Actor.public() if who == "public" else house.world.people.get(who)
    with transaction.atomic():
        with nullcontext() if actor is None else scope(actor):
            yield
        transaction.set_rollback(True)


def tried(sql: str, *facts: object) -> str:
    """What came of it: nothing where no row was there, refused by a right, the wall or a guard; else what happened."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, facts)
            return f"{cursor.rowcount} rows" if cursor.rowcount else "nothing"
    except DatabaseError as error:
        by_guard = "PL/pgSQL function" in (error.__cause__.diag.context or "")
        by_wall = any(word in str(error) for word in ("row-level security", "permission denied"))
        return "refused" if by_wall or by_guard else str(error)


def walled() -> list[Table]:
    return [table for table in catalogue.tables() if table.is_behind_the_wall]


def statements(house: House, table: Table) -> Iterator[tuple[str, str, list[object]]]:
    """(verb, statement, its parameters) for each verb at one table: all its rows, or a further one like the first."""
    # Everybody has one row that is about himself.
    where = (
        "WHERE id::text IS DISTINCT FROM current_setting('app.person', true)"
        if table.name == "organizations_person"
        else ""
    )
    key = house.key(table)
    column = next(iter(house.changeable(table)), key[0][0])
    new = ", ".join(f"'{name}', {NEW[kind]}" for name, kind in key)
    yield "SELECT", f"SELECT FROM {table.name} {where}", []
    yield "UPDATE", f"UPDATE {table.name} SET {column} = {column} {where}", []
    yield "DELETE", f"DELETE FROM {table.name} {where}", []
    for row in house.read(f"SELECT to_jsonb(t)::text FROM {table.name} t LIMIT 1"):
        yield (
            "INSERT",
            f"INSERT INTO {table.name} SELECT * FROM "
            f"jsonb_populate_record(NULL::{table.name}, %s::jsonb || jsonb_build_object({new}))",
            list(row),
        )


def definers() -> list[Function]:
    """What runs with the owner's rights when somebody calls it; a trigger's function cannot be called."""
    return [each for each in catalogue.functions() if each.definer and each.result != "trigger"]


def with_an_id(function: Function) -> str:
    """The call with `id` for every id that the function asks for; empty if it asks for none."""
    types = [each.strip().split(" ", 1)[1] for each in function.arguments.split(",") if each.strip()]
    given = ", ".join(GIVEN.get(each, "NULL") for each in types)
    return f"{function.name}({given})" if {"uuid", "uuid[]"} & set(types) else ""


def test_every_table_is_tried_or_has_a_reason_for_being_open(house: House) -> None:
    tables, behind = {table.name for table in catalogue.tables()}, {table.name for table in walled()}
    unmapped = tables - behind - set(OUTSIDE)
    empty = {name for name in behind if not house.read(f"SELECT FROM {name} LIMIT 1")}

    assert not unmapped, (
        f"{unmapped}: neither behind the wall nor in organizations.walls.OUTSIDE with a reason"
    )
    assert not empty, f"{empty}: no row to try; put one into REST of tests/constraints/house.py"


def test_every_function_of_the_owners_is_tried_or_has_a_reason_for_answering_anybody(db: None) -> None:
    known = {*CALLS, *ANSWERS_ANYBODY}
    unmapped = {each.name for each in definers() if not with_an_id(each)} - known

    assert not unmapped, (
        f"{unmapped}: say in CALLS what a stranger calls it with, or in ANSWERS_ANYBODY why he may"
    )
    assert known <= {each.name for each in definers()}


@pytest.mark.parametrize("who", STRANGERS)
def test_no_statement_reads_or_changes_a_row_of_the_house(house: House, who: str) -> None:
    wrong = []
    with acting(house, who):
        for table in walled():
            for verb, sql, facts in statements(house, table):
                what = tried(sql, *facts)
                if what not in ("nothing", "refused") and (verb, table.name) not in MEANT:
                    wrong.append((verb, table.name, what))

    assert wrong == []


@pytest.mark.parametrize("who", STRANGERS)
def test_a_function_of_the_owners_answers_of_what_is_there_as_of_what_is_not(house: House, who: str) -> None:
    case, own = house.case(), _own(house, who)
    ids = [key for key in house.ids() if key not in own]
    wrong = []
    with acting(house, who):
        for function in definers():
            call = with_an_id(function)
            if not call or function.name in ANSWERS_ANYBODY:
                continue
            missing = answers(f"SELECT {call} FROM (SELECT %s::uuid AS id) AS t", [MISSING])
            for key in ids:
                there = answers(f"SELECT {call} FROM (SELECT %s::uuid AS id) AS t", [key])
                wrong += [(function.name, key, there)] if there != missing else []
        for name, call in CALLS.items():
            there, missing = (answers(f"SELECT {name}{call}", each) for each in (case, {**case, **NEVER_WAS}))
            wrong += [(name, there)] if there != missing else []

    assert wrong == [], "\n".join(f"{who} {each}"[:200] for each in wrong)


def _own(house: House, who: str) -> set[UUID | None]:
    """Themselves, and the units that a bureau keeps."""
    actor = house.world.people.get(who)
    if actor is None or actor.unit is None:
        return {actor.person_id} if actor else set()
    kept = kept_units.units_kept_by(actor) if actor.unit.is_bureau else Unit.objects.none()
    return {actor.person_id, actor.unit_id, *kept.values_list("pk", flat=True)}


def answers(sql: str, facts: object) -> list[tuple[Any, ...]]:
    """The rows, or as one row what PostgreSQL says against it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, facts)
            return cursor.fetchall()
    except DatabaseError as error:
        return [(str(error).splitlines()[0],)]
