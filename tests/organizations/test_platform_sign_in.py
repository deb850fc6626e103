"""Bureau staff come in with an account of the province's HR platform, a real counterpart; strangers do not."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as the_settings
from django.test import Client
from django.urls import reverse

from applications.states import State
from cehours.checks import platform_is_wholly_configured
from organizations.accounts import hats
from organizations.models import Membership, PlatformAccount, User
from organizations.services import members
from tests.organizations.entering import CALLBACK, NAME, NUMBER, bind, come_back, enter, refused, sent_to
from tests.organizations.people import give_password, sign_in, signed_in
from tests.organizations.platform import CLIENT_ID, CLIENT_SECRET


def test_an_installation_without_a_platform_has_neither_button_nor_address(world):
    browser = world.browser("bureau")

    assert "人社部门工作人员" not in Client().get(reverse("account_login")).content.decode()
    assert Client().get(reverse("account_platform")).status_code == 404
    assert Client().get(CALLBACK, {"code": "x", "state": "y"}).status_code == 404
    assert "平台账号" not in browser.get(reverse("organizations:members")).content.decode()


@pytest.mark.requirement("R229", "R246")
def test_a_link_to_a_case_leads_over_the_platform_to_exactly_that_case(world, platform, clerk):
    world.application(at=State.BUREAU_REVIEW, by="other_applicant")
    case = world.application(at=State.BUREAU_REVIEW)
    link = reverse("review:case", args=[case.pk])

    browser = Client()
    page = browser.get(link, follow=True)
    assert page.redirect_chain[0][0] == f"{reverse('account_login')}?next={link}"
    button = f"{reverse('account_platform')}?{urlencode({'next': link})}"
    assert f'href="{button}"' in page.content.decode()
    assert NAME in page.content.decode()
    back = platform.sign_in(browser.get(button).url, NUMBER)
    answer = come_back(browser, back)

    assert answer.url == link
    assert signed_in(browser) == clerk.user
    assert browser.session[hats.HAT] == clerk.membership.pk
    assert world.see("bureau", case.pk).name in browser.get(link).content.decode()


@pytest.mark.requirement("R246")
def test_a_link_to_another_bureaus_case_is_missing_after_signing_in(world, platform):
    bind(world, "other_bureau", by="other_bureau")
    case = world.application(at=State.BUREAU_REVIEW)
    link = reverse("review:case", args=[case.pk])

    browser, answer = enter(platform, back=link)

    assert answer.url == link
    assert browser.get(link).status_code == 404
    assert signed_in(browser) == world.other_bureau.user


def test_a_link_of_the_platform_itself_goes_straight_on_for_whoever_is_signed_in(world, platform):
    link = reverse("review:handled")

    assert world.browser("bureau").get(reverse("account_platform"), {"next": link}).url == link


def test_without_a_link_one_begins_with_the_inbox(platform, clerk):
    browser, answer = enter(platform)

    assert answer.url == reverse("site:start")
    assert browser.get(answer.url).url == reverse("review:inbox")


def test_what_the_platform_is_asked(platform, clerk):
    """Code flow with PKCE, state and nonce; nothing in our address changes what is asked."""
    address = Client().get(
        reverse("account_platform"),
        {"process": "connect", "scope": "admin", "auth_params": "prompt=none", "action": "rerequest"},
    )
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address.url).query).items()}

    assert asked.keys() == {
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip
    assert (asked["scope"], asked["response_type"]) == ("openid", "code")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == the_settings.PUBLIC_URL + CALLBACK
    assert len(asked["nonce"]) >= 32


def test_the_session_ends_with_the_browser_as_after_a_password(world, platform, clerk):
    browser, _ = enter(platform)
    give_password(world.bureau.user)

    assert browser.session.get_expire_at_browser_close()
    assert sign_in("bureau").session.get_expire_at_browser_close()


def test_signing_in_changes_the_session_key(platform, clerk):
    browser = Client()
    address = sent_to(browser)
    before = browser.session.session_key

    come_back(browser, platform.sign_in(address, NUMBER))

    assert signed_in(browser) == clerk.user
    assert browser.session.session_key != before


def test_signing_out_and_in_again(platform, clerk):
    browser, _ = enter(platform)
    browser.post(reverse("account_logout"))
    assert signed_in(browser) is None
    assert hats.PLATFORM not in browser.session

    enter(platform, browser)
    assert signed_in(browser) == clerk.user


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "http:/evil.example", "javascript:alert(1)",
        "//[::1", "evil.example", "http://testserver/review/",
    ],
)  # fmt: skip
def test_next_is_a_path_of_this_site_or_nothing(platform, clerk, back):
    browser, answer = enter(platform, back=back)

    assert answer.url == reverse("site:start")
    assert browser.get(reverse("account_platform"), {"next": back}).url == reverse("site:start")


def test_the_address_of_the_return_names_no_place_to_go_on_to(platform, clerk):
    browser = Client()
    back = platform.sign_in(sent_to(browser), NUMBER)

    assert come_back(browser, f"{back}&next=https://evil.example/").url == reverse("site:start")


@pytest.mark.parametrize(
    ("issuer", "client", "secret", "says"),
    [
        ("", "", "", None),
        ("https://sso.example", CLIENT_ID, CLIENT_SECRET, None),
        ("http://127.0.0.1:8080", CLIENT_ID, CLIENT_SECRET, None),
        ("http://sso.example", CLIENT_ID, CLIENT_SECRET, "must begin with https://"),
        ("https://sso.example", CLIENT_ID, "", "needs"),
        ("", CLIENT_ID, CLIENT_SECRET, "without PLATFORM_ISSUER"),
    ],
)
def test_half_a_configuration_does_not_pass_the_check(settings, issuer, client, secret, says):
    settings.PLATFORM_ISSUER = issuer
    settings.PLATFORM_CLIENT_ID, settings.PLATFORM_CLIENT_SECRET = client, secret

    found = platform_is_wholly_configured()

    assert bool(found) == bool(says)
    assert says is None or says in found[0].msg


# -- who does not come in


def test_a_stranger_learns_whom_to_ask_and_nothing_is_opened_for_them(world, platform):
    before = User.objects.count(), Membership.objects.count()

    browser, answer = enter(platform, subject="hn-999")

    refused(browser, answer, 403, "请联系本单位（人社部门）的管理员")
    assert "hn-999" in answer.content.decode()
    assert (User.objects.count(), Membership.objects.count()) == before
    assert not PlatformAccount.objects.exists()
    assert not SocialAccount.objects.exists()


def test_a_user_name_or_mail_of_ours_is_no_way_in(world, platform):
    for subject in ("bureau", str(world.bureau.user.pk), str(world.bureau.person_id)):
        refused(*enter(platform, subject=subject), 403, "还没有绑定")


def test_a_number_counts_with_its_case(platform, clerk):
    refused(*enter(platform, subject=NUMBER.upper()), 403, "还没有绑定")


def test_a_switched_off_account_stays_out(platform, clerk):
    User.objects.filter(pk=clerk.user_id).update(is_active=False)

    refused(*enter(platform), 403, "账号已停用")


def test_a_removed_member_stays_out_and_is_out_at_once(world, platform, clerk):
    browser, _ = enter(platform)
    with world.acting("bureau") as actor:
        members.remove_member(actor=actor, unit_id=None, membership_id=clerk.membership.pk)

    assert browser.get(reverse("review:inbox")).url.startswith(reverse("account_login"))
    assert signed_in(browser) is None
    refused(*enter(platform), 403, "还没有绑定")


@pytest.mark.parametrize("changed", [{"active": False}, {"bureau_level": ""}])
def test_a_bureau_that_is_none_any_more_lets_nobody_in(world, platform, clerk, changed):
    browser, _ = enter(platform)
    type(world.province).objects.filter(pk=world.province.pk).update(**changed)

    assert browser.get(reverse("review:inbox")).url.startswith(reverse("account_login"))
    refused(*enter(platform), 403, "经办机构已停用")


def test_a_number_of_another_platform_is_a_strangers(world, platform, clerk, settings):
    """The province changed its platform: the same number may be somebody else there."""
    bound_there = PlatformAccount.objects.get()
    platform_of_today, settings.PLATFORM_ISSUER = settings.PLATFORM_ISSUER, "https://former.example"
    bind(world, "bureau", "old-1")
    settings.PLATFORM_ISSUER = platform_of_today

    refused(*enter(platform, subject="old-1"), 403, "还没有绑定")
    assert bound_there.issuer == platform_of_today
