"""A session ends so many hours after signing in, and earlier when nobody used it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from cehours.lib import clock
from tests.organizations.people import give_password, sign_in, signed_in

INBOX = "review:inbox"


@pytest.fixture
def browser(world):
    give_password(world.employer.user)
    return sign_in("employer")


def look(browser, name=INBOX, *arguments, minutes):
    """Opens a page so many minutes after now."""
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        return browser.get(reverse(name, args=arguments))


def test_a_session_that_is_not_used_ends_after_an_hour_and_says_so(browser):
    assert look(browser, minutes=59).status_code == 200

    answer = look(browser, minutes=59 + 61)

    assert answer.url.startswith(reverse("account_login")) and "ended=session" in answer.url
    assert signed_in(browser) is None


def test_a_session_that_is_used_lasts_until_the_twelfth_hour(browser):
    for minutes in range(50, 12 * 60, 50):
        assert look(browser, minutes=minutes).status_code == 200

    assert look(browser, minutes=12 * 60 + 1).status_code == 302


def test_what_a_page_asks_by_itself_is_no_use(world, browser):
    case = world.application(at="employer_review")
    assert look(browser, "review:case_state", case.pk, minutes=50).status_code == 200

    assert look(browser, minutes=61).status_code == 302


def test_the_limits_are_the_operators(settings, browser):
    settings.SESSION_IDLE_SECONDS = 600

    assert look(browser, minutes=11).status_code == 302


def test_use_is_noted_at_most_once_a_minute(browser):
    look(browser, minutes=5)
    before = browser.session["seen"]

    look(browser, minutes=5.5)

    assert browser.session["seen"] == before
