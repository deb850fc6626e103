"""Every page that a role can reach by links, on a phone 375 px wide and on a desk: sound, and WCAG 2.2 AA."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.accessibility import violations
from tests.journeys.window import Window

FILES = ("/pdf/", "/file/", "/thumb/", "/media/", "/static/")
DOWNLOADS = ("certificates:batch_template", "my_data:download", "review:export_file")
ENOUGH = 60
# Looked at as a visitor; they are the same for everybody who has signed in.
FOR_EVERYBODY = ("site:", "certificates:verify", "organizations:mailbox", "account_")

ROLES = {
    "a visitor": "",
    "an applicant with a returned case": "tuihui",
    "an applicant with a certificate": "tongguo",
    "a freelancer": "ziyou",
    "an employer": "danwei",
    "a department": "zhuguan1",
    "a city bureau": "shizhou",
    "the provincial bureau": "shengting",
    "a university": "gaoxiao1",
}


LONG = {
    "ziyou",
    "danwei",
    "zhuguan1",
    "gaoxiao1",
    "shizhou",
}  # their pages are those of the others, in the main


@pytest.mark.parametrize(
    "login",
    [
        pytest.param(login, id=role, marks=[pytest.mark.long] if login in LONG else [])
        for role, login in ROLES.items()
    ],
)
def test_every_page_is_sound_on_a_phone(phone: Window, login: str) -> None:
    phone.expects_refusal = True
    if login:
        phone.sign_in(login)
    wrong, seen = [], []
    for path in reachable(phone, but=FOR_EVERYBODY if login else ()):
        seen.append(path)
        wrong += phone.look() + violations(phone.page)

    assert wrong == []
    assert len(seen) >= 5, seen


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("", marks=pytest.mark.long),
        pytest.param("tuihui", marks=pytest.mark.long),
        "danwei",
        "shengting",
    ],
)
def test_every_page_meets_wcag_on_a_desk(desk: Window, login: str) -> None:
    desk.expects_refusal = True
    if login:
        desk.sign_in(login)

    wrong = [
        each
        for _ in reachable(desk, but=FOR_EVERYBODY if login else ())
        for each in desk.look() + violations(desk.page)
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


def reachable(phone: Window, *, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Opens one address for each kind of page that links lead to, and yields it while it is open."""
    waiting, known = deque(["/", "/start/", "/no-such-page/"]), set[str]()
    opened = 0
    while waiting and opened < ENOUGH:
        path = waiting.popleft()
        kind = kind_of(path)
        if kind in known or kind.startswith(DOWNLOADS) or (opened > 1 and kind.startswith(but)):
            continue
        known.add(kind)
        phone.open(path)
        opened += 1
        yield path
        for address in phone.page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
            parts = urlsplit(urljoin(phone.page.url, address))
            if address.startswith(phone.base_url) and not parts.path.endswith(FILES):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def kind_of(path: str) -> str:
    """The name of the page an address belongs to, so that one of each kind is looked at."""
    try:
        name = resolve(urlsplit(path).path).view_name
    except Resolver404:
        return path
    return f"{name}{'?' if urlsplit(path).query else ''}"
