"""An applicant in Chromium 86, from registering to handing in."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cehours.lib.idnumbers import make_resident_id
from cehours.sample.people import PASSWORD
from tests.journeys.papers import scan
from tests.old_browser.window import OldWindow

YEARS = range(2020, 2025)
PAPERS = ("课程时长证明", "结业证书")  # what 远程教育 asks for
FREELANCE = "自由职业"


class OldFiler:
    """One person with one application; every page on the way is looked at."""

    def __init__(self, window: OldWindow, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.name = "旅" + "".join(random.choices("安宁康泰和平清明春华秋实", k=3))

    def register(self) -> None:
        window, phone = self.window, f"19{random.randrange(10**9):09d}"
        born = date(1970, 1, 1) + timedelta(days=random.randrange(9000))
        window.open("/account/register/")
        for label, value in {
            "姓名": self.name,
            "证件号码": make_resident_id("430102", born, random.randrange(1000)),
            "手机号码或邮箱": phone,
            "设置密码": PASSWORD,
            "再次输入密码": PASSWORD,
        }.items():
            window.fill(label, value)
        window.tick("本人同意")
        window.press("获取验证码")
        window.until("[...document.querySelectorAll('main label')].some(e => e.innerText.includes('验证码'))")
        window.fill("验证码", self._code_sent_to(phone))
        window.press("确定")
        window.until_says("新增学时认定申报")

    def _code_sent_to(self, phone: str) -> str:
        with self.window.another() as mailbox:
            mailbox.open("/mailbox/")
            letter = (
                f"[...document.querySelectorAll('main article')].find(e => e.innerText.includes('{phone}'))"
            )
            found = re.search(r"验证码 (\d{6})", mailbox.ask(f"{letter}.innerText"))
        assert found
        return found[1]

    def file(self, employer: str = "") -> str:
        """Everything from 新增 to 已提交; returns the application's key. Without `employer`: 自由职业."""
        window = self.window
        window.press("新增学时认定申报")
        window.until("location.pathname.endsWith('/header/')")
        path = "/".join(urlsplit(window.url).path.split("/")[:3])
        self._header(employer)
        self._years(path)
        self._papers(path)
        window.open(f"{path}/check/")
        self._looks_right("check")
        window.tick("本人承诺")
        window.press("提交")
        window.until_says("已提交")
        self._looks_right("filed")
        return path.rpartition("/")[2]

    def _header(self, employer: str) -> None:
        window = self.window
        if employer:
            window.fill("单位名称", employer)  # the list comes while typing
            window.tick(employer)
        else:
            window.choose("单位性质", FREELANCE)
            window.choose("行政区划名称", "芙蓉区")
            window.tick("人事档案所在地")
        for label, option in {
            "民族": "汉族",
            "拟申报职称": "副高级",
            "最高学历": "大学本科",
            "申报大类": "工程技术人员",
        }.items():
            window.choose(label, option)
        if employer:
            window.choose("单位性质", "事业")
            window.choose("行政区划名称", "湖南省")
        if not window.value("联系电话"):
            window.fill("联系电话", "13900001111")
        window.fill("子专业名称", "建筑学")
        self._looks_right("header")
        window.press("下一步")
        window.until("!location.pathname.endsWith('/header/')")

    def _years(self, path: str) -> None:
        """The first year by hand, the others as copies of it, as the page offers."""
        window = self.window
        window.open(f"{path}/years/add/?year={YEARS[0]}")
        for side, hours in (("公需科目", "30"), ("专业科目", "60")):
            window.fill(f"{side}名称", f"{side}培训")
            window.fill(f"{side}折算学时分", hours)
            window.choose(f"{side}继续教育形式", "远程教育")
        self._looks_right("year")
        window.press_beginning("保存并复制到")
        window.until("(document.querySelector('#messages') || {innerText: ''}).innerText.includes('已保存')")

    def _papers(self, path: str) -> None:
        window = self.window
        for year in YEARS:
            window.open(f"{path}/years/{year}/evidence/")
            files = []
            for paper in PAPERS:
                files.append(self.folder / f"{year}{paper}.jpg")
                files[-1].write_bytes(scan(f"{self.name} {year} {paper}", "jpg"))
            window.attach(".ask-any input[type=file][multiple]", *files)
            window.until_says("都核对无误")
            window.press_beginning("都核对无误")
            window.until_says(f"{year} 年度的材料已齐全")
        self._looks_right("evidence")

    def _looks_right(self, what: str) -> None:
        self.window.picture(self.folder / f"{self.name}-{what}.png")
        assert self.window.look() == []
