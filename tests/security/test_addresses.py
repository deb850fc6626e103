"""Every address, every role: who may open it, and what everybody else learns, which is nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.conf import settings

from applications.states import State
from tests.daily import Daily
from tests.security.addresses import GENERAL, OF_SOMEBODY, ONLY_IN_A_DEMO, RECORDED, ROLES, Places, who_may
from tests.security.attacking import browser_of, changed, database, page_of, undone
from tests.security.cells import ALL, Cell, Cells
from tests.world import World

STATES = (State.DRAFT, State.DEPARTMENT_REVIEW, State.APPROVED)
STRANGERS = [
    pytest.param(role, marks=pytest.mark.long) for role in ("visitor", "other_applicant", "other_bureau")
]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    declared = {**GENERAL, **OF_SOMEBODY}.keys()
    demo = set() if settings.DEBUG or settings.DEMO else ONLY_IN_A_DEMO
    unmapped, gone = ALL.keys() - declared, declared - demo - ALL.keys()

    assert not unmapped, f"{unmapped}: say in tests/security/addresses.py who may open it, one line each"
    assert not gone, f"{gone}: no such address any more; take its line out of tests/security/addresses.py"
    assert not GENERAL.keys() & OF_SOMEBODY.keys()


def test_only_a_declared_dozen_of_things_is_public() -> None:
    """What a stranger may open at all; a new public page is a decision and belongs on the list."""
    public = {name for name, both in GENERAL.items() if any("visitor" in who for who in both[:2])}

    assert public == {
        "livez", "readyz",
        "site:home", "site:help", "site:help_role", "site:rules", "site:policies", "site:policy", "site:notice",
        "site:calculator", "site:calculator_live", "site:calculator_take",
        "site:accessibility", "site:privacy", "site:text_size", "site:styleguide",
        "organizations:accept", "organizations:mailbox",
        "account_login", "account_logout", "account_inactive", "account_signup", "account_signup_verify",
        "account_signup_vouch", "account_reset_password", "account_reset_password_verify",
        "account_reset_password_new",
        "certificates:verify", "certificates:verify_token", "certificates:verify_file", "certificates:batch",
        "certificates:batch_template",
        "learning:api", "learning_api:openapi-json",
    }  # fmt: skip
    assert not any("visitor" in who for both in OF_SOMEBODY.values() for who in both[:2])


def test_a_slice_of_the_cells_answers_as_it_should(world: World, daily: Daily) -> None:
    """Every address in one of its cells, another one every day."""
    chance = daily.chance("cells")
    cells = Cells(world, chance.choice(STATES))
    shuffled = list(cells.all())
    chance.shuffle(shuffled)

    assert complaints(cells, {cell.name: cell for cell in shuffled}.values()) == []


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_every_cell_answers_as_it_should(world: World, role: str, state: State) -> None:
    cells = Cells(world, state)

    assert complaints(cells, cells.all(role)) == []


def complaints(cells: Cells, chosen: Iterable[Cell]) -> list[tuple[Cell, str]]:
    found = ((cell, cells.complaint(cell)) for cell in chosen)
    return [(cell, wrong) for cell, wrong in found if wrong]


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_looking_at_a_case_changes_nothing_but_the_record_of_looking(world: World, role: str) -> None:
    state = State.DEPARTMENT_REVIEW
    places = Places(world, world.application(at=state))
    client, before, wrong = browser_of(world, role), database(), []
    for name in OF_SOMEBODY:
        may = role in who_may(name, 0, state)
        with undone():
            page_of(client.get(places.of(name, ALL[name])))
            touched = set(changed(before, database()))
        on_record = {"organizations_event", "applications_application", "organizations_datarequest"}
        wrong += [(name, table) for table in touched - (on_record if may and name in RECORDED else set())]

    assert wrong == []


@pytest.mark.parametrize("role", [*STRANGERS, pytest.param("other_employer")])
def test_a_stranger_who_posts_changes_nothing(world: World, role: str) -> None:
    state = State.DEPARTMENT_REVIEW
    places = Places(world, world.application(at=state))
    client, before, wrong = browser_of(world, role), database(), []
    for name in OF_SOMEBODY:
        with undone():
            client.post(places.of(name, ALL[name]), {"version": "1", "confirm": "1", "reason": "恶意的请求"})
            wrong += [(name, table) for table in changed(before, database())]

    assert wrong == []
