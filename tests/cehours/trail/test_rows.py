"""Rows are compared with what their events recorded: each column of each table, changed behind the trail's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from applications.states import State
from cehours.trail import rows
from certificates import services
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests import databases
from tests.world import World

# What a value of each type is turned into; an empty one gets something.
OTHERS = {
    "int2": "coalesce({0}, 0) + 1",
    "int4": "coalesce({0}, 0) + 1",
    "int8": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 0.5",
    "bool": "NOT {0}",
    "uuid": "gen_random_uuid()",
    "timestamptz": "coalesce({0}, now()) + interval '1 second'",
    "varchar": "left({0}, -1) || 'x'",
    "text": "left({0}, -1) || 'x'",
    "bytea": "{0} || '\\x00'",
    "_uuid": "array_append({0}, gen_random_uuid())",
    "_varchar": "array_append({0}, 'x')",
}
THE_KEY = "the key of the row, which nothing else names"
WHEN = "a time that the event's own time tells as well"
PRINTED = "where and when the bytes that the event names were stored"
# What no event names, with the reason. A column that is named after all is stale here.
UNNAMED: dict[str, dict[str, str]] = {
    "applications_decision": {},
    "applications_assessment": {"id": THE_KEY, "application_id": "the decision says whose it is"},
    "applications_revision": {"id": THE_KEY, "submitted_at": WHEN},
    "applications_participant": {
        "id": THE_KEY,
        "revision": "the highest that reached the unit; a trigger keeps it",
        "since": WHEN,
    },
    "certificates_certificate": {
        "from_year": "stands in the sheet, which is what is printed",
        "to_year": "stands in the sheet, which is what is printed",
        "lent_by": "the cases whose years it took, known from the revisions",
        "issued_by_id": "stands in the sheet by name",
        "issued_at": WHEN,
        "token": "stands in the sheet's address",
        "storage_key": PRINTED,
        "size": PRINTED,
        "sha256": "nothing is printed in this world; test_a_print_is_compared_with_what_was_sealed",
        "rendered_at": PRINTED,
        "superseded_by_id": "empty until an event says so",
        "ended_at": WHEN,
        "ended_reason": "the revocation's reason, digested there",
        "audit_seq": "the chain's own head (test_audit_trail)",
        "audit_hash": "the chain's own head (test_audit_trail)",
    },
    "certificates_revocation": {
        "requested_name": "the account's, whose person the event names",
        "requested_at": WHEN,
        "decided_name": "the account's, whose person the event names",
        "decided_at": WHEN,
    },
    "training_recognisedhours": {
        "id": THE_KEY,
        "title": "empty for certificates; shown only",
        "recorded_at": WHEN,
    },
}


@pytest.fixture
def owner(committed_world: World, committed_db: str) -> Iterator[Any]:
    """The owner's connection to a world in which everything happened once; what is done on it is rolled back."""
    world = committed_world
    world.application(at=State.APPROVED)
    with scope(Actor.system("tests")):
        certificate = Certificate.objects.get()
    with world.acting("bureau") as bureau:
        services.request_revocation(actor=bureau, certificate_id=certificate.pk, reason="材料不实")
    with closing(databases.connect_as_owner(committed_db)) as link:
        link.autocommit = False
        yield link


def tampered(owner: Any, table: str, *statements: str) -> list[str]:
    """What is found after statements without triggers and constraints of the table; nothing stays of them."""
    owner.rollback()
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT set_config('app.kind', 'system', true)")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f', 'u', 'p')",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
            cursor.execute(
                "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisunique",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
            for statement in statements:
                cursor.execute(statement)
                assert cursor.rowcount, f"nothing was changed by {statement}"
            found = []
            for name, query in rows.CHECKS.items():
                cursor.execute(query, [])
                found += [name] * bool(cursor.fetchall())
            return found
    finally:
        owner.rollback()


def columns_of(owner: Any, table: str) -> dict[str, str]:
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return dict(cursor.fetchall())


def test_a_world_in_which_everything_went_right_agrees_with_its_trail(owner: Any) -> None:
    assert tampered(owner, "applications_application") == []


@pytest.mark.parametrize("table", UNNAMED)
def test_each_column_that_is_changed_is_named_or_listed_here_with_its_reason(owner: Any, table: str) -> None:
    where = "ctid = (SELECT min(ctid) FROM {0})"
    if table == "training_recognisedhours":
        where = "ctid = (SELECT min(ctid) FROM {0} WHERE source = 'certificate')"
    silent = set()
    for column, kind in columns_of(owner, table).items():
        change = OTHERS[kind].format(column)
        if not tampered(owner, table, f"UPDATE {table} SET {column} = {change} WHERE {where.format(table)}"):
            silent.add(column)
    assert silent == set(UNNAMED[table])


ACTS = {
    "approved becomes rejected": ("applications_application", "SET state = 'rejected'"),
    "a case goes to somebody else": ("applications_application", "SET person_id = gen_random_uuid()"),
    "recognised hours are raised": ("applications_assessment", "SET recognised = recognised + 1"),
    "an opinion is rewritten": ("applications_decision", "SET opinion = '同意。'"),
    "an outcome is rewritten": ("applications_decision", "SET outcome = 'rejected'"),
    "content and digest of a revision": (
        "applications_revision",
        "SET content = '{}', sha256 = encode(sha256('{}'), 'hex')",
    ),
    "content of a revision": ("applications_revision", "SET content = content || ' '"),
    "evidence points at another file": (
        "applications_evidence",
        "SET sha256 = repeat('0', 64), storage_key = 'evidence/00/' || repeat('0', 64)",
    ),
    "the sheet of a certificate": ("certificates_certificate", "SET sheet = replace(sheet, '30', '90')"),
    "the state of a certificate": ("certificates_certificate", "SET state = 'ready'"),
    "hours on record": ("training_recognisedhours", "SET hours = hours + 100 WHERE source = 'certificate'"),
    "a revoked certificate's hours": (
        "training_recognisedhours",
        "SET valid = false WHERE source = 'certificate'",
    ),
}
GONE = {
    "participants": "DELETE FROM applications_participant WHERE unit_id IS NOT NULL",
    "a decision": "DELETE FROM applications_decision WHERE hop = 0",
    "a revision": "DELETE FROM applications_revision",
    "a revocation": "DELETE FROM certificates_revocation",
    "hours": "DELETE FROM training_recognisedhours WHERE source = 'certificate'",
}
PUT_IN = {
    "certificates_certificate": "id = gen_random_uuid(), number = '2099000009', serial = 9, number_year = 2099",
    "applications_decision": "id = gen_random_uuid(), hop = hop + 7",
}


@pytest.mark.parametrize("act", ACTS)
def test_a_row_that_is_rewritten_is_named(owner: Any, act: str) -> None:
    table, change = ACTS[act]
    assert tampered(owner, table, f"UPDATE {table} {change}")


@pytest.mark.parametrize("act", GONE)
def test_a_row_that_is_gone_is_named(owner: Any, act: str) -> None:
    table = GONE[act].split(" ")[2]
    assert tampered(owner, table, GONE[act])


@pytest.mark.parametrize("table", PUT_IN)
def test_a_row_that_is_put_in_is_named(owner: Any, table: str) -> None:
    assert tampered(
        owner,
        table,
        f"CREATE TABLE forged AS SELECT * FROM {table} ORDER BY id LIMIT 1",
        f"UPDATE forged SET {PUT_IN[table]}",
        f"INSERT INTO {table} SELECT * FROM forged",
    )
