"""What a bureau does beside single cases: a warned case takes a sentence, a session's dates a second person, and
what waits is told and leads to its list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from applications.models import Application
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from review.services import digesting
from tests.applications.test_filing_sessions import on_whole_days
from tests.journeys.office import Office, looked
from tests.journeys.window import Window
from tests.review.batching import filed
from tests.world import World

SENTENCE = "原件遗失，已向出具单位电话核实。"


@pytest.fixture
def office(committed_world: World, chromium: Browser, settings: Any) -> Iterator[Office]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.DECISION_DELAY_SECONDS = 0
    with Office.opened(committed_world, chromium) as office:
        yield office


@pytest.fixture
def warned(committed_world: World) -> Application:
    """At 湘江工程学会, without papers."""
    return filed(committed_world, evidence=False)


def main(window: Window) -> Any:
    return expect(window.page.locator("main"))


def test_a_warned_case_is_approved_with_a_sentence_that_the_next_unit_reads(
    office: Office, warned: Application
) -> None:
    window, address = office.window("society_admin"), reverse("review:case", args=[warned.pk])
    window.expects_refusal = True
    window.open(address)
    window.press("审核通过")
    main(window).to_contain_text("材料不全")
    looked(window)
    window.page.get_by_role("textbox", name="意见").last.fill("同意")
    window.press("审核通过")
    main(window).to_contain_text("审核通过须在意见中写明理由")
    window.page.get_by_role("textbox", name="意见").last.fill(SENTENCE)
    window.press("审核通过")
    expect(window.page.locator("#toasts")).to_contain_text("审核通过")

    bureau = office.window("city_bureau")
    bureau.open(address)
    main(bureau).to_contain_text(SENTENCE)


def test_the_dates_of_an_open_session_change_when_a_second_administrator_agrees(office: Office) -> None:
    office.world.move_session(**on_whole_days())
    first, second = office.window("bureau"), office.window("second_bureau")
    first.open(reverse("applications:session_edit", args=[office.world.session.pk]))
    first.page.get_by_label("退回后可重新提交天数").fill("9")
    first.page.get_by_label("修改理由").fill("按文件延长")
    looked(first)
    first.press("保存")
    main(first).to_contain_text("待确认的修改")

    second.open("/sessions/")
    second.page.locator("main").get_by_role("link", name="确认").first.click()
    main(second).to_contain_text("按文件延长")
    looked(second)
    second.press("确认修改")
    main(second).to_contain_text("已")

    first.open(reverse("applications:session_edit", args=[office.world.session.pk]))
    expect(first.page.get_by_label("退回后可重新提交天数")).to_have_value("9")


def test_the_digest_leads_to_the_page_of_what_waits_and_that_to_the_list(
    office: Office, warned: Application
) -> None:
    digesting.ask(digesting.clock.today())
    with scope(Actor.system("tests")):
        keys = list(OutboxItem.objects.filter(task=digesting.TELL).values_list("key", flat=True))
        for key in keys:
            digesting.tell(key)
    window = office.window("society_admin")

    window.open("/notices/")
    window.page.locator("main").get_by_role("link", name="工作提要").first.click()
    looked(window)
    window.page.locator("main").get_by_role("link", name="新收到的申报").click()

    expect(window.page.locator("main tbody tr")).to_have_count(1)
    main(window).to_contain_text(warned.name)
