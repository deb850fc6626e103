"""培训计划 in a browser: an employer files it, the department accepts, who came ticks the hours for that year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from cehours.lib import clock
from tests.journeys.accessibility import violations
from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import Window
from tests.training.planning import line_of, name_of
from tests.world import World

pytestmark = pytest.mark.long
# The year of the training must be one that the open session covers.
THAT_DAY = datetime(2024, 6, 11, 9, tzinfo=clock.SHANGHAI)
TOPIC = "危重症护理新技术"


@contextmanager
def window_of(who: str, world: World, chromium: Browser, site: str, width: int = 1280) -> Iterator[Window]:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    context.set_default_timeout(10_000)
    window = Window(sign_in(context, world, site, who), site)
    window.expects_refusal = True
    try:
        yield window
        assert window.faults == []
    finally:
        context.close()


def sound(window: Window) -> None:
    assert window.look() + violations(window.page) == []


@pytest.mark.requirement("R051", "R052", "R053", "R054", "R055", "R245")
def test_a_filed_plan_becomes_hours_that_its_attendee_ticks(
    committed_world: World, chromium: Browser, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    world = committed_world
    case = world.draft(years=(), evidence=False)
    with serving() as site:
        with clock.at(THAT_DAY):
            with window_of("employer", world, chromium, site) as employer:
                files(employer, line_of(world, "applicant"))
            with window_of("department", world, chromium, site, width=375) as department:
                accepts(department, name_of(world, "applicant"))
            with window_of("employer", world, chromium, site, width=375) as employer:
                records_attendance(employer)
        with window_of("applicant", world, chromium, site, width=375) as applicant:
            ticks(applicant, reverse("applications:year_add", args=[case.pk]) + "?year=2024")


def files(window: Window, line: str) -> None:
    page = window.page
    window.open("/")
    page.get_by_role("link", name="培训计划").first.click()
    window.follow("新增培训计划")
    window.press("保存")
    expect(page.locator("[data-error-summary]")).to_contain_text("请填写培训主题")
    sound(window)
    page.get_by_label("培训主题").fill(TOPIC)
    page.get_by_label("专业科目").check()
    page.get_by_label("开始日期").fill("2024-06-11")
    page.get_by_label("结束日期").fill("2024-06-11")
    page.get_by_label("培训天数").fill("0.5")
    page.get_by_label("培训地点").fill("学术报告厅")
    page.get_by_label("与单位发展战略和岗位要求的关系").fill("护理岗位需要")
    window.press("保存")
    expect(page.locator("main")).to_contain_text("4 学时")
    sound(window)
    window.follow("参训名单")
    page.get_by_label("粘贴名单").fill(f"{line}\n缺席者 护照 E1234567")
    sound(window)
    window.press("读取名单")
    expect(page.locator("main")).to_contain_text("读到 2 人，还没有加入")
    sound(window)
    window.press("确认加入 2 人")
    expect(page.locator("#messages")).to_contain_text("已加入 2 人")
    window.follow("返回计划")
    window.press("报备")
    expect(page.locator("#messages")).to_contain_text("由省级医疗集团备案")


def accepts(window: Window, attendee: str) -> None:
    page = window.page
    window.open("/notices/")
    page.get_by_role("button").filter(has_text="省第九人民医院报备了培训计划").click()
    expect(page.locator("main")).to_contain_text("护理岗位需要")
    expect(page.locator("main")).to_contain_text(attendee)
    window.press("退回修改")
    expect(page.locator("[data-error-summary]")).to_contain_text("请填写退回原因")
    sound(window)
    window.press("备案")
    expect(page.locator("#messages")).to_contain_text("已备案")
    sound(window)


def records_attendance(window: Window) -> None:
    page = window.page
    window.open("/plans/")
    sound(window)
    window.follow(TOPIC)
    window.follow("登记出勤")
    page.get_by_label("缺席者").uncheck()
    page.get_by_label("以上与签到记录一致").check()
    sound(window)
    window.press("登记出勤")
    expect(page.locator("main")).to_contain_text("已登记 4 学时")
    expect(page.locator("main")).to_contain_text("缺勤")
    sound(window)


def ticks(window: Window, address: str) -> None:
    page = window.page
    window.open(address)
    page.get_by_label(TOPIC).check()
    window.press("确认选择")
    expect(page.locator(".record")).to_contain_text("学时不能修改")
    expect(page.locator("[data-meter=professional]")).to_contain_text("64")  # 60 typed and 4 taken over
    for side in ("公需科目", "专业科目"):
        page.get_by_label(f"{side}继续教育形式").select_option("03")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url(lambda url: "/years/" not in url)
    expect(page.locator("#messages")).to_contain_text("已保存 2024 年度")
    window.open("/certificates/ledger/")
    expect(page.locator("main")).to_contain_text("备案培训计划")
