"""On a slow line a file is chosen before the page's script is there: it counts as if it had been chosen afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.journeys import newcomer
from tests.journeys.instance import Instance
from tests.journeys.papers import scan
from tests.journeys.window import Window

LOGIN = "manwang"


@pytest.fixture(scope="module")
def case(instance: Instance) -> str:
    return newcomer.enter(instance, LOGIN)


class LateScript:
    """A script of the page that does not arrive until it is let through."""

    def __init__(self, page: Page, name: str) -> None:
        self.held, self.arrived = list[Route](), False
        page.route(f"**/js/{name}*.js", self._ask)

    def _ask(self, route: Route) -> None:
        if self.arrived:
            route.continue_()
        else:
            self.held.append(route)

    def arrive(self) -> None:
        self.arrived = True
        for route in self.held:
            route.continue_()


def photo(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": scan(name, "jpg")}


def open_early(window: Window, path: str) -> None:
    """The page as it stands while its script is still on the way."""
    window.sign_in(LOGIN)
    window.page.goto(f"{window.base_url}{path}", wait_until="commit")
    window.page.locator("main").get_by_role("heading").first.wait_for()


def test_the_range_of_a_slip_is_filled_in(phone: Window, case: str) -> None:
    script = LateScript(phone.page, "slip")
    open_early(phone, f"{case}years/prior/")
    chooser = phone.page.locator("#slip").get_by_label("选择认定单文件")
    chooser.set_input_files(photo("2019-2023年学时认定单.jpg"))
    assert script.held, "the script was there before the file"
    script.arrive()

    expect(phone.page.get_by_label("认定单起始年度")).to_have_value("2019")
    expect(phone.page.get_by_label("认定单结束年度")).to_have_value("2023")


def test_a_paper_is_sent(phone: Window, case: str) -> None:
    script = LateScript(phone.page, "evidence")
    open_early(phone, f"{case}years/2020/evidence/")
    chooser = phone.page.locator(".ask-any").get_by_label("选择文件")
    chooser.set_input_files(photo("2020结业证书.jpg"))
    assert script.held, "the script was there before the file"
    script.arrive()

    expect(phone.page.locator("[data-paper]")).to_have_count(1)
