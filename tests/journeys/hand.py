"""Somebody's hand at a browser: every click and every filled field is a real one, and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import FilePayload, Locator, Page


@dataclass
class Effort:
    """Clicks (buttons, links, boxes, file choosers) and fields (typed into or picked from a list) of one part."""

    clicks: int = 0
    fields: int = 0


@dataclass
class Hand:
    """What one person does on `page`, by part of the work. Moving the eyes and scrolling cost nothing here."""

    page: Page
    parts: dict[str, Effort] = field(default_factory=dict)
    _part: Effort = field(default_factory=Effort)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._part = self.parts.setdefault(name, Effort())
        yield

    @property
    def total(self) -> Effort:
        parts = self.parts.values()
        return Effort(sum(each.clicks for each in parts), sum(each.fields for each in parts))

    def click(self, what: Locator) -> None:
        self._part.clicks += 1
        what.click()

    def press(self, words: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=words, exact=True).first)

    def follow(self, words: str) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=words).first)

    def type(self, label: str, text: str) -> None:
        """Types over what stands there."""
        self._part.fields += 1
        self.page.locator("main").get_by_label(label).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        """Picks from a list, unless it is picked already."""
        select = self.page.locator("main").get_by_label(label).first
        if option in (select.locator("option:checked").text_content() or ""):
            return
        self._part.fields += 1
        words = [text.strip() for text in select.locator("option").all_text_contents()]
        select.select_option(label=next(text for text in words if text.startswith(option)))

    def tick(self, label: str) -> None:
        self.click(self.page.locator("main").get_by_label(label).first)

    def attach(self, chooser: Locator, *files: tuple[str, str, bytes]) -> None:
        """Picks (name, type, content) in a file dialog: one click, whatever the number of files."""
        self._part.clicks += 1
        chooser.set_input_files(
            [FilePayload(name=name, mimeType=kind, buffer=content) for name, kind, content in files]
        )
