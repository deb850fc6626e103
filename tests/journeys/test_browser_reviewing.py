"""Reviewers at an office computer: returning with a reason, two at once, and a batch."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.journeys.instance import Instance
from tests.journeys.window import Window

REASON = "2022 年结业证书看不清，请重新上传。"


def open_first_case(window: Window) -> str:
    """Opens the longest waiting case from 待办 and returns its address."""
    window.open("/review/")
    window.page.locator("main tbody tr").first.get_by_role("link").first.click()
    window.page.wait_for_url(re.compile("/review/cases/"))
    return window.page.url


def write(window: Window, reason: str) -> None:
    """The button of an act that needs a reason opens the place for it."""
    window.press("退回修改")
    window.page.locator("#decision").get_by_role("textbox").fill(reason)


def give_back(window: Window, reason: str) -> None:
    write(window, reason)
    window.press("退回修改")


def test_a_case_is_returned_with_a_reason_and_the_next_hop_never_sees_it(desk: Window) -> None:
    desk.sign_in("zhuguan2")
    address = open_first_case(desk)
    assert desk.look() == []

    give_back(desk, REASON)

    expect(desk.page.locator("#toasts")).to_contain_text("退回修改")
    desk.open("/review/handled/")
    expect(desk.page.locator("main")).to_contain_text(REASON)
    desk.open(address)
    expect(desk.page.get_by_role("button", name="审核通过")).to_have_count(0)


def test_the_second_of_two_reviewers_keeps_what_they_typed_and_learns_who_was_first(
    chromium: Browser, instance: Instance, desk: Window
) -> None:
    with Window.opened(chromium, instance.url, width=1280, height=900) as other:
        other.expects_refusal = True
        desk.sign_in("shengting")
        other.sign_in("shengting-2")
        other.open(open_first_case(desk))
        write(other, REASON)

        give_back(desk, "请补充 2021 年签到表。")
        expect(desk.page.locator("#toasts")).to_contain_text("退回修改")
        other.press("退回修改")

        expect(other.page.locator("main")).to_contain_text(REASON)
        expect(other.page.locator("main")).to_contain_text("退回")
        assert other.look() == []


def test_a_city_bureau_approves_several_cases_at_once(desk: Window) -> None:
    desk.sign_in("shizhou")
    desk.open("/review/")
    waiting = desk.page.locator("main tbody tr").count()
    assert waiting
    desk.page.locator("tbody [data-pick]").first.check()

    desk.press("审核通过 1 件")
    assert desk.look() == []
    desk.press("审核通过 1 件")

    expect(desk.page.locator("main")).to_contain_text("1 件全部办完")
    assert desk.look() == []
    desk.open("/review/")
    expect(desk.page.locator("main tbody [data-pick]")).to_have_count(waiting - 1)
