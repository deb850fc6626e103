"""What people come for, done in a real Chromium 86 on a desk and on a phone: file, upload, decide, batch, verify."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.instance import Instance
from tests.old_browser.chromium import OldBrowser
from tests.old_browser.filer import OldFiler
from tests.old_browser.window import OldWindow

EMPLOYER = "湘澜第一医院"
SIZES = {"desk": (1280, 900), "phone": (375, 812)}


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), SIZES.values(), ids=SIZES)
def test_a_case_is_filed_with_its_papers_and_sent_on_by_the_employer(
    chromium_86: OldBrowser, instance: Instance, tmp_path: Path, width: int, height: int
) -> None:
    with OldWindow.opened(chromium_86, instance.url, width=width, height=height) as window:
        filer = OldFiler(window, tmp_path)
        filer.register()
        case = filer.file(EMPLOYER)
        with window.another() as reviewer:
            reviewer.sign_in("danwei")
            reviewer.open(f"/review/cases/{case}/")
            reviewer.picture(tmp_path / "case.png")
            assert reviewer.look() == []
            reviewer.press("审核通过")
            reviewer.until_says("请选择后再次点击")
            assert reviewer.look() == []
            reviewer.tick("上级审核单位")
            reviewer.press("审核通过")  # the step's own button, which stands above the bar's
            reviewer.until("document.querySelector('#toasts').innerText.includes('已审核通过')")
            reviewer.picture(tmp_path / "decided.png")
            assert reviewer.look() == []

        window.open(f"/applications/{case}/progress/")

        assert "用人单位审核通过" in window.ask("document.querySelector('main').innerText")


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), SIZES.values(), ids=SIZES)
def test_a_case_is_approved_in_a_batch_and_its_certificate_verified(
    chromium_86: OldBrowser, instance: Instance, tmp_path: Path, width: int, height: int
) -> None:
    with OldWindow.opened(chromium_86, instance.url, width=width, height=height) as window:
        filer = OldFiler(window, tmp_path)
        filer.register()
        filer.file()
        with window.another() as reviewer:
            reviewer.sign_in("shizhou")
            reviewer.open("/review/")
            reviewer.tick(f"选择{filer.name}")
            reviewer.until_says("已选 1 件")
            reviewer.picture(tmp_path / "inbox.png")
            reviewer.press("审核通过 1 件")
            reviewer.until_says("可以审核通过")
            reviewer.picture(tmp_path / "batch.png")
            assert reviewer.look() == []
            reviewer.press("审核通过 1 件")
            reviewer.until_says("1 件全部办完")
            reviewer.picture(tmp_path / "batch-done.png")
            assert reviewer.look() == []

        window.open("/certificates/")
        window.until("document.querySelector('main a[href$=\"/pdf/\"]')")
        found = re.search(r"\b\d{10}\b", window.ask("document.querySelector('main').innerText"))
        assert found
        with window.another() as secretary:
            secretary.open("/verify/")
            secretary.fill("编号", found[0])
            secretary.fill("姓名", filer.name)
            secretary.press("核验")
            secretary.until_says("该认定单真实有效")
            secretary.picture(tmp_path / "verified.png")
            assert secretary.look() == []
