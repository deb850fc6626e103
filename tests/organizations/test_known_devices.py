"""Signing in by identity number, tries counted by account, browsers that are known, and signed-in devices."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cehours.my_data import tasks
from organizations.accounts import devices, signing
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Device, Membership, Person
from organizations.registry import identity
from tests.organizations.people import PASSWORD, PHONE, code_sent, give_password, send, sign_in, signed_in

WRONG = "falsch-falsch"


def number_of(actor):
    with scope(actor):
        return identity.number_of(Person.objects.get(pk=actor.person_id))


@pytest.fixture
def owner(world):
    user = world.applicant.user
    give_password(user)
    contacts.give(user, contacts.Contact.parse(PHONE))
    return user


def fail(login, times, browser=None):
    for _ in range(times):
        sign_in(login, WRONG, browser or Client())


# -- the identity number


def test_one_signs_in_with_the_identity_number_however_it_is_spaced(world, owner):
    number = number_of(world.applicant)

    assert signed_in(sign_in(number)) == owner
    assert signed_in(sign_in(f" {number[:6]} {number[6:14]} {number[14:].lower()} ")) == owner


def test_the_identity_number_is_kept_neither_by_the_session_nor_by_the_browser(world, owner):
    number = number_of(world.applicant)

    browser = sign_in(number)

    assert number not in str(dict(browser.session))
    assert number not in str(browser.cookies)


def test_the_number_means_the_personal_account_where_there_is_one_for_a_unit_too(world, owner):
    clerk = world.add_person("clerk", unit="hospital", person_of="applicant")
    give_password(clerk.user, "Ganz-anders-99")

    assert signed_in(sign_in(number_of(world.applicant))) == owner
    assert signed_in(sign_in(number_of(world.applicant), "Ganz-anders-99")) is None


def test_the_number_of_somebody_with_accounts_for_units_alone_means_the_only_one(world):
    give_password(world.employer.user)
    number = number_of(world.employer)
    assert signed_in(sign_in(number)) == world.employer.user

    second = world.add_person("second_account", unit="firm", person_of="employer")
    give_password(second.user)
    assert signed_in(sign_in(number)) is None


def test_a_number_nobody_has_reads_like_a_wrong_password(world, owner):
    known = send(Client(), "account_login", {"login": number_of(world.applicant), "password": WRONG})
    unknown = send(Client(), "account_login", {"login": "430102198506017003", "password": WRONG})

    assert known.status_code == unknown.status_code == 422
    assert "账号或密码不正确" in known.content.decode()
    assert "账号或密码不正确" in unknown.content.decode()


# -- tries


def test_tries_are_counted_by_account_whatever_it_was_called_by(world, owner):
    fail("applicant", 2)
    fail(PHONE, 2)
    fail(number_of(world.applicant), 1)

    answer = send(Client(), "account_login", {"login": PHONE, "password": PASSWORD})

    assert "登录失败次数过多" in answer.content.decode()


def test_strangers_do_not_lock_the_owner_out_of_a_browser_they_have_used(owner):
    own = sign_in(PHONE)
    own.post(reverse("account_logout"))
    fail(PHONE, 6)

    assert signed_in(sign_in(PHONE)) is None
    assert signed_in(sign_in(PHONE, browser=own)) == owner


def test_whoever_takes_a_browser_with_a_mark_has_five_tries_and_no_more(owner):
    own = sign_in(PHONE)
    own.post(reverse("account_logout"))
    fail(PHONE, 5, own)

    assert signed_in(sign_in(PHONE, browser=own)) is None
    assert signed_in(sign_in(PHONE)) == owner


def test_a_mark_is_good_for_its_own_account_and_cannot_be_made_up(world, owner):
    give_password(world.other_applicant.user)
    own = sign_in(PHONE)
    own.post(reverse("account_logout"))
    fail("other_applicant", 5)
    own.cookies["known_device"] = own.cookies["known_device"].value + ".abc-def"

    assert signed_in(sign_in("other_applicant", browser=own)) is None


def test_thirty_failures_behind_one_address_stop_strangers_but_not_a_known_browser(world, owner):
    own = sign_in(PHONE)
    own.post(reverse("account_logout"))
    for number in range(30):
        fail(f"nobody{number}", 1)
    give_password(world.other_applicant.user)

    assert signed_in(sign_in("other_applicant")) is None
    assert signed_in(sign_in(PHONE, browser=own)) == owner


def test_many_tries_behind_one_address_do_not_stop_a_known_browser_either(settings, owner):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_elsewhere": "3/m/ip"}
    own = sign_in(PHONE)
    own.post(reverse("account_logout"))
    for _ in range(3):
        last = send(Client(), "account_login", {"login": PHONE, "password": PASSWORD})

    assert last.status_code == 429
    assert signed_in(sign_in(PHONE, browser=own)) == owner


def test_a_new_password_makes_the_browser_known(owner):
    browser = Client()
    send(browser, "account_reset_password", {"contact": PHONE})
    send(browser, "account_reset_password_verify", {"code": code_sent()})
    new = "Neu-Passwort-77"
    send(browser, "account_reset_password_new", {"password1": new, "password2": new})
    fail(PHONE, 5)

    assert signed_in(sign_in(PHONE, new, browser)) == owner


def test_a_shared_computer_remembers_the_last_five_accounts(world):
    browser = Client()
    names = ("applicant", "other_applicant", "third_applicant", "employer", "department", "bureau")
    for name in names:
        give_password(world.people[name].user)
        sign_in(name, browser=browser)
        browser.post(reverse("account_logout"))

    request = browser.get(reverse("site:home")).wsgi_request
    assert [name for name in names if signing.knows(request, name)] == list(names[1:])


# -- devices

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 9; HWI) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.mark.parametrize(
    ("agent", "name"),
    [(CHROME, "Chrome 浏览器，Windows 电脑"), (WECHAT, "微信，安卓手机"), ("", "其他浏览器，其他设备")],
)
def test_a_browser_is_named_in_words(agent, name):
    assert devices.name_of(agent) == name


def test_the_account_lists_where_it_is_signed_in_this_browser_first(owner):
    sign_in(PHONE, browser=Client(HTTP_USER_AGENT=WECHAT))
    here = sign_in(PHONE, browser=Client(HTTP_USER_AGENT=CHROME))

    page = here.get(reverse("organizations:account")).content.decode()

    assert page.index("Chrome 浏览器，Windows 电脑") < page.index("微信，安卓手机")
    assert page.count("正在使用") == 1


def test_a_device_is_ended_and_says_so_when_it_goes_on(owner):
    elsewhere, here = sign_in(PHONE), sign_in(PHONE)
    with scope(Actor.of(owner)):
        other = Device.objects.get(session_key=elsewhere.session.session_key)

    send(here, "organizations:devices", {"device": other.pk})
    answer = elsewhere.get(reverse("organizations:account"))

    assert parse_qs(urlsplit(answer.url).query)["ended"] == ["session"]
    assert "登录已过期，或者已在别处退出" in elsewhere.get(answer.url).content.decode()
    assert here.get(reverse("organizations:account")).status_code == 200


def test_all_others_are_ended_at_once(owner):
    others = [sign_in(PHONE), sign_in(PHONE)]
    here = sign_in(PHONE)

    answer = here.post(reverse("organizations:devices"), {"device": "others"}, follow=True)

    assert "已退出 2 台设备" in answer.content.decode()
    assert [each.get(reverse("organizations:account")).status_code for each in others] == [302, 302]


@pytest.mark.parametrize("which", ["", "x", "-1", "99999999999999999999"])
def test_what_names_no_device_ends_none(owner, which):
    elsewhere, here = sign_in(PHONE), sign_in(PHONE)

    assert send(here, "organizations:devices", {"device": which}).status_code == 302
    assert elsewhere.get(reverse("organizations:account")).status_code == 200


@pytest.mark.parametrize("which", ["0", "999999999999999999"])
def test_what_is_no_device_of_the_account_is_not_there(world, owner, which):
    give_password(world.other_applicant.user)
    stranger = sign_in("other_applicant")
    here = sign_in(PHONE)

    assert send(here, "organizations:devices", {"device": which}).status_code == 404
    assert stranger.get(reverse("organizations:account")).status_code == 200


def test_somebody_elses_device_is_neither_listed_nor_ended(world, owner):
    give_password(world.other_applicant.user)
    stranger, here = sign_in("other_applicant", browser=Client(HTTP_USER_AGENT=WECHAT)), sign_in(PHONE)
    with world.acting("other_applicant"):
        theirs = Device.objects.get()

    assert "微信" not in here.get(reverse("organizations:account")).content.decode()
    assert send(here, "organizations:devices", {"device": theirs.pk}).status_code == 404
    assert stranger.get(reverse("organizations:account")).status_code == 200
    with world.acting("applicant"):
        assert not Device.objects.filter(pk=theirs.pk).exists()


def test_a_device_stays_the_same_when_hat_or_password_change(world):
    give_password(world.employer.user)
    Membership.objects.create(user=world.employer.user, unit=world.firm)
    browser = sign_in("employer")
    with world.acting("employer"):
        before = Device.objects.get()

    send(browser, "organizations:switch", {"unit": world.employer.membership.pk})
    new = {"oldpassword": PASSWORD, "password1": "Neu-Passwort-77", "password2": "Neu-Passwort-77"}
    send(browser, "account_change_password", new)

    with world.acting("employer"):
        assert Device.objects.get().pk == before.pk
        assert Device.objects.get().session_key == browser.session.session_key


def test_a_device_is_forgotten_with_its_session(world, owner):
    browser = sign_in(PHONE)
    browser.post(reverse("account_logout"))

    tasks.sweep()

    with world.acting("applicant"):
        assert not Device.objects.exists()


# -- a page that stayed open


def test_what_was_sent_after_the_session_ended_is_said_at_sign_in(owner):
    browser = sign_in(PHONE)
    browser.session.flush()

    answer = browser.post(reverse("organizations:contact"), {"contact": PHONE, "oldpassword": PASSWORD})

    assert "刚才这一步没有办理" in browser.get(answer.url).content.decode()


def test_a_visitor_who_was_never_signed_in_reads_nothing_of_it(client, db):
    answer = client.get(reverse("organizations:account"))

    assert "ended" not in answer.url
    assert "登录已过期" not in client.get(answer.url).content.decode()
