"""待办 at an office computer and on a phone: by keyboard, by number, taken along as a file."""

from __future__ import annotations

import io
import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.window import Window

READY = 60_000  # ms; the worker may be busy with certificates of other journeys


def test_the_list_is_walked_ticked_and_opened_by_keyboard(desk: Window) -> None:
    desk.sign_in("shizhou")
    desk.open("/review/")
    rows = desk.page.locator("[data-list-keys] tbody tr")
    assert rows.count()

    desk.page.keyboard.press("j")
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("k")
    desk.page.keyboard.press("x")
    expect(rows.first.locator("[data-pick]")).to_be_checked()
    expect(desk.page.locator("[data-batch-count]")).to_have_text("已选 1 件")
    expect(rows.first.locator("[data-open]")).to_be_focused()
    desk.page.keyboard.press("Enter")

    desk.page.wait_for_url(re.compile("/review/cases/"))


def test_a_key_typed_into_a_field_is_only_a_letter(desk: Window) -> None:
    desk.sign_in("shizhou")
    desk.open("/review/")
    box = desk.page.get_by_label("姓名、证件号码或受理编号")
    box.click()
    desk.page.keyboard.type("jkx")

    expect(box).to_have_value("jkx")
    expect(box).to_be_focused()


def test_a_number_is_looked_for_without_standing_in_the_address(desk: Window) -> None:
    desk.sign_in("shengting")
    desk.open("/review/")
    desk.page.get_by_label("姓名、证件号码或受理编号").fill("430102198001011234")
    desk.press("查询")

    expect(desk.page.get_by_role("list", name="当前查询条件")).to_contain_text("证件号码：4****************4")
    assert "430102198001011234" not in desk.page.url
    assert desk.look() == []
    desk.page.locator(".chip").first.click()
    expect(desk.page.locator("[data-list-keys] tbody tr").first).to_be_visible()
    assert desk.page.url.rstrip("?").endswith("/review/")


def test_columns_are_chosen_and_the_list_is_taken_along_as_a_file(desk: Window) -> None:
    desk.sign_in("shengting")
    desk.open("/review/")
    desk.page.get_by_text("显示设置").click()
    desk.page.get_by_label("子专业").check()
    desk.page.get_by_label("紧凑").check()
    desk.press("保存")
    expect(desk.page.get_by_role("columnheader", name="子专业名称")).to_be_visible()
    assert desk.look() == []
    rows = desk.page.locator("[data-list-keys] tbody tr").count()

    desk.press("导出 Excel")
    link = desk.page.locator(".export").first.get_by_role("link", name="下载")
    link.wait_for(timeout=READY)
    assert desk.look() == []
    with desk.page.expect_download() as waiting:
        link.click()

    sheet = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active
    assert sheet.max_row == rows + 1
    assert waiting.value.suggested_filename.endswith(".xlsx")


def test_on_a_phone_the_rows_are_cards_and_nothing_is_cut_off(phone: Window) -> None:
    phone.sign_in("shengting")
    for path in ("/review/", "/review/handled/", "/review/withdrawn/", "/review/exports/"):
        phone.open(path)
        assert phone.look() == []
    phone.open("/review/")
    phone.page.get_by_text("显示设置").click()
    assert phone.look() == []
    phone.page.keyboard.press("Escape")
    phone.page.get_by_text("更多条件").click()
    expect(phone.page.locator(".filter-more").get_by_label("申报大类")).to_be_visible()
    assert phone.look() == []


def test_all_units_of_a_table_are_ticked_at_once_and_counted(desk: Window) -> None:
    desk.sign_in("shengting")
    desk.open("/units/entrusted/")
    boxes = desk.page.locator('td input[type="checkbox"]')
    desk.press("全选")
    assert boxes.count() > 1 and all(box.is_checked() for box in boxes.all())
    assert desk.page.locator("[data-ticked]").inner_text() == f"已选 {boxes.count()} 家"
    desk.press("全不选")
    assert desk.page.locator("[data-ticked]").inner_text() == "已选 0 家"
