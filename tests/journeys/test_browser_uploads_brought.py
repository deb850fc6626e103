"""Five of the files people really bring, through the browser: with the page's script they are sent, and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import newcomer
from tests.journeys.instance import Instance
from tests.journeys.window import Window

LOGIN = "shangchuan"
INPUTS = Path(__file__).resolve().parents[1] / "cases" / "uploads"
BROUGHT = {
    "01a-sealed-pyhanko.pdf": "01a-sealed-pyhanko.pdf",
    "03a-chromium-javascript-links.pdf": "03a-chromium-javascript-links.pdf",
    "11a-attached-xml-pdflib.pdf": "11a-attached-xml-pdflib.pdf",
    "15a-long-page.pdf": "15a-long-page.pdf",
    "21a-jpeg.jfif": "21a-jpeg.jpg",
}


@pytest.fixture(scope="module")
def case(instance: Instance) -> str:
    return newcomer.enter(instance, LOGIN)


def test_files_as_people_bring_them_are_sent_named_rightly_and_shown(desk: Window, case: str) -> None:
    desk.sign_in(LOGIN)
    desk.open(f"{case}years/2020/evidence/")
    page = desk.page
    wrongly_named = {
        "name": "证书.docx",
        "mimeType": "",
        "buffer": (INPUTS / "04c-ftp-link.pdf").read_bytes(),
    }
    choose = page.locator(".ask-any").get_by_label("选择文件")

    page.locator(".ask-any").get_by_label("材料种类").select_option("completion")
    choose.set_input_files([INPUTS / name for name in BROUGHT])
    expect(page.locator("[data-paper]")).to_have_count(len(BROUGHT))
    choose.set_input_files([wrongly_named])

    expect(page.locator("[data-paper]")).to_have_count(len(BROUGHT) + 1)
    for called in (*BROUGHT.values(), "证书.pdf"):
        expect(page.locator("#papers")).to_contain_text(called)
    viewers = [link.get_attribute("href") or "" for link in page.locator("[data-paper] a[href$='/1/']").all()]
    read = {}
    for viewer in dict.fromkeys(viewers):
        desk.open(viewer)
        pictures = page.locator("[data-viewer-page] img")
        name = page.locator(".page-head").inner_text()
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 1200
        read[next(called for called in (*BROUGHT.values(), "证书.pdf") if called in name)] = pictures.count()
        assert desk.look() == []
    assert read == {**dict.fromkeys([*BROUGHT.values(), "证书.pdf"], 1), "15a-long-page.pdf": 8}
    assert desk.faults == []
