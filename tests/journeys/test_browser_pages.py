"""Every page that a role can reach by links, on a phone 375 px wide and on a desk: sound, and WCAG 2.2 AA."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.daily import Daily
from tests.journeys.accessibility import violations
from tests.journeys.by_link import FOR_EVERYBODY, LONG, ROLES, reachable
from tests.journeys.window import Window


@pytest.mark.parametrize(
    "login",
    [
        pytest.param(login, id=role, marks=[pytest.mark.long] if login in LONG else [])
        for role, login in ROLES.items()
    ],
)
def test_every_page_is_sound_on_a_phone(phone: Window, login: str, daily: Daily) -> None:
    phone.expects_refusal = True
    if login:
        phone.sign_in(login)
    wrong, seen = [], []
    for path in reachable(phone, but=FOR_EVERYBODY if login else ()):
        seen.append(path)
        wrong += phone.look() + wcag(phone, daily)

    assert wrong == []
    assert len(seen) >= 5, seen


def wcag(window: Window, daily: Daily) -> list[str]:
    """What axe says, which takes longer than all else: of every second page a day, of each with --long."""
    kind = re.sub(r"[0-9a-f-]{36}|\d+", "", urlsplit(window.url).path)
    asked = daily.whole or daily.chance(f"{window.page.viewport_size} {kind}").random() < 0.5
    return violations(window.page) if asked else []


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("", marks=pytest.mark.long),
        pytest.param("tuihui", marks=pytest.mark.long),
        "danwei",
        "shengting",
    ],
)
def test_every_page_meets_wcag_on_a_desk(desk: Window, login: str, daily: Daily) -> None:
    desk.expects_refusal = True
    if login:
        desk.sign_in(login)

    wrong = [
        each
        for _ in reachable(desk, but=FOR_EVERYBODY if login else ())
        for each in desk.look() + wcag(desk, daily)
    ]

    assert wrong == []


def test_menus_open_inside_the_window(phone: Window) -> None:
    phone.sign_in("shengting")
    menus = phone.page.locator("header summary:visible")
    assert menus.count()

    for place in range(menus.count()):
        menus.nth(place).click()
        assert phone.look() == []
        phone.page.keyboard.press("Escape")
