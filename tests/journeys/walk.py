"""The main job from filing to download, over real HTTP, without a browser.

    python -m tests.journeys.walk --base-url http://127.0.0.1:8000 [--json]

Somebody new registers, files five years with evidence, and four reviewers approve through their own pages;
then the printed 学时认定单 is downloaded and looked into. Ends with code 1 and a sentence when it is not so.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError

import pypdfium2

from applications.states import State
from cehours.lib.idnumbers import make_resident_id
from tests.journeys.pages import NotFound
from tests.journeys.papers import scan
from tests.journeys.visitor import Visitor

PASSWORD = "Demo-2025"
YEARS = range(2020, 2025)
EMPLOYER = "湘澜第一医院"
# Who decides, one after another: login, the button of their kind of decision, and the next unit they choose.
REVIEWERS = (
    ("danwei", "审核通过", "上级审核单位"),
    ("zhuguan1", "审核通过", "上级审核单位"),
    ("zhuguan2", "审核通过", "经办机构"),
    ("shengting", "备案通过", ""),
)
STATES = {state.label: state.value for state in State}
PRINTED_WITHIN = 180.0  # seconds; a demo that has just started prints its sample certificates first


class Off(Exception):
    """Something is not as it should be; the message is the sentence to show."""


class Walk:
    """One application on its way, told step by step through `say`."""

    def __init__(self, base_url: str, say: Callable[[str], None]) -> None:
        self.base_url, self.say = base_url, say
        self.applicant = Visitor(base_url)
        self.name = "旅" + "".join(random.choices("安宁康泰和平清明春华秋实", k=3))
        self.application = ""
        self.states: list[str] = []

    def run(self, folder: Path) -> dict[str, object]:
        with self._step("注册并登录申报人"):
            self._register()
        with self._step("新增申报，填写基本信息"):
            self._fill_header()
        with self._step("填写五个年度"):
            self._fill_years()
        with self._step("上传佐证材料"):
            files = self._attach_evidence()
        with self._step("核对并提交", f"{files} 个附件"):
            self._submit()
        for login, button, kind in REVIEWERS:
            with self._step(f"{login} 审核"):
                self._decide(login, button, kind)
        with self._step("等待出具学时认定单"):
            number, link = self._printed()
        with self._step("下载并检查 PDF", number):
            path, pages = self._download(number, link, folder)
        return {
            "application": self.application,
            "states": self.states,
            "certificate": number,
            "pdf": str(path),
            "pages": pages,
        }

    @contextmanager
    def _step(self, what: str, note: str = "") -> Iterator[None]:
        began = time.monotonic()
        yield
        self.say(f"  ✓ {what}{f'（{note}）' if note else ''}  {time.monotonic() - began:.1f} 秒")

    # -- the applicant

    def _register(self) -> None:
        me = self.applicant
        born = date(1970, 1, 1) + timedelta(days=random.randrange(9000))
        phone = f"19{random.randrange(10**9):09d}"
        me.open("account/register/")
        me.fill("姓名", self.name)
        me.fill("证件号码", make_resident_id("430102", born, random.randrange(1000)))
        me.fill("手机号码或邮箱", phone)
        me.fill("设置密码", PASSWORD)
        me.fill("再次输入密码", PASSWORD)
        me.tick("本人同意")
        me.press("获取验证码")
        me.fill("验证码", self._code_sent_to(phone))
        me.press("确定")
        self._expect(me, "学时核认申报", "注册后没有进入“学时核认申报”")

    def _code_sent_to(self, phone: str) -> str:
        letters = Visitor(self.base_url).open("mailbox/")
        for letter in letters.main.all("article"):
            code = re.search(r"验证码 (\d{6})", letter.text)
            if phone in letter.text and code:
                return code[1]
        raise Off(f"演示信箱里没有发给 {phone} 的验证码，请确认实例以 DEMO=1 运行。")

    def _fill_header(self) -> None:
        me = self.applicant
        page = me.press("新增学时认定申报")
        found = re.search(r"applications/([0-9a-f-]{36})/", page.url)
        if found is None:
            raise Off(f"新增申报后没有打开申报（{page.url}）：{page.trouble()}")
        self.application = found[1]
        me.open(f"applications/{self.application}/header/")
        me.fill("单位名称", EMPLOYER)
        me.press("查找")
        me.tick(EMPLOYER)
        for label, value in {
            "民族": "汉族",
            "单位性质": "事业",
            "拟申报职称": "副高级",
            "联系电话": "13900001111",
            "最高学历": "大学本科",
            "申报大类": "卫生技术人员",
            "子专业名称": "内科护理",
            "行政区划名称": "湖南省",
        }.items():
            me.fill(label, value)
        me.press("下一步")
        self._no_trouble(me)
        self._note_state()

    def _fill_years(self) -> None:
        me = self.applicant
        for year in YEARS:
            me.open(f"applications/{self.application}/years/add/?year={year}")
            for side, hours in (("公需科目", "30"), ("专业科目", "60")):
                me.fill(f"{side}名称", f"{year} 年度{side}培训")
                me.fill(f"{side}折算学时分", hours)
                me.fill(f"{side}继续教育形式", "远程教育")
            me.press("保存")
            self._no_trouble(me)

    def _attach_evidence(self) -> int:
        me, sent = self.applicant, 0
        for year in YEARS:
            page = me.open(f"applications/{self.application}/years/{year}/evidence/")
            asked = sum("还缺：" in card.text for card in page.main.all("fieldset"))
            if asked == 0:
                raise Off(f"{year} 年没有列出所缺材料，上传页面与填写的学时对不上。")
            for row in range(asked):
                suffix = ("pdf", "png")[row % 2]
                files = [(f"{year}-{row + 1}.{suffix}", scan(f"{year} / {row + 1}", suffix))]
                me.attach("选择文件", files, number=row)
                sent += 1
            me.press("上传")
            self._no_trouble(me)
            self._expect(me, "材料已齐全", f"{year} 年上传后材料仍不齐全")
        return sent

    def _submit(self) -> None:
        me = self.applicant
        me.open(f"applications/{self.application}/check/")
        me.tick("本人承诺")
        me.press("提交")
        self._expect(me, "已提交", "提交没有成功")
        self._note_state()

    # -- the reviewers

    def _decide(self, login: str, button: str, kind: str) -> None:
        reviewer = Visitor(self.base_url)
        reviewer.open("account/login/")
        reviewer.fill("账号", login)
        reviewer.fill("密码", PASSWORD)
        reviewer.press("登录")
        self._find_in_inbox(reviewer)
        reviewer.press(button)
        if kind:
            reviewer.tick(kind)
        reviewer.press(button)
        if reviewer.page.status >= 400:
            raise Off(f"{login} 审核没有成功：{reviewer.page.trouble() or reviewer.page.title}")
        if reviewer.page.says("立即生效"):  # where a decision can be taken back for a while
            reviewer.press("立即生效")
        self._note_state()

    def _find_in_inbox(self, reviewer: Visitor) -> None:
        """Opens the case from 待办 and turns its pages, as a reviewer does who looks for a name."""
        reviewer.open("review/")
        for _ in range(200):
            link = next(
                (
                    link["href"]
                    for link in reviewer.page.main.all("a")
                    if f"/cases/{self.application}/" in link["href"]
                ),
                None,
            )
            if link:
                reviewer.open(link)
                return
            reviewer.follow("下一页")
        raise Off(f"待办里没有申报 {self.application}。")

    # -- the certificate

    def _printed(self) -> tuple[str, str]:
        """Looks at the page again and again, as a person would, until the worker has printed it."""
        me, deadline = self.applicant, time.monotonic() + PRINTED_WITHIN
        while time.monotonic() < deadline:
            page = me.open("certificates/")
            number = re.search(r"\b\d{10}\b", page.text)
            ready = [link["href"] for link in page.main.all("a") if link["href"].endswith("/pdf/")]
            if number and ready:
                return number[0], ready[0]
            time.sleep(0.5)
        raise Off(f"{PRINTED_WITHIN:.0f} 秒内没有出具学时认定单，请查看后台任务（worker）的日志。")

    def _download(self, number: str, link: str, folder: Path) -> tuple[Path, int]:
        content, kind = self.applicant.download(link)
        if kind != "application/pdf":
            raise Off(f"下载的不是 PDF，而是 {kind}。")
        path = folder / f"{number}.pdf"
        path.write_bytes(content)
        document = pypdfium2.PdfDocument(content)
        words = "".join(page.get_textpage().get_text_bounded() for page in document)
        for wanted in (number, self.name, "学时认定单"):
            if wanted not in "".join(words.split()):
                raise Off(f"PDF 里没有“{wanted}”：{path}")
        return path, len(document)

    # -- what every step asks

    def _note_state(self) -> None:
        """Keeps the state as the applicant reads it in the list."""
        page = self.applicant.open("applications/")
        cells = [cell.text for cell in page.main.all("td") if cell["data-label"] == "审核状态"]
        label = next((label for label in STATES if cells and cells[0].startswith(label)), None)
        if label is None:
            raise Off(f"列表里读不出审核状态：{cells}")
        self.states.append(STATES[label])

    @staticmethod
    def _expect(visitor: Visitor, words: str, otherwise: str) -> None:
        if not visitor.page.says(words) and words not in visitor.page.title:
            trouble = visitor.page.trouble()
            raise Off(f"{otherwise}（页面“{visitor.page.title}”，{visitor.page.url}）。{trouble}")

    @staticmethod
    def _no_trouble(visitor: Visitor) -> None:
        if visitor.page.status >= 400:
            raise Off(f"“{visitor.page.title}”没有保存：{visitor.page.trouble()}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.walk", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--folder", type=Path, help="where the PDF is kept (default: a new temporary folder)")
    options = parser.parse_args(arguments)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="cehours-journey-"))

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    began = time.monotonic()
    say(f"主流程：{options.base_url}")
    try:
        outcome = Walk(options.base_url, say).run(folder)
    except (Off, NotFound, URLError, OSError) as trouble:
        sys.stderr.write(f"  ✗ {trouble}\n")
        return 1
    say(f"学时认定单 {outcome['certificate']}，{outcome['pages']} 页：{outcome['pdf']}")
    say(f"全程 {time.monotonic() - began:.1f} 秒。")
    if options.json:
        say(json.dumps(outcome, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
