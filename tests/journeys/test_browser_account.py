"""Passwords that outlive an error, a device signed out elsewhere, rules found and printed, what is put on file."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from playwright.sync_api import Browser, Page, expect

from tests.journeys.instance import Instance
from tests.journeys.window import Window

NEW = "Neu-Passwort-77"


def pages_on_paper(page: Page) -> list[str]:
    """The text of each A4 page that the browser prints."""
    with pdfium.PdfDocument(io.BytesIO(page.pdf(format="A4"))) as document:
        return [each.get_textpage().get_text_bounded() for each in document]


def test_a_password_outlives_an_error_in_another_field_and_can_be_looked_at(phone: Window) -> None:
    phone.expects_refusal = True
    phone.open("/account/register/")
    first = phone.page.get_by_label("设置密码")
    first.fill(NEW)
    phone.page.get_by_label("再次输入密码").fill(NEW)
    phone.page.get_by_role("button", name="显示密码").first.click()
    assert first.get_attribute("type") == "text"

    phone.press("获取验证码")
    phone.page.get_by_text("请填写姓名").first.wait_for()

    expect(first).to_have_value(NEW)
    assert first.get_attribute("type") == "password"
    assert NEW not in phone.page.content()
    assert phone.page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert phone.look() == []


def test_a_password_that_is_itself_wrong_is_typed_anew(phone: Window) -> None:
    phone.expects_refusal = True
    phone.open("/account/register/")
    phone.page.get_by_label("设置密码").fill("abc1")
    phone.press("获取验证码")
    phone.page.get_by_text("密码太短，至少要 8 位。").first.wait_for()

    assert phone.page.get_by_label("设置密码").input_value() == ""


def test_a_device_that_was_signed_out_elsewhere_says_so(
    desk: Window, chromium: Browser, instance: Instance
) -> None:
    with Window.opened(chromium, instance.url, width=375, height=812) as other:
        other.sign_in("ziyou")
        desk.sign_in("ziyou")
        desk.open("/account/")
        desk.press("退出其他全部设备")
        desk.page.get_by_text("已退出 1 台设备").wait_for()
        assert desk.look() == []

        other.open("/account/")
        assert "登录已过期，或者已在别处退出" in other.page.locator("main").inner_text()


def test_a_teacher_finds_her_activity_in_the_rules_and_prints_them_on_four_pages(phone: Window) -> None:
    phone.open("/rules/")
    rows = phone.page.locator("[data-find]:visible")
    everything = rows.count()
    phone.page.get_by_label("找活动或材料").fill("论文")
    assert 0 < rows.count() < everything
    phone.page.get_by_label("找活动或材料").fill("")
    assert phone.look() == []

    printed = pages_on_paper(phone.page)
    assert len(printed) <= 4
    assert "实践活动日志" in "".join(printed)

    phone.page.evaluate("window.location.hash = 'A01'")
    phone.page.locator("#A01").wait_for(state="visible")


def test_what_people_put_on_file_prints_with_name_and_time_and_without_forms(desk: Window) -> None:
    desk.sign_in("tongguo")
    desk.open("/certificates/ledger/")
    name = desk.page.locator("main p strong").first.inner_text()
    ledger = "".join(pages_on_paper(desk.page))
    assert name in ledger
    assert "截至" in ledger
    assert "打印台账" not in ledger
    assert desk.look() == []
