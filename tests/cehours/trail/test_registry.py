"""Units, members, sessions and prints are compared with their events, and what goes the ordinary way agrees."""

from __future__ import annotations

from contextlib import closing

import pytest

from applications.states import State
from cehours.trail import rows
from certificates.models import Certificate
from organizations import audit
from organizations.acting.scope import scope
from organizations.models import Membership
from organizations.models.user import Role
from tests import databases
from tests.cehours.trail.tampering import SYSTEM, enter
from tests.world import World


def found() -> list[str]:
    with scope(SYSTEM):
        return [str(fault) for fault in rows.faults()]


def behind_its_back(database: str, table: str, change: str) -> None:
    with closing(databases.connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute("SELECT set_config('app.kind', 'system', false)")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change)
        assert cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def on_record(committed_world: World) -> World:
    enter(committed_world)
    assert found() == []
    return committed_world


UNIT = {
    "name": "'x'",
    "uscc": "'x'",
    "affiliation": "'x'",
    "nature": "'x'",
    "region_id": "(SELECT code FROM organizations_region WHERE code <> region_id ORDER BY code LIMIT 1)",
    "parent_id": "NULL",
    "top_level": "NOT top_level",
}


@pytest.mark.parametrize("column", UNIT)
def test_a_unit_that_was_changed_is_named(on_record: World, committed_db: str, column: str) -> None:
    unit = on_record.hospital.pk
    change = f"UPDATE organizations_unit SET {column} = {UNIT[column]} WHERE id = '{unit}'"
    behind_its_back(committed_db, "organizations_unit", change)
    assert [each.startswith(f"unit {unit} #1: the row is not as") for each in found()] == [True]


@pytest.mark.parametrize(
    "change", ["name = 'x'", "grace_days = 99", "closes_at = closes_at + interval '1 day'"]
)
def test_a_session_that_was_changed_is_named(on_record: World, committed_db: str, change: str) -> None:
    behind_its_back(
        committed_db, "applications_filingsession", f"UPDATE applications_filingsession SET {change}"
    )
    assert "the row is not as its last event left it" in found()[0]


def test_a_membership_given_to_oneself_is_named(on_record: World) -> None:
    with scope(SYSTEM):
        Membership.objects.create(
            user_id=on_record.applicant.user_id, unit=on_record.hospital, role=Role.ADMIN
        )
    assert [f"account {on_record.applicant.user_id} is a member" in each for each in found()] == [True]


def test_a_membership_taken_away_is_named(on_record: World) -> None:
    with scope(SYSTEM):
        Membership.objects.filter(user=on_record.employer.user_id).delete()
    assert [f"account {on_record.employer.user_id} is no member" in each for each in found()] == [True]


def test_a_print_is_compared_with_what_was_sealed(committed_world: World, committed_db: str) -> None:
    committed_world.application(at=State.APPROVED)
    printed = "state = 'ready', rendered_at = now(), storage_key = 'x', sha256 = repeat('1', 64)"
    behind_its_back(
        committed_db, "certificates_certificate", f"UPDATE certificates_certificate SET {printed}"
    )
    with scope(SYSTEM):
        audit.record(SYSTEM, "printed", Certificate.objects.get(), sha256="1" * 64)
    assert found() == []
    change = "UPDATE certificates_certificate SET sha256 = repeat('0', 64)"
    behind_its_back(committed_db, "certificates_certificate", change)
    assert ["the print is not the one that was sealed" in each for each in found()] == [True]


def test_events_from_before_are_compared_as_far_as_they_speak(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "FORMAT", 1)
    committed_world.application(at=State.APPROVED)
    assert found() == []
