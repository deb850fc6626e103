"""What axe-core finds against WCAG 2.2, levels A and AA."""

from __future__ import annotations

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS = {"runOnly": {"type": "tag", "values": list(LEVELS)}, "resultTypes": ["violations"]}

# A bar that floats covers what can be scrolled from under it; axe measures only what the window shows now.
LAY_FLAT = """() => document.querySelectorAll('body *').forEach(element => {
    if (['sticky', 'fixed'].includes(getComputedStyle(element).position)) element.style.position = 'static';
})"""


def violations(page: Page) -> list[str]:
    """One line for each violated rule: page, rule, and the first element that breaks it."""
    page.evaluate(LAY_FLAT)
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{urlsplit(page.url).path}: {each['id']} ({len(each['nodes'])}×) {each['nodes'][0]['html'][:160]} "
        f"— {each['nodes'][0]['failureSummary'].splitlines()[-1].strip()}"
        for each in found
    ]
