"""One person's window of a Chromium 86: people's words for what they see, and what nobody should meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from cehours.sample.people import PASSWORD
from tests.journeys.window import CUT_OFF
from tests.old_browser.chromium import OldBrowser

# Found as people find things, by their words: visible buttons and links, fields by their labels.
WORDS = """(() => {
    const seen = e => e.getClientRects().length > 0 && !e.closest('[aria-hidden=true]');
    const plain = e => [...e.querySelectorAll('kbd[aria-hidden]')].reduce(
        (text, key) => text.replace(key.innerText, ''), e.innerText || '');
    const words = e => (e.getAttribute('aria-label') || plain(e)).replace(/\\s+/g, ' ').trim();
    const all = selector => [...document.querySelectorAll(selector)].filter(seen);
    const labels = text => [...document.querySelectorAll('main label')].filter(e => e.textContent.includes(text));
    return {
        button: text => all('main button').find(e => words(e) === text),
        begins: text => all('main button').find(e => words(e).startsWith(text)),
        field: text => labels(text).map(e => e.control).concat(
            all('main [aria-label]').filter(e => e.getAttribute('aria-label').includes(text))
        ).find(e => e && !e.disabled),
    };
})()"""


class OldWindow:
    """One person's window; what goes wrong on any page is told when it closes."""

    def __init__(self, browser: OldBrowser, base_url: str, *, width: int, height: int) -> None:
        self.base_url = base_url
        self._browser, self._size = browser, (width, height)
        self._window = browser.tell("window", width=width, height=height, base=base_url)

    @classmethod
    @contextmanager
    def opened(cls, browser: OldBrowser, base_url: str, *, width: int, height: int) -> Iterator[OldWindow]:
        window = cls(browser, base_url, width=width, height=height)
        try:
            yield window
            faults = window._tell("faults")
        finally:
            window._tell("close")
        if faults:
            raise AssertionError("\n".join(faults))

    @contextmanager
    def another(self) -> Iterator[OldWindow]:
        """A window of the same size for somebody else."""
        width, height = self._size
        with OldWindow.opened(self._browser, self.base_url, width=width, height=height) as window:
            yield window

    @property
    def url(self) -> str:
        return str(self._tell("url"))

    def open(self, path: str) -> None:
        self._tell("open", url=urljoin(self.base_url, path))

    def resize(self, width: int, height: int) -> None:
        self._tell("resize", width=width, height=height)

    def links(self) -> list[str]:
        """The addresses that the open page links to."""
        return list(self.ask("[...document.querySelectorAll('a[href]:not([download])')].map(a => a.href)"))

    def ask(self, script: str) -> Any:
        """What an expression in the page comes to."""
        return self._tell("evaluate", script=script)

    def until(self, script: str) -> None:
        """Waits until an expression in the page holds, also across pages."""
        self._tell("wait", script=f"document.readyState === 'complete' && ({script})")

    def until_says(self, words: str) -> None:
        self.until(
            f"document.querySelector('main') && document.querySelector('main').innerText.includes({_js(words)})"
        )

    def press(self, words: str) -> None:
        self._tell("click", script=f"{WORDS}.button({_js(words)})")

    def press_beginning(self, words: str) -> None:
        self._tell("click", script=f"{WORDS}.begins({_js(words)})")

    def tick(self, label: str) -> None:
        self._tell("click", script=f"{WORDS}.field({_js(label)})")

    def fill(self, label: str, text: str) -> None:
        self._tell("type", script=f"{WORDS}.field({_js(label)})", text=text)

    def value(self, label: str) -> str:
        return str(self.ask(f"{WORDS}.field({_js(label)}).value"))

    def choose(self, label: str, option: str) -> None:
        """Picks the first option that begins with this text."""
        field = f"{WORDS}.field({_js(label)})"
        value = self.ask(f"[...{field}.options].find(o => o.text.trim().startsWith({_js(option)})).value")
        self._tell("select", script=field, value=value)

    def attach(self, selector: str, *files: Path) -> None:
        self._tell(
            "upload", script=f"document.querySelector({_js(selector)})", files=[str(file) for file in files]
        )

    def sign_in(self, login: str) -> None:
        self.open("/account/login/")
        self.fill("账号", login)
        self.fill("密码", PASSWORD)
        self.press("登录")
        self.until("!location.pathname.includes('/login/')")

    def picture(self, file: Path) -> None:
        self._tell("picture", file=str(file))

    def look(self) -> list[str]:
        """What is wrong with how the open page looks; empty when nothing is."""
        wrong = []
        if self.ask("document.querySelectorAll('h1').length") != 1:
            wrong.append("not one heading of the first level")
        wide = self.ask(f"({CUT_OFF})()")
        if wide:
            wrong.append(f"wider than the window: {', '.join(wide)}")
        return [f"{urlsplit(self.url).path}: {each}" for each in wrong]

    def _tell(self, order: str, **more: object) -> Any:
        return self._browser.tell(order, window=self._window, **more)


def _js(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
