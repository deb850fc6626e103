"""Every page that a role reaches by links in a real Chromium 86, on a desk and on a phone: sound, nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.by_link import FOR_EVERYBODY, ROLES, reachable
from tests.journeys.instance import Instance
from tests.old_browser.chromium import OldBrowser
from tests.old_browser.window import OldWindow

WIDTHS = (1280, 768, 375, 320)
KEPT = (1280, 375)  # as pictures in the test's folder, for whoever wants to look
HEIGHT = 900


@pytest.mark.long
@pytest.mark.parametrize("login", [pytest.param(login, id=role) for role, login in ROLES.items()])
def test_every_page_works_in_the_oldest_browser(
    chromium_86: OldBrowser, instance: Instance, tmp_path: Path, login: str
) -> None:
    wrong, seen = [], []
    with OldWindow.opened(chromium_86, instance.url, width=WIDTHS[0], height=HEIGHT) as window:
        if login:
            window.sign_in(login)
        for path in reachable(window, but=FOR_EVERYBODY if login else ()):
            seen.append(path)
            for width in WIDTHS:
                window.resize(width, HEIGHT)
                wrong += [f"{width} px: {each}" for each in window.look()]
                if width in KEPT:
                    window.picture(tmp_path / f"{len(seen):02}-{width}.png")
            window.resize(WIDTHS[0], HEIGHT)

    assert wrong == []
    assert len(seen) >= 5, seen
