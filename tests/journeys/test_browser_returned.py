"""After a refusal, on a phone: a returned case is mended and handed in again, a rejected one is copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.filer import Filer
from tests.journeys.instance import Instance
from tests.journeys.window import Window

SAID = "2021 年：缺少公章"
REASON = "申报的培训与所从事专业无关，请更正后重新申报。"


@pytest.mark.requirement("R177", "R178", "R189", "R193")
def test_a_returned_case_is_mended_and_a_rejected_one_copied(
    phone: Window, chromium: Browser, instance: Instance
) -> None:
    phone.sign_in("tuihui")
    me = Filer(phone)
    open_my_case(phone)
    mend_and_hand_in(me)
    see_the_earlier_decision(phone)
    reject(me.case_path, chromium, instance)
    copy_and_hand_in(me)


def open_my_case(phone: Window) -> None:
    phone.open("/applications/")
    phone.follow("去修改")
    expect(phone.page.locator(".task").first).to_contain_text("2021 年度")
    expect(phone.page.locator(".task").first).to_contain_text(SAID)
    assert phone.look() == []


def mend_and_hand_in(me: Filer) -> None:
    phone, page = me.window, me.page
    page.locator(".task").first.get_by_role("link", name="改学时").click()
    expect(page.locator("main")).to_contain_text(SAID)
    assert phone.look() == []
    page.get_by_role("link", name="换材料").click()
    expect(page.locator("main")).to_contain_text(SAID)
    assert phone.look() == []
    me.attach(2021, "会议通讯录")
    expect(page.locator(".tiles > .tile", has_text="2021会议通讯录.jpg")).to_be_visible()
    me.hand.press("都核对无误")
    expect(page.get_by_role("heading", name="核对并提交", level=1)).to_be_visible()
    page.get_by_role("link", name="返回", exact=True).click()
    expect(page.locator(".task").first).to_contain_text("已修改")
    me.check()
    me.hand_in()


def see_the_earlier_decision(phone: Window) -> None:
    phone.follow("审核进度")
    timeline = phone.page.locator(".timeline")
    expect(timeline).to_contain_text("主管部门退回修改")
    expect(timeline).to_contain_text("提交申报（第 2 次）")
    expect(timeline).to_contain_text("湘澜第一医院审核中，今日收到")
    assert phone.look() == []


def reject(case_path: str, chromium: Browser, instance: Instance) -> None:
    with Window.opened(chromium, instance.url, width=1280, height=900) as desk:
        desk.sign_in("danwei")
        desk.open(f"/review/cases/{case_path.split('/')[2]}/")
        desk.press("退回修改")
        desk.page.locator("#decision").get_by_role("textbox").first.fill(REASON)
        desk.press("审核不通过")
        expect(desk.page.locator("[data-step]")).to_contain_text("确定审核不通过")
        desk.press("审核不通过")
        expect(desk.page.locator("#toasts")).to_contain_text("审核不通过")


def copy_and_hand_in(me: Filer) -> None:
    phone, page = me.window, me.page
    phone.open("/applications/")
    expect(page.locator("main")).to_contain_text(REASON)
    assert phone.look() == []
    phone.press("重新新增，沿用本次内容")
    expect(page.locator("#messages")).to_contain_text("已新增一份申报，并带入原来填写的内容")
    expect(page.locator("main")).to_contain_text(REASON)
    expect(page.locator(".task", has_text="佐证材料")).to_contain_text("5 个年度的材料齐全")
    me.check()
    expect(page.locator("main")).to_contain_text("与审核不通过的那次申报相比，没有改动")
    me.hand.tick("本人承诺")
    phone.expects_refusal = True
    phone.press("提交")
    expect(page.locator("main")).to_contain_text("内容与上次提交的相同")
    me.hand.tick("已核对审核意见，仍按原内容提交")  # the promise stays ticked
    phone.press("提交")
    expect(page.locator("h1")).to_have_text("已提交")
    assert phone.look() == []
