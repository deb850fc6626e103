"""卡点: a case that nobody can decide is found, cured in each way, and its applicant reads what happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from applications.models import Application
from applications.states import State
from organizations.models import Membership
from tests.journeys.office import Office, looked
from tests.journeys.window import Window
from tests.organizations.people import PASSWORD, id_number, link_sent
from tests.world import World

REASON = "该院的账号都已停用，请代为审核"
NAME, MAIL = "周新", "neu@example.cn"


@pytest.fixture
def case(committed_world: World) -> Application:
    """Waits at 省第九人民医院, which lost its last account."""
    case = committed_world.application(at=State.EMPLOYER_REVIEW)
    Membership.objects.filter(unit=committed_world.hospital).delete()
    return case


@pytest.fixture
def office(committed_world: World, case: Application, chromium: Browser, settings: Any) -> Iterator[Office]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    with Office.opened(committed_world, chromium) as office:
        yield office


def progress(office: Office, case: Application) -> Any:
    """What the applicant reads of it."""
    window = office.window("applicant")
    window.open(reverse("applications:progress", args=[case.pk]))
    looked(window)
    return expect(window.page.locator("main"))


def opened(office: Office, who: str) -> Window:
    """The only case on this unit's 卡点 list, by the links that lead there."""
    window = office.window(who)
    window.open("/review/stuck/")
    expect(window.page.locator("main tbody tr")).to_have_count(1)
    expect(window.page.locator("main tbody")).to_contain_text("单位没有可用的账号")
    looked(window)
    window.page.locator("main tbody").get_by_role("link", name="处理").click()
    looked(window)
    return window


def test_the_superior_stands_in_and_the_applicant_reads_who_and_why(
    office: Office, case: Application
) -> None:
    progress(office, case).to_contain_text("省第九人民医院尚未开通审核账号，暂时无人审核")

    window = opened(office, "department")
    window.page.get_by_label("代办：由本单位代替该单位作这一步审核").check()
    window.page.locator("[name=reason]").fill(REASON)
    window.press("确认办理")

    expect(window.page.locator("body")).to_contain_text("已转由本单位代办")
    expect(window.page.get_by_role("button", name="审核通过")).to_be_visible()
    looked(window)
    told = progress(office, case)
    told.to_contain_text(REASON)
    told.to_contain_text("省级医疗集团代省第九人民医院办理")
    window.open("/review/stuck/")
    expect(window.page.locator("main")).to_contain_text("没有卡住的申报")


def test_the_province_hands_it_to_another_unit_and_the_new_route_is_shown(
    office: Office, case: Application
) -> None:
    window = opened(office, "bureau")
    window.page.get_by_label("移交：改由其他单位或经办机构审核").check()
    window.page.locator("[name=reason]").fill(REASON)
    window.page.get_by_label("移交到哪个单位").fill("医疗集团")
    window.press("查找")
    looked(window)
    expect(window.page.locator("[name=reason]")).to_have_value(REASON)
    window.page.get_by_label("省级医疗集团").check()
    window.press("确认办理")

    expect(window.page.locator("body")).to_contain_text("已移交省级医疗集团，申报人已收到通知")
    told = progress(office, case)
    told.to_contain_text(REASON)
    told.to_contain_text("移交")
    group = office.window("department")
    group.open("/review/")
    assert group.page.locator("main [data-open]").count() == 1


def test_an_invited_colleague_takes_it_up_where_it_lies(office: Office, case: Application) -> None:
    window = opened(office, "bureau")
    window.follow("邀请省第九人民医院的人员")
    window.page.get_by_label("受邀人姓名").fill(NAME)
    window.page.get_by_label("管理员", exact=True).check()
    window.page.get_by_label("受邀人手机号码或邮箱").fill(MAIL)
    looked(window)
    window.page.locator("main form").get_by_role("button").last.click()
    window.page.wait_for_url(lambda url: not url.endswith("/invite/"))
    looked(window)

    guest = office.guest()
    guest.open(link_sent(MAIL))
    guest.page.locator("[name=id_number]").fill(id_number())
    guest.page.locator("[name=password1]").fill(PASSWORD)
    guest.page.locator("[name=password2]").fill(PASSWORD)
    guest.page.locator("[name=consent]").check()
    looked(guest)
    guest.page.locator("main form").get_by_role("button").last.click()
    guest.page.wait_for_url(lambda url: "/invitations/" not in url)

    guest.open("/review/")
    expect(guest.page.locator("main [data-open]")).to_have_count(1)
    progress(office, case).to_contain_text("省第九人民医院审核中")
