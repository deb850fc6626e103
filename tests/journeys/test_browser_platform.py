"""A clerk of a bureau, from a link in the HR platform over its own sign-in page to the case, and the decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from applications.states import State
from organizations.services import platform_accounts
from tests.journeys.own_site import serving
from tests.journeys.window import CUT_OFF
from tests.organizations.platform import CLIENT_ID, CLIENT_SECRET, Platform
from tests.world import World

NUMBER = "hn-430000-0017"
DECIDE = re.compile("^(审核|备案)通过$")


@pytest.fixture
def site(committed_world: World, settings: Any) -> Iterator[str]:
    """The site, connected with a platform of its own."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.PLATFORM_CLIENT_ID, settings.PLATFORM_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    caches["default"].clear()
    with serving() as address:
        settings.PUBLIC_URL = address
        platform = Platform(address + reverse("account_platform_callback"))
        settings.PLATFORM_ISSUER = platform.issuer
        yield address
        platform.stop()


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in_there(page: Page, number: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("人社一体化平台")
    page.get_by_label("平台账号").fill(number)
    page.get_by_role("button", name="登录平台").click()


@pytest.mark.long
@pytest.mark.requirement("R229", "R246")
def test_a_clerk_opens_a_link_signs_in_on_the_platform_and_decides_the_case(
    committed_world: World, site: str, page: Page
) -> None:
    world = committed_world
    with world.acting("bureau") as actor:
        platform_accounts.bind(actor=actor, membership_id=world.second_bureau.membership.pk, subject=NUMBER)
    case = world.application(at=State.BUREAU_REVIEW)
    link = reverse("review:case", args=[case.pk])

    page.goto(site + link)
    assert page.evaluate(CUT_OFF) == []
    page.get_by_role("link", name="用人社一体化平台账号登录").click()
    sign_in_there(page, NUMBER)

    page.wait_for_url(site + link)
    expect(page.locator("main")).to_contain_text(case.name)
    expect(page.locator("header")).to_contain_text(world.province.name)
    page.locator("#decision").get_by_role("button", name=DECIDE).click()
    page.locator("[data-step] [name=confirm]").click()

    expect(page.locator("#toasts")).to_contain_text("系统正在出具学时认定单")
    assert world.see("bureau", case.pk).state == State.APPROVED


@pytest.mark.long
def test_a_clerk_who_is_not_bound_is_told_whom_to_ask_and_gets_in_once_bound(
    committed_world: World, site: str, page: Page
) -> None:
    """On a phone, from the platform's own menu: no click of ours in between."""
    world = committed_world
    page.set_viewport_size({"width": 375, "height": 812})
    door = f"{site}{reverse('account_platform')}?next={reverse('review:handled')}"

    page.goto(door)
    sign_in_there(page, NUMBER)
    expect(page.get_by_role("heading", level=1)).to_have_text("平台账号还没有绑定")
    expect(page.locator("main")).to_contain_text(NUMBER)
    assert page.evaluate(CUT_OFF) == []

    with world.acting("bureau") as actor:
        platform_accounts.bind(actor=actor, membership_id=world.bureau.membership.pk, subject=NUMBER)
    page.goto(door)
    sign_in_there(page, NUMBER)
    page.wait_for_url(site + reverse("review:handled"))
    assert urlsplit(page.url).path == reverse("review:handled")
