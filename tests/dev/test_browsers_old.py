"""What the lint says of Chromium 86 is what a real Chromium 86 says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cehours.embedded import browsers, npm
from cehours.embedded.places import REPO
from tests.dev.test_browsers import passed
from tests.dev.younger import Tables
from tests.old_browser.chromium import OldBrowser

# The tables say that these had no effect, or another one, although the browser reads them.
READ_BUT_USELESS = {"mask", "size", "speak"}
FOR_OTHERS = re.compile(r"-(moz|ms|o|webkit)-")
NO_SELECTOR = re.compile(r"^(from|to|[\d.]+%)$|::-moz-")  # frames of an animation, and what is for Firefox


class Asked:
    """An empty page of the old browser, to ask what it understands."""

    def __init__(self, browser: OldBrowser) -> None:
        self._browser = browser
        self._window = browser.tell("window", width=800, height=600, base="about:")
        browser.tell("open", window=self._window, url="about:blank")

    def declarations_refused(self, declarations: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return self._refused(declarations, "([name, value]) => CSS.supports(name, value)")

    def selectors_refused(self, selectors: list[str]) -> list[str]:
        return self._refused(selectors, "each => CSS.supports(`selector(${each})`)")

    def _refused(self, all_of: list[Any], test: str) -> list[Any]:
        script = f"{json.dumps(all_of)}.map({test})"
        answers = self._browser.tell("evaluate", window=self._window, script=script)
        return [each for each, taken in zip(all_of, answers, strict=True) if not taken]


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    with OldBrowser.running() as browser:
        yield Asked(browser)


def rules(style: Path) -> Iterator[tuple[str, str]]:
    """Selector and body of every rule that is not for younger browsers only."""
    text = re.sub(r"/\*.*?\*/", "", style.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    yield from re.findall(r"([^{}@;]+)\{([^{}]*)\}", text)


@pytest.mark.long
def test_the_lint_and_the_browser_know_the_same_properties(asked: Asked, tmp_path: Path) -> None:
    tables = Tables(npm.installed(browsers.PINNED) / "node_modules/@mdn/browser-compat-data/data.json")
    names = [name for name in tables.data["css"]["properties"] if name not in {"__compat", "custom-property"}]
    names = [name for name in names if not FOR_OTHERS.match(name)]
    lines = {f"a {{ {name}: inherit; }}": name for name in names}

    by_lint = {lines[line] for line in passed(tmp_path, "css", lines)}
    refused = asked.declarations_refused([(name, "inherit") for name in names])
    by_browser = set(names) - {name for name, _ in refused}

    assert len(names) > 500
    assert by_lint ^ by_browser <= READ_BUT_USELESS


@pytest.mark.long
def test_the_browser_takes_every_line_of_our_styles(asked: Asked) -> None:
    found = [rule for style in sorted((REPO / "static" / "css").rglob("*.css")) for rule in rules(style)]
    selectors = {each.strip() for selector, _ in found for each in selector.split(",") if "(" not in each}
    declarations = {
        (name, value.removesuffix("!important").strip())
        for _, body in found
        for name, value in re.findall(r"([-\w]+):\s*([^;]+);", body)
        if not FOR_OTHERS.match(name)
    }

    assert len(declarations) > 500
    assert asked.declarations_refused(sorted(declarations)) == []
    assert asked.selectors_refused(sorted(each for each in selectors if not NO_SELECTOR.search(each))) == []
