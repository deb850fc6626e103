"""Colleagues at one desk: who has a case on the screen, shared work, days of absence, and taking a decision back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from applications.models import Application
from applications.states import State
from cehours.lib import clock
from organizations.models import Membership
from organizations.models.user import Role
from tests.journeys.clerk import filled_desk
from tests.journeys.office import Office, looked
from tests.journeys.window import Window
from tests.review.batching import now_of
from tests.world import World

HEAD, COLLEAGUE = "city_bureau", "colleague"
REASON = "请补充 2024 年签到表。"


@pytest.fixture
def cases(committed_world: World) -> list[Application]:
    """Three clean cases of 星城市人社局, where a head and a colleague work."""
    actor = committed_world.add_person(COLLEAGUE, unit="changsha")
    Membership.objects.filter(pk=actor.membership.pk).update(role=Role.REVIEWER)
    return filled_desk(committed_world, 3)


@pytest.fixture
def office(
    committed_world: World, cases: list[Application], chromium: Browser, settings: Any
) -> Iterator[Office]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.DECISION_DELAY_SECONDS = 60
    with Office.opened(committed_world, chromium) as office:
        yield office


def name_of(office: Office, who: str) -> str:
    return office.world.people[who].display_name


def open_first(window: Window) -> str:
    """The longest waiting case, and that it is claimed; returns its address."""
    window.open("/review/")
    with window.page.expect_response(re.compile("/claim/$")):
        window.page.locator("[data-open]").first.click()
    return window.page.url


def cases_in(window: Window, path: str) -> int:
    window.open(path)
    return int(window.page.locator("main [data-open]").count())


def test_a_case_on_the_screen_is_the_clerks_until_a_colleague_takes_it_over(office: Office) -> None:
    head, colleague = office.window(HEAD), office.window(COLLEAGUE)
    address = open_first(head)

    colleague.open(address)
    expect(colleague.page.locator("main")).to_contain_text(f"{name_of(office, HEAD)} 正在审核这件申报")
    expect(colleague.page.get_by_text(f"{name_of(office, HEAD)} 正在审核", exact=True)).to_be_visible()
    looked(colleague)
    colleague.page.keyboard.press("0")
    colleague.press("接手")
    expect(colleague.page.locator("main")).not_to_contain_text("正在审核这件申报")

    head.open(address)
    expect(head.page.locator("main")).to_contain_text(f"{name_of(office, COLLEAGUE)} 正在审核这件申报")


def test_a_head_shares_ticked_cases_out_and_the_colleague_finds_theirs(office: Office) -> None:
    head, colleague = office.window(HEAD), office.window(COLLEAGUE)
    assert cases_in(colleague, "/review/?mark=mine") == 0
    head.open("/review/")
    for row in range(2):
        head.page.locator("tbody [data-pick]").nth(row).check()
    looked(head)

    head.press("分派")
    head.page.get_by_label(name_of(office, COLLEAGUE)).check()
    looked(head)
    head.press("分派 2 件")

    expect(head.page.locator("body")).to_contain_text("已分派 2 件")
    assert cases_in(colleague, "/review/?mark=mine") == 2
    assert cases_in(colleague, "/review/") == 3  # nobody is barred


def test_while_somebody_is_away_the_deputy_has_their_share(office: Office) -> None:
    head, colleague = office.window(HEAD), office.window(COLLEAGUE)
    head.open("/review/assign/")
    head.page.get_by_label(name_of(office, COLLEAGUE)).check()
    head.press("分派 3 件")
    assert cases_in(head, "/review/?mark=mine") == 0

    colleague.open("/review/absences/")
    looked(colleague)
    today = clock.today()
    colleague.page.get_by_label("由谁代办").select_option(label=name_of(office, HEAD))
    colleague.page.get_by_label("第一天").fill(f"{today:%Y.%m.%d}")
    colleague.page.get_by_label("最后一天").fill(f"{today + timedelta(days=3):%Y-%m-%d}")
    colleague.press("保存")
    expect(colleague.page.locator("main tbody tr")).to_have_count(1)
    looked(colleague)
    assert cases_in(head, "/review/?mark=mine") == 3

    colleague.press("删除")
    expect(colleague.page.locator("body")).to_contain_text("已删除")
    assert cases_in(head, "/review/?mark=mine") == 0


def test_a_decision_is_taken_back_before_anybody_outside_has_seen_it(office: Office) -> None:
    head, colleague = office.window(HEAD), office.window(COLLEAGUE)
    address = open_first(head)
    case = case_at(office, address)
    head.press("退回修改")
    head.page.locator("#decision").get_by_role("textbox").fill(REASON)
    head.press("退回修改")
    expect(head.page.locator("#toasts")).to_contain_text("已决定")

    colleague.open(address)
    expect(colleague.page.locator("main")).to_contain_text("已决定：退回修改")
    looked(colleague)
    applicant = office.window(applicant_of(office, case))
    applicant.open(reverse("applications:progress", args=[case.pk]))
    expect(applicant.page.locator("main")).not_to_contain_text(REASON)

    head.open("/review/held/")
    expect(head.page.locator("main")).to_contain_text(REASON)
    looked(head)
    head.page.get_by_role("button", name="撤回").click()
    head.open("/review/held/")
    expect(head.page.locator("main")).to_contain_text("没有待生效的决定")
    assert now_of(case).state == State.BUREAU_REVIEW
    head.open(address)
    expect(head.page.get_by_role("button", name="审核通过")).to_be_visible()


def case_at(office: Office, address: str) -> Application:
    with office.world.acting(HEAD):
        return next(case for case in Application.objects.all() if str(case.pk) in address)


def applicant_of(office: Office, case: Application) -> str:
    return next(who for who, actor in office.world.people.items() if actor.person_id == case.person_id)
