"""A browser window that notices what nobody should meet: outside addresses, errors, sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page, Request, Response

from cehours.sample.people import PASSWORD

# What reaches over the right edge, except inside something that scrolls by itself.
CUT_OFF = """() => {
    const scrolls = element => /auto|scroll|hidden/.test(getComputedStyle(element).overflowX);
    const excused = element => {
        for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
            if (scrolls(above)) return true;
        }
        return false;
    };
    const seen = element => element.checkVisibility // Chromium 86 has no such method, and hides by leaving out
        ? element.checkVisibility({visibilityProperty: true})
        : element.getClientRects().length && getComputedStyle(element).visibility === 'visible';
    const {scrollWidth, clientWidth} = document.documentElement;
    return [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > clientWidth + 1 && seen(e) && !excused(e))
        .map(e => `${e.tagName.toLowerCase()}.${e.className}`).slice(0, 5)
        .concat(scrollWidth > clientWidth ? ['the page scrolls sideways'] : []);
}"""


class Window:
    """One person's window on the instance. `faults` collects what went wrong on any page so far."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page, self.base_url = page, base_url
        self.faults: list[str] = []
        self.expects_refusal = False
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self._see)
        page.on("response", self._answered)

    @classmethod
    @contextmanager
    def opened(cls, browser: Browser, base_url: str, *, width: int, height: int) -> Iterator[Window]:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(15_000)
        window = cls(context.new_page(), base_url)
        try:
            yield window
        finally:
            context.close()
        if window.faults:
            raise AssertionError("\n".join(window.faults))

    def open(self, path: str) -> None:
        self.page.goto(urljoin(self.base_url, path))

    def sign_in(self, login: str) -> None:
        self.open("/account/login/")
        self.page.locator("main").get_by_label("账号").fill(login)
        self.page.locator("main").get_by_label("密码").fill(PASSWORD)
        self.press("登录")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def press(self, words: str) -> None:
        self.page.locator("main").get_by_role("button", name=words, exact=True).first.click()

    def follow(self, words: str) -> None:
        self.page.locator("main").get_by_role("link", name=words).first.click()

    @property
    def url(self) -> str:
        return self.page.url

    def links(self) -> list[str]:
        """The addresses that the open page links to."""
        return list(
            self.page.eval_on_selector_all("a[href]:not([download])", "links => links.map(a => a.href)")
        )

    def look(self) -> list[str]:
        """What is wrong with how the open page is made; empty when nothing is."""
        page, wrong = self.page, []
        page.wait_for_load_state()
        if not page.title().replace("- 学时核认", "").strip():
            wrong.append("no title")
        if page.locator("h1").count() != 1:
            wrong.append(f"{page.locator('h1').count()} headings of the first level")
        if urlsplit(page.url).path != "/" and not page.locator("main a[href]").count():
            wrong.append("no way back")
        wide = page.evaluate(CUT_OFF)
        if wide:
            wrong.append(f"wider than the window: {', '.join(wide)}")
        return [f"{urlsplit(page.url).path}: {each}" for each in wrong]

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not (self.expects_refusal and "status of 4" in text):
            self.faults.append(f"{self.page.url}: {text}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:")):
            self.faults.append(f"{self.page.url} asks {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url} answered {response.status}")
