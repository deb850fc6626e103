"""Signing in by any of three names, hats, resetting and changing the password, own contacts."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from organizations.accounts import hats
from organizations.messaging import contacts
from organizations.models import Membership
from tests.organizations.people import (
    PASSWORD,
    PHONE,
    code_sent,
    give_password,
    letters,
    send,
    sign_in,
    signed_in,
)

NEW = "Neu-Passwort-77"


@pytest.fixture
def owner(world):
    user = world.applicant.user
    give_password(user)
    contacts.give(user, contacts.Contact.parse(PHONE))
    contacts.give(user, contacts.Contact.parse("owner@example.cn"))
    return user


@pytest.mark.parametrize("login", ["applicant", "APPLICANT", PHONE, " 138 0013 8000 ", "Owner@Example.cn"])
def test_one_signs_in_with_user_name_phone_or_mail(owner, login):
    assert signed_in(sign_in(login)) == owner


@pytest.mark.parametrize(
    "login", ["applicant", PHONE, "owner@example.cn", "nobody", "13011112222", "no@example.cn"]
)
def test_a_wrong_password_says_the_same_for_known_and_unknown(owner, login):
    answer = send(Client(), "account_login", {"login": login, "password": "falsch-falsch"})

    assert answer.status_code == 422
    assert "账号或密码不正确" in answer.content.decode()


def test_the_sixth_failure_waits_even_with_the_right_password(owner):
    browser = Client()
    for _ in range(5):
        sign_in(PHONE, "falsch-falsch", browser)

    answer = send(browser, "account_login", {"login": PHONE, "password": PASSWORD})

    assert "登录失败次数过多" in answer.content.decode()
    assert signed_in(browser) is None


def test_a_switched_off_account_does_not_get_in(owner):
    owner.is_active = False
    owner.save()

    browser = sign_in(PHONE)

    assert signed_in(browser) is None


def test_the_page_of_a_switched_off_account_stands_in_the_same_frame_as_all_others(client, db):
    page = client.get(reverse("account_inactive")).content.decode()

    assert "账号已停用" in page
    assert f'href="{reverse("account_login")}"' in page
    assert f'href="{reverse("site:rules")}"' in page


def test_signing_out_needs_a_post(world):
    browser = world.browser("applicant")

    assert browser.get(reverse("account_logout")).status_code == 200
    assert signed_in(browser) is not None
    browser.post(reverse("account_logout"))
    assert signed_in(browser) is None


def test_next_never_leads_to_another_site(owner):
    answer = send(
        Client(), "account_login", {"login": PHONE, "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert answer.url == reverse("site:start")


# -- hats


@pytest.mark.requirement("R203")
def test_who_works_for_one_unit_starts_with_its_hat(world):
    give_password(world.employer.user)

    browser = sign_in("employer")

    assert browser.session[hats.HAT] == world.employer.membership.pk


def test_who_works_for_two_units_is_asked(world):
    give_password(world.employer.user)
    Membership.objects.create(user=world.employer.user, unit=world.firm)

    browser = Client()
    answer = send(browser, "account_login", {"login": "employer", "password": PASSWORD})

    page = browser.get(answer.url).content.decode()
    assert hats.HAT not in browser.session
    assert "省第九人民医院" in page
    assert "星城云创有限公司" in page
    assert "以个人办理" in page


def test_switching_puts_on_the_other_hat_in_the_same_session(world):
    other = Membership.objects.create(user=world.employer.user, unit=world.firm)
    browser = world.browser("employer")
    before = browser.session.session_key

    send(browser, "organizations:switch", {"unit": other.pk})
    assert browser.session[hats.HAT] == other.pk
    assert browser.session.session_key == before  # two switches at once would else lose it

    send(browser, "organizations:switch", {"unit": ""})
    assert hats.HAT not in browser.session
    assert browser.get(reverse("site:start")).url == reverse("applications:list")


@pytest.mark.parametrize("unit", ["department", "nonsense", "999999"])
def test_nobody_puts_on_somebody_elses_hat(world, unit):
    browser = world.browser("employer")
    wanted = world.people[unit].membership.pk if unit in world.people else unit

    assert send(browser, "organizations:switch", {"unit": wanted}).status_code == 404
    assert browser.session[hats.HAT] == world.employer.membership.pk


def test_a_hat_of_a_switched_off_unit_cannot_be_put_on(world):
    world.hospital.active = False
    world.hospital.save()
    browser = world.browser("employer")

    assert send(browser, "organizations:switch", {"unit": world.employer.membership.pk}).status_code == 404


# -- forgotten password


@pytest.mark.parametrize("contact", [PHONE, "owner@example.cn"])
def test_a_forgotten_password_is_set_anew_by_code(owner, contact):
    browser = Client()
    send(browser, "account_reset_password", {"contact": contact})
    send(browser, "account_reset_password_verify", {"code": code_sent(contact)})
    send(browser, "account_reset_password_new", {"password1": NEW, "password2": NEW})

    assert signed_in(sign_in(PHONE, PASSWORD)) is None
    assert signed_in(sign_in(PHONE, NEW)) == owner
    assert "密码已更改" in letters()[0]


def test_other_sessions_end_when_the_password_is_set_anew(owner):
    elsewhere = sign_in(PHONE)
    browser = Client()
    send(browser, "account_reset_password", {"contact": PHONE})
    send(browser, "account_reset_password_verify", {"code": code_sent()})
    send(browser, "account_reset_password_new", {"password1": NEW, "password2": NEW})

    assert elsewhere.get(reverse("organizations:account")).status_code == 302


def test_an_unknown_contact_looks_like_a_known_one(owner):
    browser = Client()
    answer = send(browser, "account_reset_password", {"contact": "13122223333"})
    page = browser.get(answer.url).content.decode()

    assert answer.url == reverse("account_reset_password_verify")
    assert "验证码已发送" in page
    assert "没有账号" in letters("13122223333")[0]


def test_the_new_password_page_opens_only_after_the_code(owner):
    browser = Client()
    send(browser, "account_reset_password", {"contact": PHONE})

    answer = send(browser, "account_reset_password_new", {"password1": NEW, "password2": NEW})

    assert answer.url == reverse("account_reset_password")
    assert signed_in(sign_in(PHONE)) == owner


def test_a_code_for_registering_does_not_reset_a_password(owner):
    browser = Client()
    send(browser, "account_reset_password", {"contact": PHONE})

    answer = send(browser, "account_signup_verify", {"code": code_sent()})

    assert answer.url == reverse("account_signup")


def test_resetting_forgives_the_failed_sign_ins(owner):
    browser = Client()
    for _ in range(5):
        sign_in(PHONE, "falsch-falsch", browser)
    send(browser, "account_reset_password", {"contact": PHONE})
    send(browser, "account_reset_password_verify", {"code": code_sent()})
    send(browser, "account_reset_password_new", {"password1": NEW, "password2": NEW})

    assert signed_in(sign_in(PHONE, NEW)) == owner


# -- own account


def test_my_account_shows_the_identity_number_masked(world, owner):
    page = world.browser("applicant").get(reverse("organizations:account")).content.decode()

    assert "4****************" in page
    assert "138****8000" in page


def test_changing_the_password_asks_for_the_present_one(owner):
    browser = sign_in(PHONE)

    refused = send(
        browser, "account_change_password", {"oldpassword": "falsch", "password1": NEW, "password2": NEW}
    )
    assert refused.status_code == 422
    assert "当前密码不正确" in refused.content.decode()

    send(browser, "account_change_password", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert browser.get(reverse("organizations:account")).status_code == 200
    assert signed_in(sign_in(PHONE, NEW)) == owner


def test_a_new_contact_counts_only_after_its_code(owner):
    browser = sign_in(PHONE)
    send(browser, "organizations:contact", {"contact": "13911110000", "oldpassword": PASSWORD})
    owner.refresh_from_db()
    assert owner.phone == PHONE

    send(browser, "organizations:contact_verify", {"code": code_sent("13911110000")})
    owner.refresh_from_db()
    assert owner.phone == "13911110000"


def test_somebody_elses_contact_cannot_be_taken_over(world, owner):
    give_password(world.other_applicant.user)
    browser = sign_in("other_applicant")

    send(browser, "organizations:contact", {"contact": PHONE, "oldpassword": PASSWORD})

    assert "已属于另一个账号" in letters()[0]
    cache.clear()
    owner.refresh_from_db()
    assert owner.phone == PHONE


def test_registering_is_for_visitors(world):
    assert world.browser("applicant").get(reverse("account_signup")).status_code == 302
