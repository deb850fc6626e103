"""A colleague who lost the telephone and the recovery codes is helped by whoever keeps the unit's members."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Event, Membership
from organizations.registry import kept as registry
from organizations.services import second_factors
from tests.organizations.authenticator import set_up
from tests.organizations.people import PHONE, give_password, letters, sign_in, signed_in


@pytest.fixture
def lost(world):
    """The browser of a colleague at 省第九人民医院, signed in, with a second factor."""
    user = world.second_employer.user
    give_password(user)
    contacts.give(user, contacts.Contact.parse(PHONE))
    browser = sign_in("second_employer")
    set_up(browser)
    return browser


def factors(user):
    with scope(Actor.of(user)):
        return Authenticator.objects.filter(user=user).count()


def own(world, who="second_employer"):
    return reverse("organizations:reset_second_factor", args=[world.people[who].membership.pk])


def kept(world, who="second_employer", unit="hospital"):
    pk = world.units[unit].pk
    return reverse("organizations:unit_reset_second_factor", args=[pk, world.people[who].membership.pk])


def test_an_administrator_puts_a_colleague_back_to_the_password(world, lost):
    browser = world.browser("employer")
    assert "已设置" in browser.get(reverse("organizations:members")).content.decode()
    assert "丢失的同事" in browser.get(own(world)).content.decode()

    browser.post(own(world))

    assert factors(world.second_employer.user) == 0
    assert signed_in(lost) is None
    assert lost.get(reverse("review:inbox")).status_code == 302
    assert signed_in(sign_in("second_employer")) == world.second_employer.user


def test_it_is_on_record_and_told_to_the_colleague(world, lost):
    world.browser("employer").post(own(world))

    with world.acting("employer"):
        event = Event.objects.get(subject_id=world.hospital.pk, act="second_factor_reset")
    assert event.user == world.employer.user
    assert f'"user": {world.second_employer.user.pk}' in event.facts
    assert "重置了您的学时核认账号的二次验证" in letters()[0]


def test_the_bureau_above_helps_where_a_unit_has_one_administrator(world, lost):
    world.browser("bureau").post(kept(world))

    assert factors(world.second_employer.user) == 0


@pytest.mark.parametrize("who", ["other_employer", "department", "other_bureau", "city_bureau", "applicant"])
def test_nobody_else_finds_the_page(world, lost, who):
    browser = world.browser(who)

    assert browser.post(kept(world)).status_code == 404
    assert browser.post(own(world)).status_code == 404
    assert factors(world.second_employer.user) == 2


def test_a_reviewer_who_is_no_administrator_does_not_either(world, lost):
    Membership.objects.filter(user=world.employer.user).update(role="reviewer")

    assert world.browser("employer").post(own(world)).status_code == 404
    assert factors(world.second_employer.user) == 2


def test_ones_own_is_changed_elsewhere(world, lost):
    answer = lost.post(own(world), follow=True)

    assert "本人的二次验证请在“我的资料”中更改" in answer.content.decode()
    assert factors(world.second_employer.user) == 2


def test_where_there_is_none_it_says_so(world):
    answer = world.browser("employer").post(own(world), follow=True)

    assert "没有设置二次验证，不必重置" in answer.content.decode()


@pytest.mark.parametrize("who", ["other_employer", "department", "city_bureau", "applicant"])
def test_the_database_itself_refuses_whoever_does_not_keep_the_unit(world, lost, who):
    colleague = world.second_employer.user.pk

    with (
        world.acting(who),
        pytest.raises(DatabaseError, match="keeps an account's unit"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT reset_second_factor(%s)", [colleague])
    assert factors(world.second_employer.user) == 2


@pytest.mark.parametrize(
    ("who", "unit", "keeps"),
    [
        ("bureau", "hospital", True),
        ("bureau", "firm", True),
        ("bureau", "changsha", True),
        ("city_bureau", "firm", True),
        ("city_bureau", "school", True),
        ("city_bureau", "hospital", False),
        ("city_bureau", "factory", False),
        ("other_bureau", "factory", True),
        ("other_bureau", "lusong", False),
        ("county_bureau", "factory", True),
        ("county_bureau", "firm", False),
        ("employer", "hospital", True),
        ("employer", "group", False),
    ],
)
def test_the_database_and_the_registry_agree_on_who_keeps_a_units_members(world, who, unit, keeps):
    member = Membership.objects.filter(unit=world.units[unit]).exclude(user=world.people[who].user).first()

    with world.acting(who), connection.cursor() as cursor:
        cursor.execute("SELECT keeps_member(%s)", [member.user_id])
        assert cursor.fetchone() == (keeps,)
    with world.acting(who) as actor:
        own_unit = actor.unit_id == world.units[unit].pk
        found = own_unit or (
            actor.is_bureau and registry.units_kept_by(actor).filter(pk=world.units[unit].pk).exists()
        )
        assert found is keeps


def test_who_have_one_is_told_to_whoever_keeps_the_unit(world, lost):
    with world.acting("employer"):
        assert second_factors.who_have_one(world.hospital) == {world.second_employer.user.pk}
    with world.acting("other_employer"):
        assert second_factors.who_have_one(world.hospital) == set()
