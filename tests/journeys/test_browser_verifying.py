"""A secretary of an assessment body, phone in hand, checks the paper, the file and a whole list."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser

from tests.databases import REPO
from tests.journeys.instance import Instance
from tests.journeys.window import Window


def downloaded(desk: Window, folder: Path) -> tuple[bytes, str]:
    """The holder's own file and 查验码, from the page 学时证书打印; the worker may still be at it."""
    desk.sign_in("tongguo")
    desk.open("/certificates/")
    # The sample's approval lies days back, so the page asks again at the slow pace of a late print.
    desk.page.get_by_role("link", name="下载").first.wait_for(timeout=60_000)
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="下载").first.click()
    waiting.value.save_as(folder / "certificate.pdf")
    code = re.search(r"查验码 ([A-Z2-7]{8})", desk.page.locator("main").inner_text())
    assert code is not None
    return (folder / "certificate.pdf").read_bytes(), code[1]


def scanned(pdf: bytes) -> str:
    """What the phone's camera reads: the address that is also printed below the QR code."""
    document = pdfium.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    text = text.replace("\x02", "-")  # what pdfium makes of a hyphen at the end of a line
    found = re.search(r"http://[0-9.:]+/v/[\w-]+/", re.sub(r"\s", "", text))
    assert found is not None
    return found[0]


@pytest.mark.requirement("R021")
def test_an_assessment_body_checks_paper_file_and_list_on_a_phone(
    phone: Window, desk: Window, instance: Instance, tmp_path: Path
) -> None:
    pdf, code = downloaded(desk, tmp_path)
    page = phone.page

    phone.open(scanned(pdf))
    assert "该认定单真实有效" in page.locator("main").inner_text()
    assert phone.look() == []
    number = page.locator("dd .number").first.inner_text()

    page.get_by_label("持有人查验码").fill(f"{code[:4].lower()}-{code[4:]}")
    phone.press("显示完整姓名")
    page.wait_for_load_state()
    name = (
        page.locator("dt", has_text=re.compile("^姓名$")).locator("xpath=following-sibling::dd").inner_text()
    )
    assert "*" not in name

    page.get_by_label("认定单电子文件").set_input_files(tmp_path / "certificate.pdf")
    phone.press("比对")
    page.get_by_role("heading", name="文件与存档一致").wait_for()
    assert phone.look() == []

    (tmp_path / "changed.pdf").write_bytes(pdf + b"\n")
    page.get_by_label("认定单电子文件").set_input_files(tmp_path / "changed.pdf")
    phone.press("比对")
    page.get_by_role("heading", name="文件与存档不一致").wait_for()
    assert "盖章之后又加了内容" in page.locator("main").inner_text()
    assert phone.look() == []

    rows = checked_list(phone, instance, tmp_path, [(number, name), (number, "别人")])
    assert [row[2] for row in rows] == ["核验结果", "有效", "未查到"]


@pytest.mark.long
@pytest.mark.requirement("R021")
def test_what_two_clerks_revoke_is_revoked_on_the_phone_within_seconds(
    phone: Window, desk: Window, chromium: Browser, instance: Instance
) -> None:
    number, link = further_range(desk)
    page = phone.page
    phone.open(link)
    assert "该认定单真实有效" in page.locator("main").inner_text()

    with at_the_bureau(chromium, instance, "shengting", number) as first:
        first.follow("申请撤销")
        first.page.get_by_label("撤销原因").fill("核认后发现 2022 年培训证书虚假")
        assert first.look() == []
        first.press("提交撤销申请")
        first.page.get_by_text("请本单位另一位经办人复核").first.wait_for()
    phone.open(link)
    assert "该认定单真实有效" in page.locator("main").inner_text()

    with at_the_bureau(chromium, instance, "shengting-2", number) as second:
        assert second.look() == []
        second.press("确认撤销")
        second.page.get_by_text(f"认定单 {number} 已撤销").first.wait_for()

    began = time.monotonic()
    phone.open(link)
    shown = page.locator("main").inner_text()
    assert time.monotonic() - began < 5
    assert "该认定单已被撤销" in shown
    assert "核认后发现 2022 年培训证书虚假" in shown
    assert phone.look() == []


@contextmanager
def at_the_bureau(chromium: Browser, instance: Instance, login: str, number: str) -> Iterator[Window]:
    """A clerk's own window on the page of the certificate."""
    with Window.opened(chromium, instance.url, width=1280, height=900) as window:
        window.sign_in(login)
        window.open(f"/certificates/issued/?words={number}")
        window.follow(number)
        yield window


def further_range(desk: Window) -> tuple[str, str]:
    """Number and address of a certificate of 2022–2023, so that nobody misses the one of the whole span."""
    desk.sign_in("tongguo")
    desk.open("/certificates/?from_year=2022&to_year=2023")
    desk.press("出具学时认定单")
    desk.page.get_by_role("link", name="下载").first.wait_for(timeout=60_000)
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="下载").first.click()
    number = re.search(r"\d{10}", waiting.value.suggested_filename)
    assert number is not None
    return number[0], scanned(Path(waiting.value.path()).read_bytes())


def checked_list(
    phone: Window, instance: Instance, folder: Path, pairs: list[tuple[str, str]]
) -> list[tuple[str, ...]]:
    """The list filled into the template, sent from the page 批量核验, and the rows that come back."""
    page = phone.page
    admitted = subprocess.run(
        [sys.executable, "manage.py", "assessment_body", "admit", "省药学高评委"],
        cwd=REPO,
        env=instance.env,
        capture_output=True,
        text=True,
        check=True,
    )
    page.get_by_role("link", name="批量核验").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载名单模板").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    for pair in pairs:
        book.active.append(pair)
    book.save(folder / "list.xlsx")
    assert phone.look() == []
    page.get_by_label("核验密钥").fill(admitted.stdout.split()[-1])
    page.get_by_label("核验名单").set_input_files(folder / "list.xlsx")
    with page.expect_download() as waiting:
        phone.press("上传并下载结果")
    answered = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active
    return [tuple(str(value or "") for value in row) for row in answered.iter_rows(values_only=True)]
