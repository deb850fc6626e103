"""Nothing typed is lost: a reload, a session that ended, a server that died, two tabs, the back button."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from applications.models import Application, Draft
from cehours.embedded import commands
from tests.journeys.instance import Instance
from tests.journeys.own_site import end_sessions, serving, sign_in, sign_in_by_the_form
from tests.journeys.window import CUT_OFF
from tests.world import World

KEPT = "已自动保存"


@dataclass
class Desk:
    """The applicant's browser on a draft of theirs."""

    world: World
    case: Application
    site: str
    context: BrowserContext
    page: Page

    def open(self, name: str, *more: Any, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(self.site + reverse(f"applications:{name}", args=[self.case.pk, *more]))
        return page

    def wait_for_a_draft(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with self.world.acting("applicant"):
                if Draft.objects.filter(application=self.case).exists():
                    return
            time.sleep(0.05)
        raise AssertionError("no draft arrived")

    def specialty(self) -> str:
        return self.world.see("applicant", self.case.pk).specialty


@pytest.fixture
def desk(committed_world: World, chromium: Browser, settings: Any) -> Iterator[Desk]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    case = committed_world.draft(years=(2020, 2021), evidence=False)
    with serving() as site:
        context = chromium.new_context(viewport={"width": 375, "height": 812}, locale="zh-CN")
        context.set_default_timeout(10_000)
        yield Desk(committed_world, case, site, context, sign_in(context, committed_world, site))
        context.close()


def says(page: Page) -> Any:
    return page.locator("[data-autosave-says]")


def type_specialty(page: Page, text: str) -> None:
    page.get_by_label("子专业名称").fill(text)


def test_what_was_typed_is_there_after_a_reload_and_can_be_given_up(desk: Desk) -> None:
    page = desk.open("header")
    type_specialty(page, "结构工程")
    expect(says(page)).to_contain_text(KEPT)
    page.reload()
    expect(page.get_by_label("子专业名称")).to_have_value("结构工程")
    expect(page.locator("main")).to_contain_text("还没有点“保存”的内容")
    page.get_by_role("button", name="放弃草稿，恢复已保存内容").click()
    expect(page.get_by_label("子专业名称")).to_have_value("建筑学")


def test_leaving_at_once_keeps_the_last_words_too(desk: Desk) -> None:
    page = desk.open("year", 2020)
    page.get_by_label("公需科目名称").fill("刚写完就离开")
    desk.open("detail")
    desk.wait_for_a_draft()  # what a page sends while it closes arrives by itself
    desk.open("year", 2020)
    expect(page.get_by_label("公需科目名称")).to_have_value("刚写完就离开")


def test_an_ended_session_is_said_at_once_and_typing_goes_on_after_signing_in(desk: Desk) -> None:
    page = desk.open("header")
    end_sessions()
    type_specialty(page, "结构工程")
    expect(says(page)).to_contain_text("登录已过期")
    with desk.context.expect_page() as opened:
        says(page).get_by_role("link", name="在新窗口登录").click()
    sign_in_by_the_form(opened.value, desk.world, desk.site)
    opened.value.close()
    page.bring_to_front()
    expect(says(page)).to_contain_text(KEPT)
    page.get_by_role("button", name="下一步").last.click()  # with the token of the new session
    page.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    assert desk.specialty() == "结构工程"


@pytest.mark.parametrize("name", ["header", "year"])
def test_pressing_save_after_the_session_ended_loses_nothing(desk: Desk, name: str) -> None:
    page = desk.open(name, *((2020,) if name == "year" else ()))
    label = "子专业名称" if name == "header" else "公需科目名称"
    page.get_by_label(label).fill("按下保存时已过期")
    end_sessions()
    page.get_by_role("button", name="下一步" if name == "header" else "保存", exact=True).last.click()
    page.wait_for_url("**/account/login/**")
    sign_in_by_the_form(page, desk.world, desk.site)
    expect(page.get_by_label(label)).to_have_value("按下保存时已过期")
    expect(page.locator("main")).to_contain_text("还没有点“保存”的内容")
    held = page.evaluate("() => JSON.stringify(window.sessionStorage)")
    assert "430102" not in held  # no identity number lies in the browser
    page.get_by_role("button", name="下一步" if name == "header" else "保存", exact=True).last.click()
    page.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    desk.open(name, *((2020,) if name == "year" else ()))
    expect(page.get_by_label(label)).to_have_value("按下保存时已过期")
    expect(page.locator("main")).not_to_contain_text("还没有点“保存”的内容")


def test_the_older_tab_is_told_compares_and_chooses(desk: Desk) -> None:
    older = desk.open("header")
    type_specialty(older, "旧窗口写的")
    expect(says(older)).to_contain_text(KEPT)
    newer = desk.open("header", page=desk.context.new_page())
    type_specialty(newer, "新窗口存的")
    newer.get_by_role("button", name="下一步").last.click()
    newer.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    older.bring_to_front()
    older.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(says(older)).to_contain_text("在别处保存过")
    says(older).get_by_role("link", name="对照两份内容").click()
    row = older.get_by_role("row", name="子专业名称")
    expect(row).to_contain_text("新窗口存的")
    expect(row).to_contain_text("旧窗口写的")
    assert older.evaluate(CUT_OFF) == []
    older.locator("main").get_by_role("button", name="未保存的内容").click()
    expect(older.get_by_label("子专业名称")).to_have_value("旧窗口写的")
    older.get_by_role("button", name="下一步").last.click()
    older.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    assert desk.specialty() == "旧窗口写的"


def test_an_older_tab_in_which_nothing_was_typed_only_asks_to_be_refreshed(desk: Desk) -> None:
    older, newer = desk.open("header"), desk.context.new_page()
    desk.open("header", page=newer)
    type_specialty(newer, "新窗口存的")
    newer.get_by_role("button", name="下一步").last.click()
    newer.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    older.wait_for_timeout(1100)  # it asks at most once a second
    older.evaluate("window.dispatchEvent(new Event('focus'))")
    says(older).get_by_role("link", name="刷新本页").click()
    expect(older.get_by_label("子专业名称")).to_have_value("新窗口存的")


def test_the_older_tab_that_saves_without_looking_overwrites_nothing(desk: Desk) -> None:
    older, newer = desk.open("header"), desk.context.new_page()
    desk.open("header", page=newer)
    type_specialty(newer, "新窗口存的")
    newer.get_by_role("button", name="下一步").last.click()
    newer.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    type_specialty(older, "旧窗口写的")
    older.get_by_role("button", name="下一步").last.click()
    row = older.get_by_role("row", name="子专业名称")
    expect(row).to_contain_text("新窗口存的")
    expect(row).to_contain_text("旧窗口写的")
    expect(older.get_by_label("子专业名称")).to_have_value("旧窗口写的")
    assert desk.specialty() == "新窗口存的"


def test_the_back_button_shows_what_is_saved_and_overwrites_nothing(desk: Desk) -> None:
    page = desk.open("header")
    type_specialty(page, "第一次")
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    page.go_back()
    expect(page.get_by_label("子专业名称")).to_have_value("第一次")
    page.get_by_label("备注").fill("补一句")
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    assert desk.specialty() == "第一次"
    assert desk.world.see("applicant", desk.case.pk).remark == "补一句"


def test_without_a_script_saving_works_as_before(desk: Desk, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = desk.open("header", page=sign_in(context, desk.world, desk.site))
    type_specialty(page, "没有脚本")
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(desk.site + reverse("applications:detail", args=[desk.case.pk]))
    context.close()
    assert desk.specialty() == "没有脚本"


class Web(Instance):
    """The web server alone, as production starts it."""

    def start(self) -> None:
        self._running = [self._spawn("web", commands.command("web"))]
        deadline = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > deadline or self._running[0].poll() is not None:
                raise RuntimeError(f"web did not start:\n{self.log_of('web')}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As the kernel ends it: no request is finished, nothing is tidied up."""
        for process in self._running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running = []


@pytest.mark.long
def test_a_server_killed_while_somebody_types_takes_nothing_along(
    committed_world: World, committed_db: str, chromium: Browser, tmp_path: Path
) -> None:
    case = committed_world.draft(years=(2020,), evidence=False)
    web = Web(committed_db, tmp_path)
    collected = web._spawn("collectstatic", ["python", "manage.py", "collectstatic", "--no-input", "-v0"])
    assert collected.wait(timeout=120) == 0, subprocess.list2cmdline(["collectstatic"])
    web.start()
    context = chromium.new_context(locale="zh-CN")
    try:
        page = sign_in(context, committed_world, web.url)
        page.goto(web.url + reverse("applications:year", args=[case.pk, 2020]))
        page.get_by_label("公需科目名称").fill("写到一半")
        expect(says(page)).to_contain_text(KEPT)
        web.kill()
        page.get_by_label("公需科目名称").fill("写到一半，服务器没了")
        expect(says(page)).to_contain_text("暂时连不上服务器")
        web.start()
        expect(says(page)).to_contain_text(KEPT, timeout=20_000)
        web.kill()
        page.get_by_label("公需科目名称").fill("写完，按下保存时没有服务器")
        page.get_by_role("button", name="保存", exact=True).last.click(no_wait_after=True)
        web.start()
        page.goto(web.url + reverse("applications:year", args=[case.pk, 2020]))
        expect(page.get_by_label("公需科目名称")).to_have_value("写完，按下保存时没有服务器")
    finally:
        context.close()
        web.stop()
