"""What every answer carries, whichever door it leaves by; and that no door leads elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.states import State
from organizations.models import User
from tests.daily import Daily
from tests.security.addresses import GENERAL, OF_SOMEBODY, Places, names
from tests.security.attacking import browser_of, changed, database, page_of, undone
from tests.world import World

ALL = dict(names())
PASSWORD = "Xuexi-2025-lu"


def missing_headers(answer: Any) -> list[str]:
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = [] if "default-src 'none'" in policy and "unsafe" not in policy else ["Content-Security-Policy"]
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if answer.headers.get(name) != value:
            wrong.append(name)
    if "frame-ancestors 'none'" not in policy and answer.headers.get("X-Frame-Options") != "DENY":
        wrong.append("X-Frame-Options")
    return wrong


@pytest.mark.parametrize("role", ["visitor", "applicant", "employer", "bureau"])
def test_every_page_of_every_address_carries_them(world: World, role: str, daily: Daily) -> None:
    places = Places(world, world.application(at=State.APPROVED))
    browser, wrong = browser_of(world, role), []
    pages = (GENERAL.keys() | OF_SOMEBODY.keys()) & ALL.keys() - {"account_logout"}
    for name in daily.some(f"headers {role}", pages, share=0.5):
        with undone():
            answer = browser.get(places.of(name, ALL[name]))
            page_of(answer)
        wrong += [(name, header) for header in missing_headers(answer)]
        if role != "visitor" and "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append((name, "Cache-Control"))

    assert wrong == []


@pytest.mark.django_db
def test_so_do_the_pages_for_what_went_wrong_and_static_files(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = {
        400: browser.get("/", headers={"host": "evil.example"}),
        403: browser.post("/account/login/", {}),
        404: browser.get("/no/such/page"),
        405: browser.get("/text-size/"),
    }
    monkeypatch.setattr("cehours.site.context.windows", _crash)
    answers[500] = browser.get("/")

    assert {status: answer.status_code for status, answer in answers.items()} == {n: n for n in answers}
    assert [
        (status, missing_headers(answer)) for status, answer in answers.items() if missing_headers(answer)
    ] == []
    assert "evil.example" not in answers[400].content.decode()


def _crash() -> None:
    raise RuntimeError("secret of the inside")


@pytest.mark.django_db
def test_a_crash_tells_nothing_of_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cehours.site.context.windows", _crash)

    page = Client(raise_request_exception=False).get("/").content.decode()

    assert "secret of the inside" not in page
    assert "Traceback" not in page


@pytest.mark.django_db  # a page that is missing names whom to ring
def test_static_files_are_served_under_the_same_policy() -> None:
    order = settings.MIDDLEWARE

    assert order.index("csp.middleware.CSPMiddleware") < order.index(
        "whitenoise.middleware.WhiteNoiseMiddleware"
    )
    answer = Client().get(f"{settings.STATIC_URL}img/help/new.svg")
    page_of(answer)
    assert answer.status_code == 404 or missing_headers(answer) == []


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    user = User.objects.create(username="cookie")
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.get(reverse("account_login"))
    browser.post(reverse("site:text_size"), {"size": "large"})
    answer = browser.post(reverse("account_login"), {"login": "cookie", "password": PASSWORD})

    assert answer.status_code == 302
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= browser.cookies.keys()
    for name, cookie in browser.cookies.items():
        assert cookie["samesite"] == "Lax", name
        assert cookie["httponly"], name


@pytest.mark.django_db
def test_signing_in_gives_the_session_a_new_key() -> None:
    user = User.objects.create(username="fixed")
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "planted0planted0planted0planted0"
    browser.post(reverse("account_login"), {"login": "fixed", "password": PASSWORD})

    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != "planted0planted0planted0planted0"


# Machines: they ask for a key or a signature of their own and read no cookie.
KEYED = {"certificates:api": {401}}
SIGNED = {401, 404, 405}


def refusals(name: str) -> set[int]:
    return SIGNED if name.startswith("learning_api:") else KEYED.get(name, {403})


@pytest.mark.parametrize("role", ["visitor", "applicant", "employer", "bureau"])
def test_no_form_is_taken_without_its_token(world: World, role: str, daily: Daily) -> None:
    places = Places(world, world.application(at=State.DEPARTMENT_REVIEW))
    signed_in = browser_of(world, role)
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.cookies = signed_in.cookies
    before, wrong = database(), []
    for name in daily.some(f"tokens {role}", (GENERAL.keys() | OF_SOMEBODY.keys()) & ALL.keys(), share=0.5):
        answer = browser.post(places.of(name, ALL[name]), {"confirm": "1"})
        if answer.status_code not in refusals(name):
            wrong.append((name, answer.status_code))

    assert wrong == []
    assert changed(before, database()) == []


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "http:evil.example", "https:///evil.example", "javascript:alert(1)", "data:text/html,x",
    "//evil.example%2F..", "/%09/evil.example", "\thttps://evil.example", " //evil.example",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "//testserver:80@evil.example",
    "ftp://testserver/", "/\n/evil.example", "https://evil.example\\@testserver/", "//[::1",
    "site:home\r\nX-Injected: 1", "account_logout",
]  # fmt: skip


@pytest.mark.parametrize("back", ELSEWHERE)
def test_going_back_never_leads_off_the_site(world: World, back: str) -> None:
    user = world.employer.user
    user.set_password(PASSWORD)
    user.save()
    signed_in = browser_of(world, "employer")
    answers = [
        Client().post(reverse("site:text_size"), {"size": "large", "next": back}),
        signed_in.post(reverse("organizations:switch"), {"unit": "", "next": back}),
        Client().post(
            f"{reverse('account_login')}", {"login": "employer", "password": PASSWORD, "next": back}
        ),
        browser_of(world, "employer").get(reverse("account_login"), {"next": back}),
        browser_of(world, "employer").post(reverse("account_logout"), {"next": back}),
    ]

    for answer in answers:
        assert answer.status_code == 302
        assert "X-Injected" not in answer.headers
        place = urljoin("http://testserver/account/", answer["Location"])
        assert urlsplit(place)[:2] == ("http", "testserver")
        assert not {"\t", "\n", "\r", "\\"} & set(answer["Location"])
