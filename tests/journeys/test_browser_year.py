"""The year page in a browser: what the rules give while one types, records, and five years from one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from applications.models import Application
from tests.applications.test_recognised import enter
from tests.journeys.accessibility import violations
from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import CUT_OFF
from tests.world import World


@pytest.fixture
def case(committed_world: World) -> Application:
    return committed_world.draft(years=(), evidence=False)


@pytest.fixture
def page(committed_world: World, case: Application, chromium: Browser, settings: Any) -> Iterator[Page]:
    """The year page of a new application, on a phone."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    enter(committed_world, year=2020)
    with serving() as site:
        context = chromium.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN")
        context.set_default_timeout(10_000)
        opened = sign_in(context, committed_world, site)
        opened.goto(f"{site}{reverse('applications:year_add', args=[case.pk])}?year=2020")
        yield opened
        context.close()


def years(world: World, case: Application) -> list[int]:
    with world.acting("applicant"):
        return list(Application.objects.get(pk=case.pk).years.values_list("year", flat=True))


def looked_at(page: Page) -> None:
    assert page.evaluate(CUT_OFF) == []
    assert violations(page) == []


def pick(page: Page, words: str, button: str) -> None:
    """Everyday words, then the button of the first kind left."""
    page.get_by_label("查找参加的活动").fill(words)
    page.get_by_role("button", name=button).locator("visible=true").first.click()


def test_a_new_year_is_empty_and_a_chip_fills_in_what_the_year_asks_for(page: Page) -> None:
    for side in ("公需科目", "专业科目"):
        expect(page.get_by_label(f"{side}名称")).to_have_value("")
        expect(page.get_by_label(f"{side}折算学时分")).to_have_value("")
    meters = page.locator("#meters")
    expect(meters).not_to_contain_text("还差")
    expect(meters).not_to_contain_text("已达到")
    looked_at(page)
    page.get_by_role("button", name="公需科目折算学时分填 30").click()
    expect(page.get_by_label("公需科目折算学时分")).to_have_value("30")
    expect(page.locator("[data-meter=public]")).to_contain_text("已达到")
    expect(page.locator("[data-meter=professional]")).to_contain_text("还差 60 学时")


def test_an_activity_shows_hours_and_clause_while_one_types_and_asks_why_it_is_more(page: Page) -> None:
    pick(page, "发文章", "计入专业")
    page.get_by_label("刊物的统一刊号").select_option("cn")
    page.get_by_label("署名").select_option("first")
    page.get_by_label("刊期").fill("2020-05")
    credit = page.locator("#credit-professional-0")
    expect(credit).to_contain_text("按细则折算 30 学时")
    expect(credit).to_contain_text("附件2·二·3")
    hours = page.get_by_label("专业科目折算学时分")
    expect(hours).to_have_value("")  # the figure is the rules' own, which the field shows
    expect(hours).to_have_attribute("placeholder", "30")
    expect(page.locator("#item-professional-0")).to_contain_text("这一项要备的材料")
    looked_at(page)
    hours.fill("20")
    expect(page.locator("#meters")).to_contain_text("还差 40 学时")
    expect(page.get_by_label("高于细则的理由")).to_have_count(0)
    hours.fill("40")
    expect(credit).to_contain_text("高出 10 学时")
    reason = page.get_by_label("高于细则的理由")
    reason.fill("含两篇合并计算")
    hours.fill("41")
    expect(credit).to_contain_text("高出 11 学时")
    expect(reason).to_have_value("含两篇合并计算")  # never replaced under somebody's fingers
    assert page.evaluate(CUT_OFF) == []


def test_everyday_words_narrow_the_list_while_one_types_and_enter_saves_nothing(page: Page) -> None:
    search = page.get_by_label("查找参加的活动")
    search.fill("网课")
    expect(page.locator(".kind-pick:visible")).to_have_count(1)
    search.press("Enter")
    looked_at(page)
    search.fill("没有这种活动")
    expect(page.get_by_text("这不等于不能折算")).to_be_visible()
    assert "/years/add/" in page.url


def test_a_year_in_tibet_is_one_activity_and_nothing_else(
    committed_world: World, case: Application, page: Page
) -> None:
    pick(page, "援藏", "视同全年")
    page.get_by_label("任务类别").select_option(label="援藏")
    page.get_by_label("派出日期").fill("2020-01-10")
    page.get_by_label("期满日期").fill("2021-08-10")
    page.get_by_label("考核合格").select_option(label="是")
    page.get_by_label("活动名称").fill("援藏一年半")
    expect(page.locator("#meters")).to_contain_text("已达到")
    looked_at(page)
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url(lambda url: "/years/" not in url)
    assert years(committed_world, case) == [2020]
    expect(page.locator("main")).to_contain_text("公需 30 · 专业 60 · 合计 90 学时")


def test_quick_arrows_lose_no_step_and_no_focus(page: Page) -> None:
    pick(page, "援藏", "视同全年")
    chosen = page.get_by_label("任务类别")
    chosen.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    with page.expect_response("**/live/"):
        page.keyboard.press("ArrowDown")
    expect(chosen).to_have_value("xinjiang")
    expect(chosen).to_be_focused()


def test_a_plain_row_computes_nothing(page: Page) -> None:
    page.get_by_label("公需科目折算学时分").fill("35")
    expect(page.locator("[data-meter=public]")).to_contain_text("35")
    expect(page.locator("[data-credit]")).to_have_count(0)


def test_a_record_is_ticked_confirmed_and_saved_with_the_year(
    committed_world: World, case: Application, page: Page
) -> None:
    page.get_by_label("公需科目网络培训").check()
    page.get_by_role("button", name="确认选择").click()
    expect(page.locator(".record")).to_contain_text("学时不能修改")
    expect(page.get_by_label("公需科目名称")).to_have_count(0)  # the blank line went with it
    page.get_by_label("专业科目名称").fill("护理新技术")
    page.get_by_role("button", name="专业科目折算学时分填 60").click()
    page.get_by_label("专业科目继续教育形式").select_option("03")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url(lambda url: "/years/" not in url)
    assert years(committed_world, case) == [2020]


@pytest.mark.requirement("R166")
def test_five_plain_years_take_one_form_and_one_press(
    committed_world: World, case: Application, page: Page
) -> None:
    for side, hours in (("公需科目", "30"), ("专业科目", "60")):
        page.get_by_label(f"{side}名称").fill(f"2020 年度{side}")
        page.get_by_role("button", name=f"{side}折算学时分填 {hours}").click()
        page.get_by_label(f"{side}继续教育形式").select_option("03")
    page.get_by_role("button", name="保存并复制到其余 4 个年度").click()
    page.wait_for_url(lambda url: "/years/" not in url)
    expect(page.locator("#messages")).to_contain_text("已照 2020 年带入 2021、2022、2023、2024 年度")
    assert years(committed_world, case) == [2020, 2021, 2022, 2023, 2024]
