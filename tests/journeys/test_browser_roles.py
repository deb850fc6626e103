"""Each kind of reviewer at an office computer: list, evidence, decision, next case."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, expect

from tests.databases import REPO
from tests.journeys.instance import Instance
from tests.journeys.window import Window

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("further_cases")]
# Of the sample, more than the small one has: two or three on every desk that is visited here.
FURTHER = (
    *(
        "hospital-06",
        "hospital-07",
        "hospital-09",
        "hospital-11",
        "hospital-12",
        "hospital-21",
        "hospital-23",
    ),
    *("university-02", "university-03", "university-11", "university-12"),
    *("factory-07", "factory-08", "factory-09", "freelance-01", "freelance-02"),
)
DONE_WITHIN = 60_000  # ms; the worker may be busy with certificates


@pytest.fixture(scope="module")
def further_cases(instance: Instance) -> None:
    """What the small sample lacks."""
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.further_cases", *FURTHER],
        cwd=REPO,
        env=instance.env,
        check=True,
        capture_output=True,
        timeout=120,
    )


class Desk:
    """One reviewer's work at the screen."""

    def __init__(self, window: Window, login: str) -> None:
        self.window, self.page = window, window.page
        window.sign_in(login)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def said(self) -> Locator:
        """What was said of the last decision."""
        return self.page.locator("#toasts")

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-list-keys] tbody tr")

    def list(self, address: str = "") -> None:
        self.window.open(f"/review/{address}")
        assert self.window.look() == []

    def find(self, name: str) -> None:
        """Looks for a name in the box above the list and opens the one case that is found."""
        self.list()
        self.page.get_by_label("姓名、证件号码或受理编号").fill(name)
        self.window.press("查询")
        expect(self.rows).to_have_count(1)
        self.open_with_keys()

    def open_with_keys(self) -> str:
        """J to the first row, Enter; returns whose case it is."""
        name = self.rows.first.locator("[data-open]").inner_text()
        self.page.keyboard.press("j")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("/review/cases/"))
        assert self.window.look() == []
        return name

    def read_evidence(self) -> None:
        """J and K through the papers, + and T to see them better."""
        pane = self.page.locator("#evidence")
        first = pane.get_attribute("data-shown") or ""
        self.page.keyboard.press("j")
        expect(pane).not_to_have_attribute("data-shown", first)
        self.page.keyboard.press("k")
        expect(pane).to_have_attribute("data-shown", first)
        self.page.keyboard.press("+")
        self.page.keyboard.press("t")
        expect(pane.locator("img")).to_be_visible()

    def approve(self, *, next_unit: str = "", word: str = "审核通过") -> None:
        """Both steps; `next_unit` is typed as far as one would, to see that it is the right one."""
        self.window.press(word)
        expect(self.page.locator("[data-step] [name=confirm]")).to_be_visible()
        if next_unit:
            self.page.get_by_label("按名称查找").press_sequentially(next_unit)
            expect(self.page.locator("#found")).to_contain_text("可以选")
        assert self.window.look() == []
        self.window.press(word)
        expect(self.said).to_contain_text(re.compile("已审核通过|已备案通过"))

    def next_case(self) -> str:
        """It stands there already; returns its address."""
        expect(self.page.locator("#decision")).to_be_visible()
        expect(self.page.locator("h1")).to_have_text("学时核认申报详细")
        return self.page.url


def test_an_employers_admin_works_through_what_has_no_warnings(desk: Window) -> None:
    clerk = Desk(desk, "danwei")
    clerk.list()
    desk.follow("达标且无警示")
    expect(clerk.rows.first).to_be_visible()
    clerk.open_with_keys()
    clerk.read_evidence()

    clerk.approve(next_unit="xlyljt")
    expect(clerk.said).to_contain_text("送 湘澜医疗集团 审核")
    address = clerk.next_case()

    assert "from=view%3Dclean" in address
    expect(clerk.page.get_by_role("button", name="审核通过")).to_be_visible()
    clerk.window.follow("返回待办")
    assert clerk.page.url.endswith("/review/?view=clean")


def test_two_departments_follow_one_another_and_the_province_files(desk: Window, instance: Instance) -> None:
    browser = desk.page.context.browser
    assert browser is not None
    first = Desk(desk, "zhuguan1")
    first.list("?view=clean")
    name = first.open_with_keys()
    first.read_evidence()
    first.approve(next_unit="健康事务")
    expect(first.said).to_contain_text("送 湘澜健康事务管理局 审核")

    with Window.opened(browser, instance.url, width=1280, height=900) as window:
        second = Desk(window, "zhuguan2")
        second.find(name)
        expect(second.main).to_contain_text("湘澜医疗集团")  # the opinion of the hop before
        second.approve(next_unit="湖南省人力")

    with Window.opened(browser, instance.url, width=1280, height=900) as window:
        province = Desk(window, "shengting")
        province.find(name)
        province.read_evidence()
        province.approve(word="备案通过")
        expect(province.said).to_contain_text("系统正在出具学时认定单")
        province.next_case()


def test_at_a_university_a_second_account_confirms(desk: Window, instance: Instance) -> None:
    browser = desk.page.context.browser
    assert browser is not None
    first = Desk(desk, "gaoxiao1")
    first.list("?step=employer_review")
    name = first.open_with_keys()
    first.read_evidence()
    first.approve(next_unit="湘澜大学")
    first.list()
    row = first.rows.filter(has_text=name)
    expect(row).to_contain_text("请由本单位其他账号审核")

    with Window.opened(browser, instance.url, width=1280, height=900) as window:
        second = Desk(window, "gaoxiao2")
        second.find(name)
        second.approve(next_unit="hns")
        expect(second.said).to_contain_text("送 湖南省人力资源和社会保障厅（演示） 审核")


def test_a_freelancers_case_is_decided_by_the_city_alone(desk: Window) -> None:
    city = Desk(desk, "shizhou")
    city.list()
    row = city.rows.filter(has_text="自由职业").first
    row.get_by_role("link").first.click()
    city.page.wait_for_url(re.compile("/review/cases/"))
    city.read_evidence()
    assert "自由职业" in city.main.inner_text()

    city.approve()

    expect(city.said).to_contain_text("系统正在出具学时认定单")
    city.next_case()


def test_a_county_sends_several_on_at_once_and_is_told_which_could_not_go(desk: Window) -> None:
    county = Desk(desk, "quxian")
    county.list()
    waiting = county.rows.count()
    assert waiting == 3
    county.page.get_by_label("选择本页全部申报").check()
    desk.press("审核通过 3 件")
    assert desk.look() == []
    expect(county.main).to_contain_text("有警示，需逐件打开核对")
    for box in county.page.locator("tbody [data-pick]").all():
        expect(box).to_be_checked()  # also the one that cannot go: the rest must not suffer from it

    county.page.get_by_label("审核上级单位名称").select_option(index=0)
    desk.press("审核通过 2 件")

    expect(county.main).to_contain_text("办完 2 件，1 件没有办理", timeout=DONE_WITHIN)
    assert desk.look() == []
    desk.follow("查看没有办理的 1 件和原因")
    expect(county.page.locator("tbody tr")).to_have_count(1)
    expect(county.page.locator("tbody tr")).to_contain_text("有警示")
    county.page.locator("tbody tr").get_by_role("link").click()
    county.page.wait_for_url(re.compile("/review/cases/"))
    expect(county.page.get_by_role("button", name="退回修改")).to_be_visible()
    county.list()
    expect(county.rows).to_have_count(1)
