"""The second factor: set up, asked at sign-in, demanded by a setting, and kept from everybody but its owner."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cehours.checks import second_factor_is_off_or_for_staff
from cehours.my_data import gathering
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Device, Event
from organizations.services import closing
from tests.organizations.authenticator import answer_with, new_app, set_up, sign_in_with, wrong_for
from tests.organizations.people import PHONE, give_password, letters, sign_in, signed_in

LIST = "organizations:second_factor"
ADD = "organizations:second_factor_app"


@pytest.fixture
def clerk(world):
    """An administrator of 省第九人民医院 with a password and a telephone."""
    user = world.employer.user
    give_password(user)
    contacts.give(user, contacts.Contact.parse(PHONE))
    return user


@pytest.fixture
def demanded(settings):
    settings.SECOND_FACTOR = "staff"


def factors(user):
    with scope(Actor.of(user)):
        return list(Authenticator.objects.filter(user=user).values_list("type", flat=True).order_by("type"))


def acts(world, who="employer"):
    with world.acting(who):
        return list(
            Event.objects.filter(subject_id=world.hospital.pk).order_by("seq").values_list("act", flat=True)
        )


# -- setting up


def test_an_app_is_set_up_by_its_first_code_and_recovery_codes_are_shown_once(world, clerk):
    browser = sign_in("employer")

    _, codes = set_up(browser)

    assert len(set(codes)) == 10
    assert factors(clerk) == ["recovery_codes", "totp"]
    again = browser.get(reverse(LIST)).content.decode()
    assert "还剩" in again and not any(code in again for code in codes)


def test_a_wrong_first_code_sets_nothing_up_and_the_same_secret_stays_on_the_page(world, clerk):
    browser = sign_in("employer")
    app, sealed = new_app(browser)

    answer = browser.post(reverse(ADD), {"code": wrong_for(app), "sealed": sealed})

    assert answer.status_code == 422
    assert app.secret in answer.content.decode()
    assert factors(clerk) == []


def test_setting_up_is_on_record_and_told_to_the_owner(world, clerk):
    set_up(sign_in("employer"))

    assert acts(world) == ["second_factor_added"]
    assert "添加了二次验证（动态验证码）" in letters()[0]


def test_setting_up_asks_for_the_password_again_when_signing_in_is_long_ago(world, clerk):
    browser = world.browser("employer")  # signed in, nobody knows when

    asked = browser.get(reverse(ADD)).content.decode()
    wrong = browser.post(reverse(ADD), {"again-asked": "look", "again-password": "falsch-falsch"})
    right = browser.post(reverse(ADD), {"again-asked": "look", "again-password": "Xuexi-2025-lu"})

    assert 'name="again-password"' in asked and "otpauth" not in asked
    assert wrong.status_code == 422
    assert right.url == reverse(ADD)
    assert new_app(browser)


def test_setting_up_ends_the_other_sessions_of_the_account(world, clerk):
    elsewhere, here = sign_in("employer"), sign_in("employer")

    set_up(here)

    assert signed_in(elsewhere) is None
    assert signed_in(here) == clerk


def test_one_account_has_one_app(world, clerk):
    browser = sign_in("employer")
    app, sealed = new_app(browser)
    set_up(browser)

    answer = browser.post(reverse(ADD), {"code": app.code(), "sealed": sealed})

    assert "已经设置" in answer.content.decode()
    assert factors(clerk) == ["recovery_codes", "totp"]


def test_applicants_have_no_such_page(world):
    give_password(world.applicant.user)

    assert sign_in("applicant").get(reverse(LIST)).status_code == 404


# -- signing in


def test_the_password_alone_opens_nothing_once_there_is_a_second_factor(world, clerk):
    app, _ = set_up(sign_in("employer"))

    browser = sign_in("employer")

    assert signed_in(browser) is None
    assert browser.get(reverse("review:inbox")).status_code == 302
    assert answer_with(browser, app.code()).status_code == 302
    assert signed_in(browser) == clerk
    assert browser.get(reverse("review:inbox")).status_code == 200


def test_the_page_behind_a_link_is_reached_after_the_second_factor(world, clerk):
    app, _ = set_up(sign_in("employer"))
    browser = Client()
    browser.post(
        f"{reverse('account_login')}?next=/review/handled/",
        {"login": "employer", "password": "Xuexi-2025-lu", "next": "/review/handled/"},
    )

    assert answer_with(browser, app.code()).url == "/review/handled/"


@pytest.mark.parametrize("typed", ["{} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_a_code_may_be_typed_with_blanks(world, clerk, typed):
    app, _ = set_up(sign_in("employer"))

    assert signed_in(sign_in_with("employer", typed.format(app.code()))) == clerk


def test_a_code_counts_once(world, clerk):
    app, _ = set_up(sign_in("employer"))
    code = app.code()

    assert signed_in(sign_in_with("employer", code)) == clerk
    assert signed_in(sign_in_with("employer", code)) is None


def test_the_code_that_set_the_app_up_does_not_sign_in(world, clerk):
    browser = sign_in("employer")
    app, _ = set_up(browser)

    assert signed_in(sign_in_with("employer", app.code(0))) is None


def test_a_recovery_code_signs_in_once_and_its_owner_hears_of_it(world, clerk):
    _, codes = set_up(sign_in("employer"))

    assert signed_in(sign_in_with("employer", codes[3])) == clerk
    assert signed_in(sign_in_with("employer", codes[3])) is None
    assert acts(world) == ["second_factor_added", "recovery_code_used", "second_factor_failed"]
    assert "用一个备用码通过了二次验证" in letters()[0]


def test_the_sixth_wrong_code_waits_even_with_the_right_one_and_from_another_browser(world, clerk):
    app, _ = set_up(sign_in("employer"))
    browser = sign_in("employer")
    for _ in range(5):
        assert answer_with(browser, wrong_for(app)).status_code == 422

    other = sign_in("employer")
    answer = answer_with(other, app.code())

    assert "验证失败次数过多" in answer.content.decode()
    assert signed_in(other) is None
    assert acts(world).count("second_factor_failed") == 6


def test_the_list_of_devices_names_the_second_factor(world, clerk):
    app, _ = set_up(sign_in("employer"))

    browser = sign_in_with("employer", app.code())

    with scope(Actor.of(clerk)):
        assert list(Device.objects.filter(user=clerk).values_list("factor", flat=True)) == ["totp", "totp"]
    assert "动态验证码" in browser.get(reverse("organizations:account")).content.decode()


def test_an_account_that_was_switched_off_meanwhile_does_not_get_in(world, clerk):
    app, _ = set_up(sign_in("employer"))
    browser = sign_in("employer")
    clerk.is_active = False
    clerk.save()

    assert answer_with(browser, app.code()).url == reverse("account_inactive")
    assert signed_in(browser) is None


def test_without_the_password_nobody_is_asked(world):
    assert Client().get(reverse("mfa_authenticate")).url == reverse("account_login")
    assert answer_with(Client(), "123456").url == reverse("account_login")


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "7", '"x"', '{"id": "AA", "response": {}}', "[" * 900, "null"]
)
def test_what_is_no_answer_of_a_key_is_refused_like_a_wrong_one(world, clerk, answer):
    set_up(sign_in("employer"))
    browser = sign_in("employer")

    page = browser.post(reverse("mfa_authenticate"), {"again-asked": "act", "again-credential": answer})

    assert page.status_code == 422
    assert "安全密钥没有通过验证" in page.content.decode()


# -- demanded


def test_whoever_works_for_a_unit_can_do_nothing_before_it_is_set_up(world, clerk, demanded):
    browser = sign_in("employer")

    for name in ("review:inbox", "organizations:members", "organizations:account", "site:start"):
        assert browser.get(reverse(name)).url == reverse(LIST), name
    assert browser.post(reverse("organizations:invite"), {}).url == reverse(LIST)
    assert "请先设置二次验证" in browser.get(reverse(LIST)).content.decode()

    set_up(browser)
    assert browser.get(reverse("review:inbox")).status_code == 200


def test_signing_out_and_public_pages_stay_open_meanwhile(world, clerk, demanded):
    browser = sign_in("employer")

    assert browser.get(reverse("site:help")).status_code == 200
    assert browser.get(reverse("account_logout")).status_code == 200


def test_nothing_is_demanded_of_applicants(world, demanded):
    give_password(world.applicant.user)

    assert sign_in("applicant").get(reverse("applications:list")).status_code == 200


def test_a_session_from_before_it_was_demanded_is_led_there_too(world, demanded):
    assert world.browser("employer").get(reverse("review:inbox")).url == reverse(LIST)


def test_the_last_one_stays_where_it_is_demanded(world, clerk, demanded):
    browser = sign_in("employer")
    set_up(browser)

    answer = browser.post(remove_address(clerk), follow=True)

    assert "这是最后一种，不能删除" in answer.content.decode()
    assert factors(clerk) == ["recovery_codes", "totp"]


@pytest.mark.parametrize(("value", "faults"), [("off", 0), ("staff", 0), ("on", 1), ("", 1)])
def test_the_check_knows_the_two_values_of_the_setting(settings, value, faults):
    settings.SECOND_FACTOR = value

    assert len(second_factor_is_off_or_for_staff()) == faults


# -- taking away


def remove_address(user, kind="totp"):
    with scope(Actor.of(user)):
        pk = Authenticator.objects.get(user=user, type=kind).pk
    return reverse("organizations:second_factor_remove", args=[pk])


def test_whoever_takes_the_last_one_away_signs_in_by_password_again(world, clerk):
    browser = sign_in("employer")
    set_up(browser)
    assert "删除“动态验证码”？" in browser.get(remove_address(clerk)).content.decode()

    browser.post(remove_address(clerk))

    assert factors(clerk) == []
    assert acts(world)[-1] == "second_factor_removed"
    assert "删除了二次验证" in letters()[0]
    assert signed_in(sign_in("employer")) == clerk


def test_new_recovery_codes_end_the_former_ones(world, clerk):
    browser = sign_in("employer")
    _, codes = set_up(browser)

    page = browser.post(reverse("organizations:second_factor_codes")).content.decode()

    assert not any(code in page for code in codes)
    assert signed_in(sign_in_with("employer", codes[0])) is None
    assert acts(world)[1] == "recovery_codes_made"


def test_a_colleagues_second_factor_is_missing_to_me(world, clerk):
    set_up(sign_in("employer"))
    give_password(world.second_employer.user)

    assert sign_in("second_employer").get(remove_address(clerk)).status_code == 404
    assert sign_in("second_employer").post(remove_address(clerk)).status_code == 404


# -- kept from others


def test_the_secret_is_encrypted_at_rest_and_opens_for_its_account_alone(world, clerk):
    app, _ = set_up(sign_in("employer"))
    other = world.second_employer.user
    with scope(Actor.of(clerk)):
        kept = Authenticator.objects.get(user=clerk, type="totp").data

    assert app.secret not in json.dumps(kept)
    with scope(Actor.of(clerk)):
        assert Authenticator(user=clerk, type="totp", data=kept).wrap().validate_code(app.code(1))
    with scope(Actor.of(other)):
        assert not Authenticator(user=other, type="totp", data=kept).wrap().validate_code(app.code())


def test_a_damaged_secret_lets_nobody_in_and_sign_in_goes_on_with_a_recovery_code(world, clerk):
    app, codes = set_up(sign_in("employer"))
    with scope(Actor.of(clerk)):
        Authenticator.objects.filter(user=clerk, type="totp").update(data={"secret": "MTpkYW1hZ2Vk"})

    assert signed_in(sign_in_with("employer", app.code())) is None
    assert signed_in(sign_in_with("employer", codes[0])) == clerk


def test_the_database_shows_and_gives_second_factors_to_their_owner_only(world, clerk):
    set_up(sign_in("employer"))

    for stranger in (world.second_employer, world.bureau, Actor.public(), Actor.system("test")):
        with scope(stranger):
            assert not Authenticator.objects.exists()
            assert Authenticator.objects.filter(user=clerk).delete()[0] == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                Authenticator.objects.create(user=clerk, type="webauthn", data={})
    assert factors(clerk) == ["recovery_codes", "totp"]


def test_two_apps_at_once_are_refused_by_the_database(world, clerk):
    set_up(sign_in("employer"))

    with scope(Actor.of(clerk)), pytest.raises(IntegrityError), transaction.atomic():
        Authenticator.objects.create(user=clerk, type="totp", data={})


# -- what is kept of a person


def test_ones_own_data_name_the_second_factor_and_hold_no_secret(world, clerk):
    app, codes = set_up(sign_in("employer"))
    with scope(Actor.of(clerk)) as person:
        record = gathering.gather(person).record

    kinds = {each["kind"] for each in record["account"]["second_factors"]}
    assert kinds == {"动态验证码", "备用码"}
    assert record["account"]["signed_in_on"][0]["second_factor"] == "动态验证码"
    assert app.secret not in json.dumps(record) and codes[0] not in json.dumps(record)


def test_a_closed_account_keeps_none(world, clerk):
    set_up(sign_in("employer"))
    clerk.memberships.all().delete()

    with scope(Actor.of(clerk)) as person:
        closing.close_account(actor=person, reason="", kept_by_law=False)

    assert factors(clerk) == []
