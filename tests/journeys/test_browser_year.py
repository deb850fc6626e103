"""The year page in a browser: what the rules give while one types, records, and five years from one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from applications.models import Application
from tests.applications.test_recognised import enter
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


def test_an_activity_shows_hours_and_clause_while_one_types_and_asks_why_it_is_more(page: Page) -> None:
    page.locator("#item-professional-0 summary").click()
    page.get_by_label("按折算细则计算").nth(1).select_option("paper")
    page.get_by_label("刊物的统一刊号").select_option("cn")
    page.get_by_label("署名").select_option("first")
    page.get_by_label("刊期").fill("2020-05")
    credit = page.locator("#credit-professional-0")
    expect(credit).to_contain_text("按细则折算 30 学时")
    expect(credit).to_contain_text("附件2·二·3")
    hours = page.get_by_label("专业科目折算学时分")
    expect(hours).to_have_value("")  # the figure is the rules', not what was suggested
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
    expect(page.get_by_label("公需科目名称")).to_have_count(0)  # the suggested line went with it
    page.get_by_label("专业科目继续教育形式").select_option("03")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url(lambda url: "/years/" not in url)
    assert years(committed_world, case) == [2020]


@pytest.mark.requirement("R166")
def test_five_plain_years_take_one_form_and_one_press(
    committed_world: World, case: Application, page: Page
) -> None:
    for side in ("公需科目", "专业科目"):
        page.get_by_label(f"{side}继续教育形式").select_option("03")
    page.get_by_role("button", name="保存并复制到其余 4 个年度").click()
    page.wait_for_url(lambda url: "/years/" not in url)
    expect(page.locator("#messages")).to_contain_text("已复制到 2021、2022、2023、2024 年度")
    assert years(committed_world, case) == [2020, 2021, 2022, 2023, 2024]
