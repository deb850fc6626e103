"""A clerk in 审阅模式: looks at every paper and decides, with every key and every load of a page counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, expect

from applications.models import Application
from tests.review import batching
from tests.world import World


def filled_desk(world: World, count: int, years: tuple[int, ...] = (2023, 2024)) -> list[Application]:
    """That many clean cases of further people on the desk of 星城市人社局."""
    for number in range(count):
        world.add_person(f"waiting_{number}")
    return [batching.at_the_city(world, by=f"waiting_{number}", years=years) for number in range(count)]


@dataclass
class Clerk:
    """`keys`: pressed to decide, beyond looking; `loads`: pages that the browser loaded since the clerk sat down."""

    page: Page
    keys: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def sit_down(self) -> None:
        """Everything from here on is counted."""
        expect(self.page.locator("body.reviewing #case [data-strip]")).to_be_visible()
        self.page.on("load", lambda page: self.loads.append(page.url))

    @property
    def shown(self) -> str:
        """The address of the case on the screen."""
        return self.page.url.split("?")[0]

    @property
    def papers(self) -> int:
        return len(
            set(
                self.page.eval_on_selector_all(
                    "[data-paper]", "links => links.map(link => link.dataset.paper)"
                )
            )
        )

    @property
    def pane(self) -> Any:
        return self.page.locator("#evidence")

    def look(self) -> int:
        """J through all papers; how many there were."""
        seen = 1
        while self.page.locator("#evidence [data-key=j]").count():
            before = self.pane.get_attribute("data-shown")
            self.page.keyboard.press("j")
            expect(self.pane).not_to_have_attribute("data-shown", before or "")
            seen += 1
        return seen

    def press(self, key: str) -> None:
        self.keys.append(key)
        self.page.keyboard.press(key)

    def approve(self) -> None:
        """A asks, A confirms; the next case stands there."""
        before = self.shown
        self.press("a")
        expect(self.page.locator("[data-step] [name=confirm]")).to_be_visible()
        self.press("a")
        self.page.wait_for_url(lambda url: url.split("?")[0] != before)
        expect(self.page.locator("#toasts")).to_contain_text("审核通过")
