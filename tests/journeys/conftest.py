"""One instance and one browser for all journeys of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import databases
from tests.journeys.instance import Instance
from tests.journeys.window import Window
from tests.old_browser.chromium import OldBrowser

# Playwright's synchronous interface keeps an event loop in this thread, where Django would refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys on one worker, because they share the instance."""
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def running(
    template_database: str, private_redis: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instance]:
    """Web and worker with the small sample."""
    database = f"test_{os.getpid()}_journeys"
    databases.clone(template_database, database)
    running = Instance(database, tmp_path_factory.mktemp("instance"))
    try:
        running.fill()
        running.start()
        running.keep()
        yield running
    finally:
        running.stop()
        for name in (database, running.kept):
            databases.drop(name)


@pytest.fixture(scope="module")
def instance(running: Instance) -> Instance:
    """With the sample as it was loaded; what journeys write stays until their file ends."""
    running.restore()
    return running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window.

    It ends with the last journey: while its driver's event loop runs, no other test of this process may start one,
    as sealing does.
    """
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        pytest.fail("缺少浏览器 Chromium，请安装软件包 chromium 后再运行测试。")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chromium_86() -> Iterator[OldBrowser]:
    """The oldest browser that the pages are made for, without a window."""
    with OldBrowser.running() as browser:
        yield browser


@pytest.fixture
def phone(chromium: Browser, instance: Instance) -> Iterator[Window]:
    """A browser 375 px wide, as on an old phone."""
    with Window.opened(chromium, instance.url, width=375, height=812) as window:
        yield window


@pytest.fixture
def desk(chromium: Browser, instance: Instance) -> Iterator[Window]:
    """A browser 1280 px wide, as on an office computer."""
    with Window.opened(chromium, instance.url, width=1280, height=900) as window:
        yield window
