"""Uploading evidence: on an office computer and a phone, by keyboard, over a bad line, and without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from tests.journeys import newcomer
from tests.journeys.accessibility import violations
from tests.journeys.instance import Instance
from tests.journeys.papers import scan
from tests.journeys.window import Window

LOGIN = "zhengju"


@pytest.fixture(scope="module")
def case(instance: Instance) -> str:
    return newcomer.enter(instance, LOGIN)


def jpeg(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": scan(name[:1], "jpg")}


def word(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/msword", "buffer": b"PK\x03\x04"}


def evidence_page(window: Window, case: str, year: int = 2020) -> Page:
    """The page of one year, without the files of the test before."""
    window.sign_in(LOGIN)
    window.open(f"{case}years/{year}/evidence/")
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())
    while left := tiles(page).count():
        tiles(page).first.get_by_role("link", name="删除").click()
        expect(tiles(page)).to_have_count(left - 1)
    return page


def tiles(page: Page) -> Locator:
    return page.locator("[data-paper]")


def asked(page: Page) -> Locator:
    return page.locator("fieldset", has_text="还缺：")


def sent(page: Page) -> Locator:
    return page.locator(".sent")


def names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator("[data-paper] .tile-name").all_inner_texts()]


def choose(page: Page, *files: FilePayload) -> None:
    page.locator(".ask-any").get_by_label("选择文件").set_input_files(list(files))


@pytest.mark.parametrize("window", ["desk", "phone"])
@pytest.mark.requirement("R171")
def test_three_files_at_once_one_refused_and_what_is_missing_shrinks(
    window: str, case: str, request: pytest.FixtureRequest
) -> None:
    opened: Window = request.getfixturevalue(window)
    page = evidence_page(opened, case)
    expect(asked(page)).to_have_count(4)
    choose(page, jpeg("一.jpg"), word("总结.docx"), jpeg("结业证书.jpg"))
    expect(tiles(page)).to_have_count(2)
    expect(asked(page)).to_have_count(4)  # both were labelled by the page: they complete nothing yet
    expect(tiles(page).first).to_contain_text("自动标注，请核对")
    page.get_by_role("button", name="都核对无误").click()
    expect(asked(page)).to_have_count(
        1
    )  # of the other course the certificate was taken for both, the hours are not
    asked(page).get_by_label("选择文件").set_input_files(jpeg("三.jpg"))
    expect(page.locator("#missing")).to_contain_text("2020 年度的材料已齐全")
    expect(sent(page)).to_contain_text("总结.docx")
    expect(sent(page)).to_contain_text("请将 Word 文档另存为 PDF 后上传。")
    expect(tiles(page).nth(0)).to_contain_text("课程时长证明")  # the first that was missing
    expect(tiles(page).nth(1)).to_contain_text("结业证书")  # by its name
    assert opened.look() == []
    assert violations(page) == []

    sent(page).get_by_role("button", name="移除").click()
    expect(page.locator("#sending")).to_be_hidden()
    page.reload()
    assert names(page) == ["一.jpg", "结业证书.jpg", "三.jpg"]


def test_files_are_replaced_relabelled_and_put_in_order(desk: Window, case: str) -> None:
    page = evidence_page(desk, case)
    choose(page, jpeg("一.jpg"), jpeg("二.jpg"))
    expect(tiles(page)).to_have_count(2)

    with page.expect_file_chooser() as chooser:
        tiles(page).first.get_by_role("link", name="替换").click()
    chooser.value.set_files(jpeg("新.jpg"))
    expect(tiles(page).first).to_contain_text("新.jpg")
    expect(tiles(page)).to_have_count(2)

    tiles(page).first.get_by_role("button", name="后移").click()
    expect(tiles(page).first).to_contain_text("二.jpg")
    tiles(page).last.drag_to(tiles(page).first)
    expect(tiles(page).first).to_contain_text("新.jpg")

    tiles(page).first.locator("summary", has_text="更改").first.click()
    tiles(page).first.get_by_label("材料种类").select_option(label="课程内容")
    choose(page, jpeg("三.jpg"), jpeg("四.jpg"))
    expect(tiles(page)).to_have_count(4)
    choose(page, jpeg("五.jpg"))
    expect(tiles(page)).to_have_count(5)  # and the form that was being filled in is as it was
    tiles(page).first.get_by_role("button", name="保存").click()
    expect(tiles(page).first.locator(".tile-kind")).to_have_text("课程内容")
    page.reload()
    assert names(page) == ["新.jpg", "二.jpg", "三.jpg", "四.jpg", "五.jpg"]


def test_all_of_it_by_keyboard(desk: Window, case: str) -> None:
    page = evidence_page(desk, case)
    control = asked(page).first.get_by_label("选择文件")
    with page.expect_file_chooser() as chooser:
        control.press("Enter")
    chooser.value.set_files(jpeg("一.jpg"))
    expect(tiles(page)).to_have_count(1)
    choose(page, jpeg("二.jpg"))
    expect(tiles(page)).to_have_count(2)

    tiles(page).first.get_by_role("button", name="后移").focus()
    page.keyboard.press("Enter")
    expect(tiles(page).last).to_contain_text("一.jpg")
    expect(tiles(page).last.get_by_role("button", name="前移")).to_be_focused()
    tiles(page).last.get_by_role("link", name="删除").focus()
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(1)
    expect(page.locator("#papers-title")).to_be_focused()


def test_a_broken_line_says_so_and_the_same_file_is_sent_again(desk: Window, case: str) -> None:
    desk.expects_refusal = True
    page = evidence_page(desk, case)
    page.route("**/evidence/", lambda route: route.abort("connectionreset"))
    choose(page, jpeg("一.jpg"), jpeg("二.jpg"))
    expect(sent(page)).to_have_count(2)
    expect(sent(page).last).to_contain_text("网络中断，文件没有上传")
    assert page.evaluate("() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")

    page.unroute("**/evidence/")
    for _ in range(2):
        sent(page).first.get_by_role("button", name="重试").click()
        page.wait_for_timeout(0)
    expect(tiles(page)).to_have_count(2)
    expect(page.locator("#sending")).to_be_hidden()
    assert page.evaluate("() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    desk.faults.clear()  # the browser's own lines on what was cut off


def test_an_answer_that_got_lost_does_not_upload_the_file_twice(desk: Window, case: str) -> None:
    page = evidence_page(desk, case)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/evidence/", lose_the_answer)
    choose(page, jpeg("一.jpg"))
    expect(sent(page)).to_contain_text("网络中断")
    page.unroute("**/evidence/")
    sent(page).get_by_role("button", name="重试").click()
    expect(page.locator("#sending")).to_be_hidden()
    page.reload()
    assert names(page) == ["一.jpg"]
    desk.faults.clear()


def test_a_file_that_arrived_stays_in_sight_until_the_list_shows_it(phone: Window, case: str) -> None:
    """The upload was answered, and then the line went: the list is asked for again until it comes."""
    page = evidence_page(phone, case)
    page.route("**/evidence/state/", lambda route: route.abort("connectionreset"))
    choose(page, jpeg("一.jpg"))
    expect(sent(page)).to_contain_text("已上传，列表暂未更新")
    expect(page.locator("#sending h2")).to_have_text("列表暂未更新")
    expect(sent(page).get_by_role("button", name="重试")).to_be_hidden()  # it is there: nothing to send again
    assert phone.look() == []
    page.unroute("**/evidence/state/")
    sent(page).get_by_role("button", name="刷新").click()
    expect(page.locator("#sending")).to_be_hidden()
    assert names(page) == ["一.jpg"]
    phone.faults.clear()


def test_when_the_line_is_back_the_list_comes_by_itself(phone: Window, case: str) -> None:
    page = evidence_page(phone, case)
    page.route("**/evidence/state/", lambda route: route.abort("connectionreset"))
    choose(page, jpeg("一.jpg"))
    expect(sent(page)).to_contain_text("已上传，列表暂未更新")
    page.unroute("**/evidence/state/")
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(tiles(page)).to_have_count(1)
    expect(page.locator("#sending")).to_be_hidden()
    phone.faults.clear()


def test_what_must_be_answered_is_not_cut_off_and_the_name_says_the_years(phone: Window, case: str) -> None:
    page = evidence_page(phone, case)
    page.locator(".ask-any").get_by_label("材料种类").select_option("prior_certificate")
    choose(page, jpeg("2019-2023年学时认定单.jpg"), word("一.docx"), word("二.docx"))
    expect(page.locator("#sending h2")).to_have_text("还要填 1 项")
    expect(sent(page).first.get_by_label("认定单起始年度")).to_have_value("2019")
    box = page.locator("#sending")
    assert box.evaluate("box => box.scrollHeight <= box.clientHeight")
    sent(page).first.get_by_role("button", name="上传").click()
    expect(tiles(page)).to_contain_text("2019—2023 年")
    box.get_by_role("button", name="全部移除").click()
    expect(box).to_be_hidden()


def test_room_that_is_used_up_is_said_before_anything_is_sent(phone: Window, case: str) -> None:
    page = evidence_page(phone, case)
    expect(page.locator("#papers")).to_contain_text("整份申报已用")
    page.evaluate(
        "() => { document.getElementById('papers').dataset.used = String(300 * 1024 * 1024 - 10); }"
    )
    page.route("**/evidence/", lambda route: route.abort())
    choose(page, jpeg("一.jpg"))
    expect(sent(page)).to_contain_text("整份申报的附件合计不能超过 300 MB")


def test_an_expired_session_keeps_the_file_until_one_has_signed_in_again(desk: Window, case: str) -> None:
    desk.expects_refusal = True
    page = evidence_page(desk, case)
    page.context.clear_cookies()
    choose(page, jpeg("一.jpg"))
    expect(sent(page)).to_contain_text("登录已过期，文件没有上传，仍保留在本页")
    with page.context.expect_page() as other:
        sent(page).get_by_role("link", name="在新窗口登录").click()
    again = Window(other.value, desk.base_url)
    again.sign_in(LOGIN)
    sent(page).get_by_role("button", name="重试").click()
    expect(tiles(page)).to_have_count(1)
    tiles(page).first.locator(
        "summary", has_text="更改"
    ).first.click()  # the page has the token of the new session
    tiles(page).first.get_by_label("已加盖公章").check()
    tiles(page).first.get_by_role("button", name="保存").click()
    expect(tiles(page).first).to_contain_text("已盖章")


def test_an_upload_under_way_shows_how_far_it_is_and_can_be_called_off(desk: Window, case: str) -> None:
    page = evidence_page(desk, case)
    held: list[Route] = []
    page.route("**/evidence/", lambda route: held.append(route))
    choose(page, jpeg("一.jpg"), jpeg("二.jpg"))
    expect(page.locator("[data-all]")).to_have_text("已完成 0 个，共 2 个")
    expect(sent(page).last).to_contain_text("等待上传")
    expect(sent(page).first.get_by_role("progressbar")).to_be_visible()
    with page.expect_request("**/evidence/"):
        sent(page).first.get_by_role("button", name="取消").click()
    expect(sent(page)).to_have_count(1)
    held[-1].continue_()
    expect(page.locator("#sending")).to_be_hidden()
    page.unroute("**/evidence/")
    page.reload()
    assert names(page) == ["二.jpg"]
    desk.faults.clear()


@pytest.fixture
def plain(chromium: Browser, instance: Instance) -> Iterator[Window]:
    """A phone whose browser runs no script."""
    context = chromium.new_context(
        viewport={"width": 375, "height": 812}, locale="zh-CN", java_script_enabled=False
    )
    yield Window(context.new_page(), instance.url)
    context.close()


def test_without_a_script_a_plain_form_does_the_same(plain: Window, case: str) -> None:
    plain.sign_in(LOGIN)
    plain.open(f"{case}years/2021/evidence/")
    page = plain.page
    for row, name in enumerate(("一.jpg", "二.jpg", "三.jpg", "四.jpg")):
        asked(page).nth(row).get_by_label("选择文件").set_input_files(jpeg(name))
    page.locator(".ask-any").get_by_label("材料种类").select_option("notice")
    choose(page, word("总结.docx"))
    plain.press("上传")
    expect(page.locator("[data-error-summary]")).to_contain_text(
        "总结.docx：请将 Word 文档另存为 PDF 后上传。"
    )
    expect(page.locator("#missing")).to_contain_text("2021 年度的材料已齐全")

    tiles(page).first.get_by_role("button", name="后移").click()
    assert names(page) == ["二.jpg", "一.jpg", "三.jpg", "四.jpg"]
    tiles(page).first.get_by_role("link", name="替换").click()
    page.get_by_label("选择文件").set_input_files(jpeg("新.jpg"))
    plain.press("替换")
    assert names(page) == ["新.jpg", "一.jpg", "三.jpg", "四.jpg"]
    for _ in range(4):
        tiles(page).first.get_by_role("link", name="删除").click()
        plain.press("删除")
    assert names(page) == []
