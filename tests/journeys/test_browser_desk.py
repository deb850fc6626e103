"""审阅模式: one screen decides a case, and the next one is there without a page load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from applications.models import Application
from organizations.models import Event
from review import services
from tests.journeys.clerk import Clerk, filled_desk
from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import CUT_OFF
from tests.review.batching import now_of
from tests.world import World

NO_SCROLLING = "() => document.scrollingElement.scrollHeight <= window.innerHeight"
IN_SIGHT = """name => {
    const box = document.querySelector(name).getBoundingClientRect();
    return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
}"""
TWO = (1280, 800)


@dataclass
class Office:
    """星城市人社局's clerk before a desk of clean cases, the first of them open."""

    world: World
    site: str
    page: Page
    cases: list[Application]
    clerk: Clerk

    def open(self) -> None:
        self.page.goto(f"{self.site}/review/")
        self.page.locator("[data-open]").first.click()
        self.page.wait_for_url("**/review/cases/**")
        self.clerk.sit_down()

    def acts(self, *names: str) -> list[str]:
        with self.world.acting("city_bureau"):
            events = Event.objects.filter(subject_id__in=[case.pk for case in self.cases], act__in=names)
            return list(events.order_by("pk").values_list("act", flat=True))


@pytest.fixture
def office(committed_world: World, chromium: Browser, settings: Any) -> Iterator[Office]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    cases = filled_desk(committed_world, 4)
    width, height = TWO
    with serving() as site:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(15_000)
        page = sign_in(context, committed_world, site, "city_bureau")
        office = Office(committed_world, site, page, cases, Clerk(page))
        office.open()
        yield office
        context.close()


def test_clean_cases_cost_two_keys_each_and_no_page_is_loaded(office: Office) -> None:
    clerk = office.clerk
    for _ in range(3):
        assert clerk.look() == clerk.papers > 2
        clerk.approve()

    assert clerk.loads == []
    assert len(clerk.keys) == 3 * 2
    assert [now_of(case).state for case in office.cases].count("approved") == 3
    assert office.acts("approved") == ["approved"] * 3


def test_everything_stands_on_one_screen_without_scrolling(office: Office) -> None:
    page = office.page
    assert page.evaluate(NO_SCROLLING)
    for name in ("[data-strip]", ".case-year.is-shown", "[data-viewer]", "#decision [data-act=approve]"):
        assert page.evaluate(IN_SIGHT, name), name
    assert page.evaluate(CUT_OFF) == []


def test_papers_and_years_move_together(office: Office) -> None:
    page = office.page
    expect(page.locator(".case-year.is-shown")).to_have_attribute("data-part", "2023")
    office.clerk.look()
    expect(page.locator(".case-year.is-shown")).to_have_attribute("data-part", "2024")
    page.keyboard.press("1")
    expect(page.locator("#evidence")).to_have_attribute("data-year", "2023")
    expect(page.locator("[data-go='2023']")).to_have_attribute("aria-pressed", "true")


def test_a_case_is_returned_with_a_ready_reason_by_three_keys(office: Office) -> None:
    page, first = office.page, office.clerk.shown
    page.keyboard.press("r")
    page.keyboard.press("2")
    expect(page.locator("#id_opinion")).to_have_value("缺少材料，请按所填继续教育形式的要求补齐。")
    page.get_by_role("button", name="退回修改", exact=True).click()
    page.wait_for_url(lambda url: not url.startswith(first))
    expect(page.locator("#toasts")).to_contain_text("退回修改")
    assert office.acts("returned") == ["returned"]


def test_looking_ahead_puts_nothing_on_record_and_shows_no_number(office: Office) -> None:
    page = office.page
    page.wait_for_load_state("networkidle")
    assert office.acts("id_number_viewed") == []
    following = page.request.get(office.site + (page.locator("#case").get_attribute("data-next") or ""))
    assert "显示完整号码" in following.text()
    assert office.acts("id_number_viewed") == []

    page.keyboard.press("0")
    page.get_by_role("button", name="显示完整号码").click()
    expect(page.locator("[data-number-shown]")).to_be_focused()
    assert office.acts("id_number_viewed") == ["id_number_viewed"]


def test_a_case_that_changed_since_it_was_fetched_ahead_is_not_shown_as_it_was(office: Office) -> None:
    page, world, first = office.page, office.world, office.clerk.shown
    page.wait_for_load_state("networkidle")
    following = page.locator("#case").get_attribute("data-next") or ""
    gone = next(case for case in office.cases if str(case.pk) in following)
    with world.acting("city_bureau") as actor:
        services.return_(actor=actor, case_id=gone.pk, seen=now_of(gone).version, reason="请补充签到表。")

    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/next/" not in url and not url.startswith(first))
    assert str(gone.pk) not in page.url
    expect(page.locator("#decision")).to_be_visible()
    assert office.clerk.loads == []


def test_back_leads_to_the_case_before_as_it_is_now(office: Office) -> None:
    page, first = office.page, office.clerk.shown
    office.clerk.approve()
    page.go_back()
    page.wait_for_url(lambda url: url.startswith(first))
    expect(page.locator("#case")).to_contain_text("审核通过")
    expect(page.locator("#decision")).to_have_count(0)


def test_who_wants_the_long_page_gets_it_and_it_stays(office: Office) -> None:
    page = office.page
    page.get_by_role("button", name="整页显示").click()
    page.reload()
    expect(page.locator("body")).not_to_have_class("workbench reviewing")
    expect(page.locator("#y2023")).to_be_visible()
    expect(page.locator("#y2024")).to_be_visible()


def test_on_a_phone_years_and_papers_are_two_panes_to_swipe_between(office: Office) -> None:
    page = office.page
    page.set_viewport_size({"width": 375, "height": 667})
    assert page.evaluate(NO_SCROLLING)
    assert page.evaluate(IN_SIGHT, "#decision [data-act=approve]")
    page.locator(".case-year.is-shown [data-paper]").last.click()
    expect(page.locator(".split-side")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate(CUT_OFF) == []
