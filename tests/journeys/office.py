"""Several people of one world, each at a window of their own; pages are looked at on wide and narrow screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, BrowserContext

from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import Window
from tests.world import World

DESK, PHONE = (1280, 800), (375, 812)


class Office:
    """`window(who)` is a signed-in person's own browser, the same one each time."""

    def __init__(self, world: World, site: str, chromium: Browser, stack: ExitStack) -> None:
        self.world, self.site = world, site
        self._chromium, self._stack = chromium, stack
        self._windows: dict[str, Window] = {}

    @classmethod
    @contextmanager
    def opened(cls, world: World, chromium: Browser) -> Iterator[Office]:
        with serving() as site, ExitStack() as stack:
            office = cls(world, site, chromium, stack)
            yield office
        assert [fault for window in office._windows.values() for fault in window.faults] == []

    def window(self, who: str) -> Window:
        if who not in self._windows:
            page = sign_in(self._browser(), self.world, self.site, who)
            self._windows[who] = Window(page, self.site)
        return self._windows[who]

    def guest(self) -> Window:
        """The browser of somebody who has not signed in."""
        return self._windows.setdefault("", Window(self._browser().new_page(), self.site))

    def _browser(self) -> BrowserContext:
        width, height = DESK
        context = self._chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        self._stack.callback(context.close)
        context.set_default_timeout(15_000)
        return context


def looked(window: Window) -> None:
    """The open page is well made on a phone and on an office computer."""
    for width, height in (PHONE, DESK):
        window.page.set_viewport_size({"width": width, "height": height})
        assert window.look() == []
