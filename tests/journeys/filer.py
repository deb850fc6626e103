"""An applicant at a browser, from registering to handing in: the pages in the order people take them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from datetime import date, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from cehours.lib.idnumbers import make_resident_id
from cehours.sample.people import PASSWORD
from tests.journeys.hand import Hand
from tests.journeys.papers import scan
from tests.journeys.window import Window

YEARS = range(2020, 2025)
SIDES = {"公需科目": "public", "专业科目": "professional"}
TITLES = {"公需科目": "人工智能大模型技术及应用", "专业科目": "建筑结构设计新规范"}
PAPERS = ("课程时长证明", "结业证书")  # what 远程教育 asks for
HEADER = {
    "民族": "汉族",
    "拟申报职称": "副高级",
    "最高学历": "大学本科",
    "申报大类": "工程技术人员",
}


class Filer:
    """One person with one application; `hand` counts what it costs them."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page
        self.hand = Hand(window.page)
        self.name = "旅" + "".join(random.choices("安宁康泰和平清明春华秋实", k=3))

    def register(self) -> None:
        """A new account, with the code that the demo's mailbox shows. Not part of the count."""
        page, phone = self.page, f"19{random.randrange(10**9):09d}"
        born = date(1970, 1, 1) + timedelta(days=random.randrange(9000))
        self.window.open("/account/register/")
        for label, value in {
            "姓名": self.name,
            "证件号码": make_resident_id("430102", born, random.randrange(1000)),
            "手机号码或邮箱": phone,
            "设置密码": PASSWORD,
            "再次输入密码": PASSWORD,
        }.items():
            page.locator("main").get_by_label(label).first.fill(value)
        page.get_by_label("本人同意").check()
        self.window.press("获取验证码")
        page.wait_for_url(
            "**/register/code/"
        )  # the form goes in the background: only now is the code on its way
        page.locator("main").get_by_label("验证码").first.fill(self._code_sent_to(phone))
        self.window.press("确定")
        expect(page.locator("h1")).to_have_text("学时核认申报")

    def _code_sent_to(self, phone: str) -> str:
        """Read on another tab, as one looks at one's telephone."""
        mailbox = self.page.context.new_page()
        mailbox.goto(f"{self.window.base_url}/mailbox/")
        letter = mailbox.locator("article", has_text=phone).first.inner_text()
        mailbox.close()
        code = re.search(r"验证码 (\d{6})", letter)
        assert code, letter
        return code[1]

    # -- the parts of one application

    def start(self) -> None:
        with self.hand.part("新增申报"):
            self.hand.press("新增学时认定申报")
        self.page.wait_for_url(re.compile("/header/"))

    def fill_header(self, *, employer: str = "", **changes: str) -> None:
        """`employer` empty: 自由职业. What the page fills in by itself is left alone."""
        hand = self.hand
        with hand.part("基本信息"):
            if employer:
                hand.type("单位名称", employer)
                hand.click(self.page.locator("#employers").get_by_label(employer).first)
            else:
                hand.choose("单位性质", "自由职业")
            for label, option in {**HEADER, **changes}.items():
                hand.choose(label, option)
            if not self.page.get_by_label("联系电话").input_value():
                hand.type("联系电话", "13900001111")
            hand.type("子专业名称", "建筑学")

    def save_header(self) -> None:
        with self.hand.part("基本信息"):
            self.hand.press("下一步")

    def bring_slip(self, name: str) -> None:
        """我有旧认定单, on the task list while nothing is filled in yet; its name says the range."""
        page = self.page
        with self.hand.part("旧认定单"):
            slip = (name, "image/jpeg", scan(name, "jpg"))
            self.hand.attach(page.locator("#slip").get_by_label("选择认定单文件"), slip)
            expect(page.get_by_label("认定单结束年度")).to_have_value("2023")
            self.hand.press("填好这些年度")
        expect(page.locator("#messages")).to_contain_text("已按认定单填好 2020、2021、2022、2023 年度")

    def fill_years(self, years: Iterable[int] = YEARS, *, form: str = "远程教育") -> None:
        """The first year by hand, the others as copies of it, as the page offers."""
        first, hand = min(years), self.hand
        with hand.part("填写年度"):
            if f"year={first}" not in self.page.url:  # after a slip the one year that is left opens by itself
                self._open_year(first)
            self.fill_year(form)
            if len(list(years)) == 1:
                hand.press("保存并上传附件")
            else:
                hand.click(self.page.get_by_role("button", name=re.compile("保存并复制到")).first)
        expect(self.page.locator("#messages")).to_contain_text("已保存")

    def fill_years_one_by_one(self, years: Iterable[int], *, form: str = "远程教育") -> None:
        """Years that are not the whole span are not copied."""
        with self.hand.part("填写年度"):
            for year in years:
                self._open_year(year)
                self.fill_year(form)
                self.hand.press("保存")
                expect(self.page.locator("#messages")).to_contain_text(f"已保存 {year} 年度")

    def _open_year(self, year: int) -> None:
        self.hand.click(self.page.locator("main").get_by_role("link", name=re.compile(f"{year} ?年度")).first)
        self.page.wait_for_url(re.compile(f"year={year}|years/{year}/"))

    def fill_year(self, form: str = "远程教育") -> None:
        """A title is typed, the hours that the year asks for are tapped, the form of learning is chosen."""
        for side, title in TITLES.items():
            self.hand.type(f"{side}名称", title)
            self.hand.click(self.page.locator(f"#item-{SIDES[side]}-0 [data-fill]").first)
            self.hand.choose(f"{side}继续教育形式", form)

    def attach_all(self, years: Iterable[int] = YEARS) -> None:
        """For each year all its papers in one choice; the page tells them apart by their names, and asks at the end
        whether it was right: each could prove both subjects.
        """
        several = len(list(years)) > 1
        with self.hand.part("上传附件"):
            for year in years:
                self._open_papers(year)
                self.attach(year, *PAPERS)
                expect(self.page.locator("[data-paper]")).to_have_count(len(PAPERS))
            if several:
                self.hand.follow("全部年度的材料")
            self.hand.press("都核对无误")
        expect(self.page.locator("h1")).to_have_text("核对并提交")
        expect(self.page.locator("#messages")).to_contain_text("材料已齐全")

    def _open_papers(self, year: int) -> None:
        """By the line of the task list that says what is missing, from one year to the next by the tabs."""
        if f"/{year}/evidence/" in self.page.url:
            return
        tabs = self.page.locator("main nav").get_by_role("link", name=str(year), exact=True)
        link = self.page.locator("main").get_by_role("link", name=f"{year} 年 ·")
        self.hand.click((tabs if "/evidence/" in self.page.url else link).first)
        self.page.wait_for_url(re.compile(f"/{year}/evidence/"))

    def attach(self, year: int, *names: str) -> None:
        files = [(f"{year}{name}.jpg", "image/jpeg", scan(f"{year} {name}", "jpg")) for name in names]
        self.hand.attach(self.page.locator(".ask-any").get_by_label("选择文件"), *files)

    def check(self) -> None:
        """To the check page, from the task list or from the evidence of a year; after the last look one is there."""
        with self.hand.part("核对并提交"):
            if not self.page.url.endswith("/check/"):
                self.hand.follow("核对并提交")
        expect(self.page.locator("h1")).to_have_text("核对并提交")

    def hand_in(self) -> None:
        with self.hand.part("核对并提交"):
            self.hand.tick("本人承诺")
            self.hand.press("提交")
        expect(self.page.locator("h1")).to_have_text("已提交")

    @property
    def case_path(self) -> str:
        """The path of the application whose pages are open."""
        return "/".join(urlsplit(self.page.url).path.split("/")[:3]) + "/"
