"""Filing on a phone 375 px wide: a freelancer, a draft left behind, and what the first screen shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from applications.models import Application, Draft
from applications.states import State
from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import CUT_OFF
from tests.world import World

HEIGHT = 667  # of the first screen of an old phone


@pytest.fixture
def site(committed_world: World) -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def page(committed_world: World, chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 375, "height": HEIGHT}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield sign_in(context, committed_world, site)
    context.close()


def open_page(page: Page, site: str, name: str, case: Application, *more: int) -> None:
    page.goto(site + reverse(f"applications:{name}", args=[case.pk, *more]))
    assert page.evaluate(CUT_OFF) == []


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).last.click()


def on_the_first_screen(element: Locator) -> bool:
    box = element.bounding_box()
    return box is not None and box["y"] + min(box["height"], 44) <= HEIGHT


def test_a_freelancer_is_asked_only_what_concerns_them(committed_world: World, page: Page, site: str) -> None:
    case = committed_world.draft(unit="firm")
    open_page(page, site, "header", case)
    expect(page.get_by_text("人事档案所在地", exact=True)).to_be_visible()

    page.get_by_label("没有工作单位（自由职业）").check()
    expect(page.get_by_label("单位性质")).to_have_value("freelance")
    expect(page.get_by_text("人事档案所在地", exact=True)).to_be_hidden()
    page.get_by_label("行政区划名称").select_option(label="芙蓉区")
    press(page, "下一步")
    expect(page.locator("#messages")).to_contain_text("基本信息已保存")

    page.locator("main").get_by_role("link", name="核对并提交").last.click()
    page.get_by_text("查看全部").click()
    expect(page.locator(".summary-row", has_text="行政区划依据")).to_contain_text("人事档案所在地")
    page.get_by_label("本人承诺").check()
    press(page, "提交")
    expect(page.locator("h1")).to_have_text("已提交")
    assert committed_world.see("applicant", case.pk).state == State.BUREAU_REVIEW


def test_a_unit_chosen_after_no_unit_or_another_one_brings_its_own_data(
    committed_world: World, page: Page, site: str
) -> None:
    case = committed_world.draft(unit="factory")
    open_page(page, site, "header", case)
    page.get_by_label("没有工作单位（自由职业）").check()
    page.get_by_label("单位名称").press_sequentially("xsdx")
    page.get_by_label("湘水大学").check()
    expect(page.locator("#filled-in")).to_have_text(
        "单位性质（事业）、行政区划名称（湖南省（省本级））已按单位登记填入，可改。"
    )
    press(page, "下一步")
    expect(page.locator("#messages")).to_contain_text("基本信息已保存")
    saved = committed_world.see("applicant", case.pk)
    assert (saved.employer_id, saved.nature, saved.region_id) == (
        committed_world.university.pk, "institution", "430000",
    )  # fmt: skip


def test_a_draft_left_behind_stops_submitting_until_it_is_saved(
    committed_world: World, page: Page, site: str
) -> None:
    case = committed_world.draft()
    open_page(page, site, "year", case, 2022)
    page.get_by_label("公需科目名称").fill("离开时还没有保存的课程")
    expect(page.locator("[data-autosave-says]")).to_contain_text("已自动保存")
    open_page(page, site, "detail", case)
    expect(page.locator(".task", has_text="2022 年度")).to_contain_text("有未保存的修改")

    page.locator("main").get_by_role("link", name="核对并提交").last.click()
    expect(page.locator(".tip-block")).to_contain_text("2022 年度：有未保存的修改")
    page.get_by_label("本人承诺").check()
    press(page, "提交")
    expect(page.locator("main")).to_contain_text("有未保存的修改，请先保存或放弃，再提交")

    page.get_by_role("button", name=re.compile(r"保存\s*2022 年度的修改")).click()
    expect(page.locator("#messages")).to_contain_text("已保存2022 年度的修改")
    expect(page.locator("#year-2022")).to_contain_text("离开时还没有保存的课程")
    page.get_by_label("本人承诺").check()
    press(page, "提交")
    expect(page.locator("h1")).to_have_text("已提交")
    with committed_world.acting("applicant"):
        assert not Draft.objects.filter(application=case).exists()


def test_the_first_screen_shows_the_work(committed_world: World, page: Page, site: str) -> None:
    case = committed_world.draft()
    open_page(page, site, "detail", case)
    assert on_the_first_screen(page.locator(".task").nth(1))
    expect(page.locator(".steps-line")).to_have_text("第 1 步，共 5 步：填写申报")
    open_page(page, site, "header", case)
    assert on_the_first_screen(page.get_by_label("民族"))
    open_page(page, site, "check", case)
    assert on_the_first_screen(page.locator(".sums tbody tr").last)
