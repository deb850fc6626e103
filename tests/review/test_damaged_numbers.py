"""A number that does not open is named in its place and in the log; everything around it goes on."""

from __future__ import annotations

from typing import Any

import pytest
import structlog.testing

from applications.states import State
from organizations.registry import identity
from tests.databases import as_owner
from tests.world import World

DAMAGES = {
    "of another row": lambda: identity.seal("430102199001011234", table="application", pk="another"),
    "under a key that was retired": lambda: b"gone:" + b"x" * 60,
    "cut short": lambda: b"x",
}


def damage(database: str, table: str, pk: Any, sealed: bytes) -> None:
    """As a disk or an owner's hand would: past every guard."""
    as_owner(
        database,
        f"ALTER TABLE {table} DISABLE TRIGGER USER;"
        f"UPDATE {table} SET id_cipher = '\\x{sealed.hex()}' WHERE id = '{pk}';"
        f"ALTER TABLE {table} ENABLE TRIGGER USER",
    )


@pytest.mark.parametrize("kind", DAMAGES)
def test_desk_and_case_show_a_damaged_number_in_its_place_and_raise_an_alert(
    committed_world: World, committed_db: str, kind: str
) -> None:
    world = committed_world
    case = world.application(at=State.EMPLOYER_REVIEW)
    sound = world.submit(world.draft(by="other_applicant"), by="other_applicant")
    damage(committed_db, "applications_application", case.pk, DAMAGES[kind]())
    clerk = world.browser("employer")

    with structlog.testing.capture_logs() as logs:
        desk, page = clerk.get("/review/"), clerk.get(f"/review/cases/{case.pk}/")

    assert (desk.status_code, page.status_code) == (200, 200)
    assert desk.content.decode().count(identity.DAMAGED) == 1
    assert identity.DAMAGED in page.content.decode()
    alerts = [each for each in logs if each["event"] == "ciphertext_damaged"]
    assert {each["row"] for each in alerts} == {str(case.pk)}
    assert identity.DAMAGED not in clerk.get(f"/review/cases/{sound.pk}/").content.decode()


def test_the_applicants_own_pages_go_on_beside_a_damaged_number(
    committed_world: World, committed_db: str
) -> None:
    case = committed_world.draft()
    damage(committed_db, "applications_application", case.pk, b"x")
    browser = committed_world.browser("applicant")

    for address in ("/applications/", f"/applications/{case.pk}/header/", f"/applications/{case.pk}/check/"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert identity.DAMAGED in answer.content.decode()


def test_an_account_whose_number_is_damaged_is_told_so_and_starts_nothing_by_it(
    committed_world: World, committed_db: str
) -> None:
    world = committed_world
    damage(committed_db, "organizations_person", world.applicant.person_id, b"x")
    client = world.browser("applicant")

    account = client.get("/account/")
    started = client.post("/applications/start/", {"session": str(world.session.pk)})

    assert account.status_code == 200
    assert identity.DAMAGED in account.content.decode()
    assert started.status_code == 422
    assert "登记的证件号码已损坏" in started.content.decode()
