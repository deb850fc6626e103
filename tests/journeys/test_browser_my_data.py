"""我的数据 in a browser: ask for the archive, receive it from the worker, read it; ask for a correction."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Browser

from tests.journeys.accessibility import violations
from tests.journeys.window import Window

SOON = 60_000


def test_an_applicant_exports_everything_and_opens_it_on_a_phone(
    phone: Window, chromium: Browser, tmp_path: Path
) -> None:
    phone.sign_in("tongguo")
    page = phone.page
    phone.open("/account/")
    page.get_by_role("link", name="我的数据").click()
    assert phone.look() + violations(page) == []
    page.get_by_role("button", name="申请导出").click()
    assert page.get_by_text("正在准备").count()
    ready = page.get_by_role("link", name="下载")
    for _ in range(SOON // 1000):
        if ready.count():
            break
        page.wait_for_timeout(1000)  # people reload, too
        page.reload()

    with page.expect_download() as started:
        ready.click()

    assert started.value.suggested_filename.startswith("我的数据-")
    box = ZipFile(io.BytesIO(Path(started.value.path()).read_bytes()))
    assert any(name.startswith("佐证材料/") for name in box.namelist())
    box.extractall(tmp_path)
    reader = chromium.new_page(viewport={"width": 375, "height": 812})
    reader.goto((tmp_path / "打开我.html").as_uri())
    reader.get_by_role("heading", name="谁看过您的完整证件号码").wait_for()
    reader.get_by_role("link").filter(has_text=".").nth(1).click()  # the first paper, beside the page
    assert reader.url.startswith("file:") and "%E4%BD%90%E8%AF%81" in reader.url
    reader.close()


def test_a_name_is_corrected_from_the_phone_of_the_person_to_the_desk_of_the_province(
    phone: Window, desk: Window
) -> None:
    phone.sign_in("ziyou")
    phone.open("/my-data/correction/")
    phone.page.get_by_label("正确的姓名").fill("欧阳更名")
    phone.page.get_by_label("更正理由").fill("派出所更名，新身份证已换领。")
    assert phone.look() + violations(phone.page) == []
    phone.press("提交申请")
    phone.page.get_by_text("更正申请已提交").wait_for()

    desk.sign_in("shengting")
    desk.page.locator("summary", has_text="管理").first.click()
    desk.page.get_by_role("link", name="更正申请").first.click()
    assert desk.look() + violations(desk.page) == []
    desk.page.locator("main table").get_by_role("link", name="办理").click()
    assert desk.look() + violations(desk.page) == []
    desk.page.get_by_label("同意更正").check()
    desk.press("确定")
    desk.page.get_by_text("已办结，已通知申请人").wait_for()

    phone.open("/my-data/")
    assert "欧阳更名" in phone.page.locator("main").inner_text()
    assert "办理更正申请" in phone.page.locator("main").inner_text()
    phone.open("/my-data/closing/")
    assert phone.look() + violations(phone.page) == []
