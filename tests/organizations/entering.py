"""From our sign-in page to the platform and back, step by step, as a browser goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from organizations.models import PlatformAccount
from organizations.services import platform_accounts
from tests.organizations.people import signed_in
from tests.organizations.platform import Platform
from tests.world import World

NUMBER = "hn-430100-0017"
NAME = "省人社一体化平台"
CALLBACK = "/account/platform/callback/"


def bind(world: World, who: str, subject: str = NUMBER, *, by: str = "bureau") -> PlatformAccount:
    with world.acting(by) as actor:
        return platform_accounts.bind(
            actor=actor, membership_id=world.people[who].membership.pk, subject=subject
        )


def sent_to(browser: Client, back: str = "") -> str:
    """The platform's address that a browser is sent to from the sign-in page."""
    answer = browser.get(reverse("account_platform"), {"next": back} if back else {})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def come_back(browser: Client, address: str) -> Any:
    place = urlsplit(address)
    assert place.path == CALLBACK
    return browser.get(f"{place.path}?{place.query}")


def enter(
    platform: Platform, browser: Client | None = None, *, subject: str = NUMBER, back: str = ""
) -> tuple[Client, Any]:
    """All the way; returns the browser and the answer to its coming back."""
    browser = browser or Client()
    return browser, come_back(browser, platform.sign_in(sent_to(browser, back), subject))


def refused(browser: Client, answer: Any, status: int, says: str) -> None:
    assert signed_in(browser) is None
    assert answer.status_code == status
    assert says in answer.content.decode()
