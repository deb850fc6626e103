"""Every form that anybody's pages hold, pressed four times at one instant: an answer each, never an error page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from applications import queries, services
from applications.models import Application
from applications.services import filing
from applications.states import State
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.journeys.pages import Element, Page
from tests.review.racing import together
from tests.security.addresses import GENERAL, OF_SOMEBODY, Places, names, who_may
from tests.world import World

CLICKS = 4
SLICE = 3  # forms of each role and state by the day
ALL = dict(names())
# Leaving or changing the account ends the session that the other forms need; they have tests of their own.
LEFT_OUT = ("/account/logout/", "/account/login/", "/account/password/")
CAST = [
    pytest.param(role, state, marks=[] if role == "applicant" and state == State.DRAFT else pytest.mark.long)
    for role, state in (
        ("applicant", State.DRAFT),
        ("applicant", State.DEPARTMENT_REVIEW),
        ("employer", State.DEPARTMENT_REVIEW),
        ("department", State.DEPARTMENT_REVIEW),
        ("bureau", State.BUREAU_REVIEW),
        ("bureau", State.APPROVED),
    )
]
TEXT = {"reason": "连续点击", "opinion": "连续点击", "name": "连续点击", "note": "连续点击"}


def forms_of(client: Client, urls: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(address, fields as a person would send them) of every form on these pages, each once."""
    seen = set()
    for url in urls:
        answer = client.get(url)
        if answer.streaming:
            list(answer)  # read to its end, a file closes itself
            continue
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        page = Page(url, 200, answer.content.decode())
        for form in page.root.all("form"):
            if form["method"].lower() != "post":
                continue
            place = form["action"] or url
            fields = dict(_filled(page, form))
            for button in [*_buttons(page, form)] or [("", "")]:
                key = (place, button, tuple(sorted(fields)))
                if key not in seen and not place.startswith(LEFT_OUT):
                    seen.add(key)
                    yield place, {**fields, **({button[0]: button[1]} if button[0] else {})}


def _own(page: Page, form: Element, *tags: str) -> Iterator[Element]:
    yield from form.all(*tags)
    if form["id"]:
        yield from (each for each in page.root.all(*tags) if each["form"] == form["id"])


def _buttons(page: Page, form: Element) -> Iterator[tuple[str, str]]:
    yield from ((each["name"], each["value"]) for each in _own(page, form, "button") if each["name"])


def _filled(page: Page, form: Element) -> Iterator[tuple[str, str]]:
    for control in _own(page, form, "input", "textarea", "select"):
        kind, name = control["type"], control["name"]
        if not name or kind in ("file", "submit"):
            continue
        if control.tag == "select":
            options = [each["value"] for each in control.all("option") if each["value"]]
            yield name, options[0] if options else ""
        elif kind in ("checkbox", "radio"):
            yield name, control["value"] or "on"
        else:
            text = control.text if control.tag == "textarea" else control["value"]
            yield name, text or TEXT.get(name, "")


def opened_by(places: Places, role: str, state: State, place: int) -> list[str]:
    """Every address that this role may open with GET (0) or POST (1), what ends a case after what fills it in."""
    known = [name for name in {**GENERAL, **OF_SOMEBODY} if name in ALL]
    return [places.of(name, ALL[name]) for name in known if role in who_may(name, place, state)]


def pressed_by_scripts(places: Places, role: str, state: State, forms: list[tuple[str, Any]]) -> list[str]:
    """Addresses that take a POST and stand in no form of these pages: a script sends it, or another page has it."""
    seen = {url.partition("?")[0] for url, _ in forms}
    return [
        url for url in opened_by(places, role, state, 1) if url not in seen and not url.startswith(LEFT_OUT)
    ]


def pressed(client: Client, url: str, fields: dict[str, Any]) -> list[int]:
    """The statuses of the same form sent at one instant from one browser's tabs."""
    tabs = [Client(raise_request_exception=False) for _ in range(CLICKS)]
    for tab in tabs:
        tab.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [each.status_code for each in together(*[lambda tab=tab: tab.post(url, fields) for tab in tabs])]


@pytest.mark.parametrize(("role", "state"), CAST)
def test_a_form_pressed_four_times_at_once_never_answers_an_error(
    committed_world: World, role: str, state: State, request: pytest.FixtureRequest
) -> None:
    world = committed_world
    case = world.draft() if state == State.DRAFT else world.application(at=state)
    client = world.browser(role)
    places = Places(world, case)
    pages = opened_by(places, role, state, 0)
    if request.config.getoption("--long"):
        forms = list(forms_of(client, pages))
        forms += [(url, {}) for url in pressed_by_scripts(places, role, state, forms)]
    else:
        chance = random.Random(f"{clock.now():%F}{role}")
        chance.shuffle(pages)
        forms = list(islice(forms_of(client, pages), SLICE))
    assert len(forms) >= SLICE
    wrong = []
    for url, fields in forms:
        statuses = pressed(client, url, fields)
        if any(status >= 500 for status in statuses):
            wrong.append((url, statuses))
        client = world.browser(role)  # what was pressed may have ended the session

    assert wrong == []


def test_an_application_started_four_times_at_once_is_there_once(committed_world: World) -> None:
    world = committed_world
    statuses = pressed(world.browser("applicant"), "/applications/start/", {"session": str(world.session.pk)})

    assert sorted(statuses) == [302, 422, 422, 422]
    with world.acting("applicant"):
        assert Application.objects.count() == 1


def test_submitting_four_times_at_once_is_answered_each_time_and_leaves_the_state_protected(
    committed_world: World,
) -> None:
    world = committed_world
    case = world.draft()
    fields = {"version": case.version, "declared_true": "on", "evidence_note": ""}

    statuses = pressed(world.browser("applicant"), f"/applications/{case.pk}/submit/", fields)

    assert sorted(statuses) == [302, 409, 409, 409]
    with world.acting("applicant"):
        assert Application.objects.get(pk=case.pk).state != State.DRAFT
    assert Application._meta.get_field("state").protected


def test_a_refresh_that_finds_no_row_leaves_the_state_protected(world: World) -> None:
    case = world.draft()
    with scope(Actor.public()), pytest.raises(Application.DoesNotExist):
        case.refresh_from_db()

    with pytest.raises(AttributeError):
        case.state = State.APPROVED
    with world.acting("applicant") as actor:
        services.discard(actor=actor, application_id=case.pk)


def test_what_only_a_race_can_bring_about_is_answered_by_a_page_and_nothing_of_it_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The net below all forms: here the look for a live case sees nothing, as it would in a race."""
    world.draft()
    monkeypatch.setattr(queries, "live_in", lambda *_: None)
    monkeypatch.setattr(filing, "ONE_LIVE", "another constraint")
    client = world.browser("applicant")

    answer = client.post("/applications/start/", {"session": str(world.session.pk)})

    assert answer.status_code == 409
    assert "这一次没有执行" in answer.content.decode()
    with world.acting("applicant"):
        assert Application.objects.count() == 1
