"""An administrator sets up an app and a security key, signs in with either, and is asked again before inviting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from playwright.sync_api import Browser, Page, expect

from cehours.lib import clock
from organizations.models import Invitation
from tests.journeys.own_site import PASSWORD, serving, sign_in_by_the_form
from tests.journeys.window import CUT_OFF
from tests.organizations.authenticator import App
from tests.world import World

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(committed_world: World, settings: Any) -> Iterator[str]:
    """The site by the name localhost, where a browser lets security keys work without https."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SECOND_FACTOR = "staff"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    caches["default"].clear()
    with serving() as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN", base_url=site)
    context.set_default_timeout(15_000)
    page = context.new_page()
    yield page
    context.close()


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).click()


def set_up_the_app(page: Page) -> App:
    page.get_by_role("link", name="设置动态验证码").click()
    app = App(page.locator("li strong.number").inner_text())
    assert page.evaluate(CUT_OFF) == []
    assert page.locator("img[alt*=二维码]").evaluate("img => img.complete && img.naturalWidth > 0")
    page.get_by_label("验证码").fill(app.code(0))
    press(page, "完成设置")
    assert page.locator("main li").filter(has_text="").count() >= 10
    assert page.evaluate(CUT_OFF) == []
    page.get_by_role("link", name="已经保存").click()
    return app


def add_the_key(page: Page) -> None:
    page.get_by_role("link", name="添加安全密钥").click()
    page.get_by_label("名称").fill("办公室的密钥")
    press(page, "添加")
    expect(page.locator("main")).to_contain_text("已添加安全密钥")
    expect(page.locator("main table")).to_contain_text("办公室的密钥")
    assert page.evaluate(CUT_OFF) == []


def sign_in_again(page: Page, world: World, site: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/account/login/")
    page.locator("main").get_by_label("账号").fill("employer")
    page.locator("main").get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    expect(page.get_by_role("heading", level=1)).to_have_text("二次验证")
    assert page.evaluate(CUT_OFF) == []


def test_an_app_and_a_key_are_set_up_sign_in_and_are_asked_again(
    committed_world: World, site: str, page: Page
) -> None:
    world = committed_world
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    sign_in_by_the_form(page, world, site, "employer")
    expect(page.locator("main")).to_contain_text("请先设置二次验证")
    app = set_up_the_app(page)
    add_the_key(page)

    sign_in_again(page, world, site)
    page.get_by_label("验证码").fill(app.code())
    press(page, "验证")
    page.wait_for_url(lambda url: "/login/" not in url)

    sign_in_again(page, world, site)
    press(page, "使用安全密钥")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(f"{site}/account/")
    expect(page.locator("section", has_text="已登录的设备")).to_contain_text("安全密钥")

    page.goto(f"{site}/members/invite/")
    page.get_by_label("姓名").fill("周新")
    page.get_by_label("手机号码").fill("13900139000")
    with clock.at(clock.now() + timedelta(minutes=11)):
        press(page, "发送邀请")
        expect(page.locator("main")).to_contain_text("刚才填写的内容都保留着")
        assert page.evaluate(CUT_OFF) == []
        press(page, "使用安全密钥")
        expect(page.locator("main")).to_contain_text("邀请已发送给周新")
    assert Invitation.objects.get().name == "周新"
