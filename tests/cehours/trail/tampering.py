"""What an owner of the database can do behind the trail's back, and a world in which everything is on record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection

from applications import services as filing
from applications.states import State
from certificates import services
from certificates.services import printing
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Membership
from tests.certificates.approving import approved, undone
from tests.world import World

SYSTEM = Actor.system("tests")
# What a value of each type is turned into; an empty one gets something.
OTHERS = {
    "int2": "coalesce({0}, 0) + 1",
    "int4": "coalesce({0}, 0) + 1",
    "int8": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 0.5",
    "bool": "NOT coalesce({0}, false)",
    "uuid": "gen_random_uuid()",
    "timestamptz": "coalesce({0}, now()) + interval '1 second'",
    "varchar": "left({0}, -1) || 'x'",
    "text": "left({0}, -1) || 'x'",
    "bytea": "{0} || '\\x00'",
    "xid8": "pg_current_xact_id()",
    "_int2": "array_append({0}, 1999::smallint)",
    "_uuid": "array_append({0}, gen_random_uuid())",
    "_varchar": "array_append({0}, 'x')",
}


def enter(world: World) -> None:
    """The world's units, members and session on record, as an installation of today has them."""
    with scope(SYSTEM):
        for unit in world.units.values():
            audit.record(SYSTEM, "unit_added", unit, digest=digests.one("organizations_unit", unit.pk))
        for member in Membership.objects.select_related("unit").order_by("pk"):
            audit.record(SYSTEM, "member_joined", member.unit, user=member.user_id, role=member.role)
        session = world.session
        audit.record(
            SYSTEM, "session_added", session, digest=digests.one("applications_filingsession", session.pk)
        )


def tell(world: World) -> None:
    """Two certified cases, one of them printed and asked back; a draft whose papers came, changed and went."""
    enter(world)
    draft = world.draft(by="other_applicant", years=(2020,), evidence=False)
    for kind in ("completion", "notice"):
        with world.acting("other_applicant") as actor:
            world.attach(actor, draft, 2020, kind)
    with world.acting("other_applicant") as actor:
        paper = draft.evidence.order_by("pk").first()
        assert paper
        filing.detach(actor=actor, application_id=draft.pk, evidence_id=paper.pk)
    certificate = approved(world)
    with scope(SYSTEM):
        printing._show(SYSTEM, printing.stored(certificate, b"%PDF-1.7 as if it were sealed"))
    with world.acting("bureau") as actor:
        services.request_revocation(actor=actor, certificate_id=certificate.pk, reason="材料不实")
    world.application(at=State.APPROVED, by="third_applicant")


@contextmanager
def as_owner() -> Iterator[None]:
    """Django's connection belongs to the owner of the database, who passes every policy."""
    served, owner = connection.settings_dict["USER"], urlsplit(os.environ["DATABASE_MIGRATE_URL"]).username
    connection.close()
    connection.settings_dict["USER"] = owner
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = served


def tampered(tables: str | Sequence[str], *statements: str) -> list[str]:
    """What `verify_audit` says after statements without triggers and constraints of the tables; then all is undone."""
    with undone(), scope(SYSTEM), connection.cursor() as cursor:
        for table in [tables] if isinstance(tables, str) else tables:
            _unguard(table)
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, f"nothing was changed by {statement}"
        return verified()


def verified() -> list[str]:
    """The faults that `verify_audit` names."""
    said = StringIO()
    try:
        call_command("verify_audit", stdout=said, stderr=StringIO())
    except SystemExit:
        return said.getvalue().splitlines()
    assert said.getvalue() == "办理记录完整。\n"
    return []


def _unguard(table: str) -> None:
    with connection.cursor() as cursor:
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


def columns_of(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return dict(cursor.fetchall())
