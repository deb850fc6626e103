"""The countdown in a browser: by the server's clock, over when it is over, and a plain sentence without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Route, expect

from tests.journeys.instance import Instance
from tests.journeys.window import Window

WRONG_CLOCK = "Date.now = () => 0; window.Date = class extends Date { constructor() { super(0); } };"


def open_draft(window: Window) -> str:
    window.sign_in("ziyou")
    window.open("/applications/")
    window.page.locator("main").get_by_role("link", name="修改").first.click()
    expect(window.page.locator(".deadline")).to_be_visible()
    return window.page.url


def with_left(milliseconds: int, route: Route) -> None:
    """The page as the server makes it so long before the deadline."""
    answer = route.fetch()
    changed = re.sub(r'data-countdown="\d+"', f'data-countdown="{milliseconds}"', answer.text())
    route.fulfill(response=answer, body=changed)


def test_the_phones_clock_is_never_asked_and_the_end_is_said(phone: Window) -> None:
    phone.page.add_init_script(WRONG_CLOCK)
    address = open_draft(phone)
    banner = phone.page.locator(".deadline")
    expect(banner.locator("[data-left]")).to_have_text(re.compile(r"^还有 \d+ 天 \d+ 小时$"))

    phone.page.route(address, lambda route: with_left(1200, route))
    phone.page.reload()
    expect(banner.locator("[data-left]")).to_have_text(re.compile("还有 0 分 [01] 秒"))
    expect(banner.locator("[data-left]")).to_have_text("已截止")
    expect(banner.locator("[data-spoken]")).to_contain_text("已到截止时间，不能再提交")


def test_without_scripts_the_sentence_says_date_and_time(chromium: Browser, instance: Instance) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    window = Window(context.new_page(), instance.url)
    open_draft(window)
    expect(window.page.locator(".deadline")).to_have_text(
        re.compile(r"申报截止：\d{4}年\d+月\d+日24时（北京时间）。\s*还有 \d+ 天")
    )
    context.close()
