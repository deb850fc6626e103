"""A site on one test's own database, in this process: quick to start, and the test can look into its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import caches
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext, Page

from tests.world import World

PASSWORD = "Only-here-2025"


@contextmanager
def serving() -> Iterator[str]:
    """The address of the site while the block runs."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()


def sign_in(context: BrowserContext, world: World, site: str, who: str = "applicant") -> Page:
    """A page of this person, signed in without the form."""
    client = world.browser(who)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return context.new_page()


def sign_in_by_the_form(page: Page, world: World, site: str, who: str = "applicant") -> None:
    user = world.people[who].user
    assert user is not None
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    if "/login/" not in page.url:
        page.goto(urljoin(site, "/account/login/"))
    page.locator("main").get_by_label("账号").fill(user.username)
    page.locator("main").get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def end_sessions() -> None:
    """What the clock does to everybody's session in the end."""
    Session.objects.all().delete()
    caches["default"].clear()
