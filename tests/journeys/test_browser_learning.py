"""A base uploads its records and the province judges one, on the desk; both read their lists on a phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.instance import Instance
from tests.journeys.window import Window

ROWS = """记录编号,证件号码,姓名,年度,科目,学时,培训名称,完成日期
B-1,430102199003070012,于未来,2024,公需科目,8,网络课程,2024-06-01
"""
BASE_PAGES = ("/learning/", "/learning/records/", "/learning/upload/", "/learning/upload/class/", "/learning/withdraw/",
              "/learning/keys/", "/learning/api/")  # fmt: skip
PROVINCE_PAGES = ("/learning/look/", "/learning/providers/")


def seen(window: Window, pages: tuple[str, ...]) -> list[str]:
    wrong = []
    for path in pages:
        window.open(path)
        wrong += window.look()
    return wrong


def test_a_base_uploads_a_file_looks_at_it_and_delivers(desk: Window, tmp_path: Path) -> None:
    file = tmp_path / "记录.csv"
    file.write_text(ROWS, encoding="utf-8")
    desk.sign_in("gaoxiao1")
    desk.page.get_by_role("link", name="学时报送").first.click()
    desk.follow("上传学习记录")
    desk.page.get_by_label("学习记录文件").set_input_files(file)
    desk.press("读取文件")
    desk.page.get_by_text("读到 1 条，还没有报送").wait_for()
    assert desk.look() == []

    desk.press("确认报送 1 条")

    desk.page.get_by_text("已报送 1 条").wait_for()
    assert "B-1" in desk.page.inner_text("main")
    assert desk.look() == [] and seen(desk, BASE_PAGES) == []


def test_the_province_judges_a_record(desk: Window) -> None:
    desk.sign_in("shengting")
    desk.page.get_by_role("link", name="记录核对").first.click()
    desk.page.get_by_role("row", name="2024-0052").get_by_role("link").click()
    assert desk.look() == []
    desk.page.get_by_label("理由").fill("经核对，确为脱产研修十五天。")
    desk.press("同意计入")
    desk.page.get_by_text("记录 2024-0052 同意计入，学时已记入本人台账。").wait_for()
    assert seen(desk, PROVINCE_PAGES) == []


def test_both_read_their_lists_on_a_phone(chromium: Browser, instance: Instance) -> None:
    for login, pages in (("gaoxiao1", BASE_PAGES), ("shengting", PROVINCE_PAGES)):
        with Window.opened(chromium, instance.url, width=375, height=740) as phone:
            phone.sign_in(login)
            assert seen(phone, pages) == []
