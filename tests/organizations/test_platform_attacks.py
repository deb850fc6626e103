"""On the way from the platform: a counterpart that does not keep to the protocol, and others who meddle."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.organizations.entering import CALLBACK, NAME, NUMBER, come_back, enter, refused, sent_to


@pytest.mark.parametrize(
    "fault",
    [
        "wrong_signature", "unsigned", "signed_with_the_public_key", "unknown_key", "wrong_audience",
        "several_audiences", "meant_for_another", "wrong_issuer", "wrong_nonce", "no_nonce", "no_subject",
        "number_for_subject", "expired", "not_yet", "no_id_token",
    ],
)  # fmt: skip
def test_an_id_token_that_is_not_in_order_lets_nobody_in(platform, clerk, fault):
    platform.misbehave(fault)

    refused(*enter(platform), 403, "没有通过核对")


@pytest.mark.parametrize(
    "fault",
    [
        "token_fails",
        "token_is_no_json",
        "jwks_fails",
        "jwks_is_no_json",
        "token_is_a_list",
        "jwks_is_a_list",
        "error_to_browser",
    ],
)
def test_a_platform_that_fails_on_the_way_back_is_named_as_the_reason(platform, clerk, fault):
    platform.misbehave(fault)

    refused(*enter(platform), 503, f"{NAME}没有正常回应")


@pytest.mark.parametrize(
    "fault", ["discovery_fails", "discovery_is_no_json", "discovery_is_a_list", "discovery_is_elsewhere"]
)
def test_a_platform_that_does_not_answer_leaves_the_other_way_in(platform, clerk, fault):
    platform.misbehave(fault)
    link = reverse("review:handled")

    browser = Client()
    answer = browser.get(reverse("account_platform"), {"next": link})

    refused(browser, answer, 503, "可以用本系统的账号和密码登录")
    assert f"{reverse('account_login')}?{urlencode({'next': link})}" in answer.content.decode()


def test_a_discovery_document_of_another_issuer_is_not_believed(platform, clerk):
    platform.misbehave("other_discovery")

    browser = Client()

    refused(browser, browser.get(reverse("account_platform")), 403, "没有通过核对")


@pytest.mark.parametrize("fault", ["token_is_elsewhere", "jwks_is_elsewhere"])
def test_code_and_secret_are_not_carried_to_another_address(platform, clerk, fault):
    browser = Client()
    back = platform.sign_in(sent_to(browser), NUMBER)
    platform.misbehave(fault)

    refused(browser, come_back(browser, back), 503, "没有正常回应")


@pytest.mark.parametrize("fault", ["token_hangs", "jwks_hangs"])
def test_a_platform_that_hangs_is_given_up(platform, clerk, settings, fault):
    browser = Client()
    back = platform.sign_in(sent_to(browser), NUMBER)
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    platform.misbehave(fault)

    refused(browser, come_back(browser, back), 503, "请稍后再试")


def test_no_transaction_waits_for_the_platform(platform, clerk):
    """A connection of ours in a transaction while somebody else's server thinks would be one less for the rest."""
    browser = Client()
    with CaptureQueriesContext(connection) as asked:
        sent_to(browser)

    assert not [query["sql"] for query in asked if "set_config" in query["sql"]]


def test_who_cancels_there_may_begin_again(platform, clerk):
    browser = Client()
    link = reverse("review:handled")
    answer = come_back(browser, platform.sign_in(sent_to(browser, link), NUMBER, answer="no"))

    refused(browser, answer, 400, "您在省人社一体化平台取消了登录")
    assert f"{reverse('account_platform')}?{urlencode({'next': link})}" in answer.content.decode()


# -- attacks between the two


def test_a_return_that_another_browser_began_signs_nobody_in(platform, clerk):
    """Login CSRF: the attacker's own code, handed to somebody else."""
    back = platform.sign_in(sent_to(Client()), NUMBER)

    victim = Client()
    sent_to(victim)
    refused(victim, come_back(victim, back), 400, "不是从本系统开始的")


@pytest.mark.parametrize("state", [None, "", "guessed"])
def test_a_return_without_its_state_signs_nobody_in(platform, clerk, state):
    browser = Client()
    code = parse_qs(urlsplit(platform.sign_in(sent_to(browser), NUMBER)).query)["code"][0]
    query = urlencode({"code": code, **({} if state is None else {"state": state})})

    refused(browser, come_back(browser, f"{CALLBACK}?{query}"), 400, "请重新登录")


def test_somebody_elses_code_in_ones_own_return_is_refused(platform, clerk):
    """The code is bound to the browser that began, by its code verifier."""
    stolen = parse_qs(urlsplit(platform.sign_in(sent_to(Client()), NUMBER)).query)["code"][0]
    thief = Client()
    state = parse_qs(urlsplit(sent_to(thief)).query)["state"][0]

    answer = come_back(thief, f"{CALLBACK}?{urlencode({'code': stolen, 'state': state})}")

    refused(thief, answer, 503, "没有正常回应")


def test_a_return_works_once(platform, clerk):
    browser = Client()
    back = platform.sign_in(sent_to(browser), NUMBER)
    come_back(browser, back)
    browser.post(reverse("account_logout"))

    refused(browser, come_back(browser, back), 400, "请重新登录")


def test_a_used_code_with_a_fresh_state_is_refused(platform, clerk):
    browser = Client()
    code = parse_qs(urlsplit(platform.sign_in(sent_to(browser), NUMBER)).query)["code"][0]
    come_back(browser, f"{CALLBACK}?code={code}&state=wrong")
    platform.sign_in(sent_to(browser), NUMBER)
    state = parse_qs(urlsplit(sent_to(browser)).query)["state"][0]

    refused(browser, come_back(browser, f"{CALLBACK}?code={code}&state={state}"), 503, "没有正常回应")


@pytest.mark.parametrize("method", ["post", "put", "head"])
def test_both_addresses_answer_a_get_only(platform, method):
    for address in (reverse("account_platform"), CALLBACK):
        assert getattr(Client(), method)(address).status_code == 405


def test_too_many_attempts_from_one_address_wait(platform, clerk):
    answers = [Client().get(reverse("account_platform")).status_code for _ in range(61)]

    assert answers == [302] * 60 + [429]
