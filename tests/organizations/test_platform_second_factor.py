"""What the HR platform says of its own second factor counts here, where the operator says which."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from organizations.accounts import hats
from organizations.accounts.second_factor import SHOWN
from tests.organizations.authenticator import answer_with, set_up
from tests.organizations.entering import NUMBER, come_back, enter
from tests.organizations.people import PASSWORD, give_password, sign_in, signed_in

INVITE = "organizations:invite"


@pytest.fixture
def trusted(settings, platform, clerk):
    """The platform whose level and methods count here, with a bound clerk of the provincial bureau."""
    settings.PLATFORM_ACR_VALUES = ["urn:gov:two-factors"]
    settings.PLATFORM_AMR_VALUES = ["otp", "hwk"]
    settings.SECOND_FACTOR = "staff"
    return platform


def asks(answer):
    return 'name="again-asked"' in answer.content.decode()


def age(browser, seconds):
    """As if the second factor had been shown so much earlier."""
    session = browser.session
    session[SHOWN] = {**session[SHOWN], "at": session[SHOWN]["at"] - seconds}
    session.save()


@pytest.mark.parametrize("habit", ["two_factors", "two_factors_by_level"])
def test_a_session_with_the_platforms_second_factor_works_at_once(trusted, clerk, habit):
    trusted.misbehave(habit)

    browser, _ = enter(trusted)

    assert signed_in(browser) == clerk.user
    assert browser.get(reverse("review:inbox")).status_code == 200
    assert not asks(browser.get(reverse(INVITE)))
    assert browser.session[SHOWN]["kind"] == "platform"


@pytest.mark.parametrize("habit", ["", "one_factor", "no_list_of_factors"])
def test_a_session_without_one_can_do_nothing_where_it_is_demanded(trusted, clerk, habit):
    trusted.misbehave(habit)

    browser, _ = enter(trusted)

    assert browser.get(reverse("review:inbox")).url == reverse("organizations:second_factor")
    page = browser.get(reverse("organizations:second_factor"))
    assert page.status_code == 403
    assert "请先退出，再用本系统的账号和密码登录" in page.content.decode()


def test_an_operator_who_names_no_values_trusts_none(settings, trusted):
    settings.PLATFORM_ACR_VALUES = settings.PLATFORM_AMR_VALUES = []
    trusted.misbehave("two_factors")

    browser, _ = enter(trusted)

    assert SHOWN not in browser.session


def test_the_accounts_own_second_factor_is_asked_where_the_platform_asked_for_none(trusted, clerk):
    give_password(clerk.user)
    app, _ = set_up(sign_in("second_bureau"))
    link = reverse("review:handled")

    browser, answer = enter(trusted, back=link)
    assert answer.url == reverse("mfa_authenticate")
    assert signed_in(browser) is None
    answer = answer_with(browser, app.code())

    assert answer.url == link
    assert browser.session[hats.HAT] == clerk.membership.pk
    assert hats.PLATFORM in browser.session


@pytest.mark.parametrize("habit", ["two_factors_long_ago", "two_factors_at_no_time"])
def test_one_that_is_old_or_of_no_time_signs_in_and_is_asked_again(trusted, habit):
    trusted.misbehave(habit)

    browser, _ = enter(trusted)

    assert browser.get(reverse("review:inbox")).status_code == 200
    assert asks(browser.get(reverse(INVITE)))


def test_it_is_asked_again_on_the_platform_and_the_page_follows(trusted):
    trusted.misbehave("two_factors")
    browser, _ = enter(trusted)
    age(browser, 700)

    page = browser.get(reverse(INVITE)).content.decode()
    again = re.search(r'href="(/account/platform/\?again=1[^"]*)"', page)
    assert again
    there = browser.get(html.unescape(again[1]))
    asked = parse_qs(urlsplit(there.url).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert asked["acr_values"] == ["urn:gov:two-factors"]
    back = come_back(browser, trusted.sign_in(there.url, NUMBER))

    assert back.url == reverse(INVITE)
    assert not asks(browser.get(reverse(INVITE)))


def test_the_accounts_password_does_not_stand_in_for_it(trusted, clerk):
    give_password(clerk.user)
    trusted.misbehave("two_factors")
    browser, _ = enter(trusted)
    age(browser, 700)

    answer = browser.post(reverse(INVITE), {"again-asked": "look", "again-password": PASSWORD})

    assert answer.status_code == 422 and asks(answer)
    assert 'name="again-password"' not in answer.content.decode()


def test_a_time_ahead_of_ours_is_no_longer_recent_than_now(trusted):
    trusted.misbehave("two_factors_tomorrow")

    browser, _ = enter(trusted)

    assert browser.session[SHOWN]["at"] <= clock.now().timestamp()


def test_a_session_of_ones_own_is_not_sent_to_the_platform(trusted, world):
    browser = Client()
    browser.force_login(world.bureau.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.get(reverse("account_platform"), {"again": "1", "next": "/"}).url == "/"
