"""Every address, every role: who may open it, and what everybody else learns, which is nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from applications.states import State
from tests.security.addresses import (
    GENERAL,
    OF_SOMEBODY,
    ONLY_IN_A_DEMO,
    RECORDED,
    ROLES,
    Places,
    names,
    who_may,
)
from tests.security.attacking import browser_of, changed, database, once, page_of, to_sign_in, undone
from tests.world import World

ALL = dict(names())
METHODS = ("get", "post")
OPEN = {200, 302, 400, 409, 422}  # the page, on to the next one, or what is wrong with the form
REFUSED = {401, 403, 404, 405}


def is_open(name: str, answer: Any) -> bool:
    """The certificate here has no print yet, so its token gets the page that says that nothing was found.

    The mailbox exists in a demo only.
    """
    nothing_found = name == "certificates:verify_token" and answer.status_code == 404
    no_demo = name == "organizations:mailbox" and not settings.DEMO and answer.status_code == 404
    return nothing_found or no_demo or (answer.status_code in OPEN and not to_sign_in(answer))


def is_refused(answer: Any, role: str) -> bool:
    return answer.status_code in REFUSED or (role == "visitor" and to_sign_in(answer))


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    declared = {**GENERAL, **OF_SOMEBODY}.keys()
    demo = set() if settings.DEBUG or settings.DEMO else ONLY_IN_A_DEMO

    assert declared - demo == ALL.keys()
    assert not GENERAL.keys() & OF_SOMEBODY.keys()


def test_only_a_declared_dozen_of_things_is_public() -> None:
    """What a stranger may open at all; a new public page is a decision and belongs on the list."""
    public = {name for name, both in GENERAL.items() if any("visitor" in who for who in both)}

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
    assert not any("visitor" in who for both in OF_SOMEBODY.values() for who in both)


@pytest.mark.parametrize("role", ROLES)
def test_general_pages_open_for_those_declared_and_looking_changes_nothing(world: World, role: str) -> None:
    state = State.APPROVED
    places = Places(world, world.application(at=state))
    client, wrong, before = browser_of(world, role), [], database()
    for name in GENERAL.keys() & ALL.keys():
        url = places.of(name, ALL[name])
        for place, method in enumerate(METHODS):
            answer, may = once(client, method, url), role in who_may(name, place, state)
            if not (is_open(name, answer) if may else is_refused(answer, role)):
                wrong.append((name, method, answer.status_code))
        with undone():
            page_of(client.get(url))
            wrong += [(name, "wrote", table) for table in changed(before, database())]

    assert wrong == []


@pytest.mark.parametrize(
    "state",
    [pytest.param(State.DRAFT, marks=pytest.mark.long), State.DEPARTMENT_REVIEW, State.APPROVED],
)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_somebodys_opens_for_them_and_is_missing_for_others(
    world: World, role: str, state: State
) -> None:
    places = Places(world, world.application(at=state))
    client, wrong = browser_of(world, role), []
    for name in OF_SOMEBODY:
        url = places.of(name, ALL[name])
        for place, method in enumerate(METHODS):
            answer = once(client, method, url)
            if role in who_may(name, place, state):
                if not is_open(name, answer):
                    wrong.append((name, method, answer.status_code))
                continue
            if not is_refused(answer, role):
                wrong.append((name, method, answer.status_code))
            for missing in _missing(places, name):
                other = once(client, method, missing)
                if (other.status_code, other.page, set(other.headers)) != (
                    answer.status_code,
                    answer.page,
                    set(answer.headers),
                ):
                    wrong.append((name, method, "tells a foreign one from a missing one"))

    assert wrong == []


def _missing(places: Places, name: str) -> list[str]:
    """The same address with each thing in turn replaced by one that never was."""
    arguments = ALL[name]
    nothing: dict[str, Any] = {"pk": uuid4(), "evidence_id": uuid4(), "invitation": uuid4(), "member": 10**9}
    return [
        places.of(name, arguments, **{each: nothing[each]})
        for each in arguments
        if each in nothing
    ]  # fmt: skip


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


@pytest.mark.parametrize("role", ["visitor", "other_applicant", "other_employer", "other_bureau"])
def test_a_stranger_who_posts_changes_nothing(world: World, role: str) -> None:
    state = State.DEPARTMENT_REVIEW
    places = Places(world, world.application(at=state))
    client, before, wrong = browser_of(world, role), database(), []
    for name in OF_SOMEBODY:
        with undone():
            client.post(places.of(name, ALL[name]), {"version": "1", "confirm": "1", "reason": "恶意的请求"})
            wrong += [(name, table) for table in changed(before, database())]

    assert wrong == []
