"""Members of a unit: invited by a secret link, once; removed, but never the last admin."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cehours.lib import clock
from organizations.acting.errors import NotYours
from organizations.messaging import contacts
from organizations.models import Event, Invitation, Membership, Person, User
from organizations.registry import identity
from organizations.services import members
from organizations.services.members import secret_hash
from tests.organizations.people import (
    PASSWORD,
    give_password,
    id_number,
    letters,
    link_sent,
    send,
    sign_in,
    signed_in,
)

MAIL = "neu@example.cn"
NAME = "周新"


def invite(world, who="employer", **changed):
    """Sends an invitation and returns the path of its link."""
    filled = {"name": NAME, "role": "reviewer", "contact": MAIL, **changed}
    answer = send(world.browser(who), "organizations:invite", filled)
    assert answer.status_code == 302, answer.content.decode()
    return link_sent(filled["contact"])


def joining(**changed):
    return {
        "id_kind": "resident",
        "id_number": id_number(),
        "password1": PASSWORD,
        "password2": PASSWORD,
        "consent": "on",
        **changed,
    }


def acts(world, who, unit):
    with world.acting(who):
        return list(
            Event.objects.filter(subject="unit", subject_id=unit.pk)
            .order_by("seq")
            .values_list("act", flat=True)
        )


# -- inviting


def test_only_the_hash_of_the_secret_is_kept(world):
    secret = invite(world).rstrip("/").rpartition("/")[2]

    invitation = Invitation.objects.get()
    assert bytes(invitation.secret_hash) == secret_hash(secret)
    assert secret not in str(invitation.__dict__)
    assert acts(world, "employer", world.hospital) == ["member_invited"]


@pytest.mark.parametrize("who", ["applicant", "university_reviewer"])
def test_only_admins_invite(world, who):
    if who == "university_reviewer":
        Membership.objects.filter(pk=world.university_reviewer.membership.pk).update(role="reviewer")
    browser = world.browser(who)

    assert browser.get(reverse("organizations:members")).status_code == 404
    answer = send(browser, "organizations:invite", {"name": NAME, "role": "admin", "contact": MAIL})
    assert answer.status_code == 404
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["other_employer", "department", "other_bureau", "city_bureau"])
def test_the_admin_of_another_unit_neither_sees_nor_invites(world, who):
    browser = world.browser(who)

    assert browser.get(reverse("organizations:unit_members", args=[world.hospital.pk])).status_code == 404
    answer = send(
        browser,
        "organizations:unit_invite",
        {"name": NAME, "role": "admin", "contact": MAIL},
        world.hospital.pk,
    )
    assert answer.status_code == 404
    assert not Invitation.objects.exists()


def test_a_bureau_invites_the_first_admin_of_a_unit_it_keeps(world):
    answer = send(
        world.browser("city_bureau"),
        "organizations:unit_invite",
        {"name": NAME, "role": "admin", "contact": MAIL},
        world.firm.pk,
    )

    assert answer.url == reverse("organizations:unit_members", args=[world.firm.pk])
    assert Invitation.objects.get().unit == world.firm


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "请填写受邀人姓名"),
        ({"contact": "abc"}, "11 位手机号码"),
        ({"role": "king"}, "请从列表中选择角色"),
    ],
)
def test_a_wrong_invitation_is_answered_with_what_to_do(world, changed, says):
    answer = send(
        world.browser("employer"),
        "organizations:invite",
        {"name": NAME, "role": "reviewer", "contact": MAIL, **changed},
    )

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not letters(MAIL)


# -- accepting


def test_a_new_colleague_opens_an_account_and_starts_in_the_unit(world):
    link = invite(world)
    browser = Client()
    assert NAME in browser.get(link).content.decode()

    browser.post(link, joining())

    user = signed_in(browser)
    assert user.display_name == NAME
    assert [hat.unit for hat in user.memberships.all()] == [world.hospital]
    assert contacts.of(user) == [contacts.Contact.parse(MAIL)]
    assert browser.get(reverse("review:inbox")).status_code == 200
    assert acts(world, "employer", world.hospital)[0] == "member_invited"
    assert signed_in(sign_in(MAIL)) == user


def test_an_existing_account_accepts_after_signing_in(world):
    user = world.applicant.user
    give_password(user)
    contacts.give(user, contacts.Contact.parse(MAIL))
    link = invite(world, name=user.display_name)

    page = Client().get(link).content.decode()
    assert "请登录后接受" in page
    assert "id_number" not in page

    browser = sign_in(MAIL)
    browser.post(link)
    assert user.memberships.get().unit == world.hospital


def test_joining_is_on_record(world):
    link = invite(world, name=world.applicant.user.display_name)
    world.browser("applicant").post(link)

    with world.acting("applicant"):
        event = Event.objects.get(act="member_joined")
    assert event.subject_id == world.hospital.pk
    assert event.person_id == world.applicant.person_id


def test_a_link_works_once(world):
    link = invite(world)
    Client().post(link, joining())

    second = Client()
    assert second.get(link).status_code == 404
    assert second.post(link, joining(id_number=id_number(701))).status_code == 404
    assert Membership.objects.filter(unit=world.hospital).count() == 3


def test_a_link_ends_after_seven_days(world):
    link = invite(world)

    with clock.at(clock.now() + timedelta(days=7, seconds=1)):
        browser = Client()
        answer = browser.get(link)
        posted = browser.post(link, joining())

    assert answer.status_code == posted.status_code == 404
    assert "请联系邀请人重新发送" in answer.content.decode()
    assert not User.objects.filter(display_name=NAME).exists()


def test_a_revoked_link_answers_like_one_that_never_was(world):
    link = invite(world)
    invitation = Invitation.objects.get()
    send(world.browser("employer"), "organizations:revoke", {}, invitation.pk)

    browser = Client()
    revoked, unknown = browser.get(link), browser.get("/invitations/niemals/")
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.context["says"] == unknown.context["says"]
    assert acts(world, "employer", world.hospital) == ["member_invited", "invitation_revoked"]


@pytest.mark.parametrize("who", ["other_employer", "department"])
def test_nobody_revokes_another_units_invitation(world, who):
    invite(world)

    answer = send(world.browser(who), "organizations:revoke", {}, Invitation.objects.get().pk)

    assert answer.status_code == 404
    assert Invitation.objects.exists()


def test_an_invitation_of_a_switched_off_unit_is_void(world):
    link = invite(world)
    world.hospital.active = False
    world.hospital.save(update_fields=["active"])

    assert Client().post(link, joining()).status_code == 404


def test_somebody_else_who_is_signed_in_cannot_use_the_link(world):
    link = invite(world)

    browser = world.browser("applicant")
    shown = browser.get(link).content.decode()
    answer = browser.post(link)

    assert "退出后换账号" in shown
    assert answer.status_code == 422
    assert "邀请的是周新" in answer.content.decode()
    assert not world.applicant.user.memberships.exists()


def test_a_known_person_signs_in_instead_of_opening_a_second_account(world):
    with world.acting("applicant"):
        person = Person.objects.get(pk=world.applicant.person_id)
        number = identity.number_of(person)
    link = invite(world, name=person.name)

    answer = Client().post(link, joining(id_number=number))

    assert answer.status_code == 422
    assert "请先用原账号登录" in answer.content.decode()
    assert User.objects.filter(person_id=person.pk).count() == 1


def test_an_invited_account_is_not_opened_with_a_strangers_number(world):
    with world.acting("applicant"):
        number = identity.number_of(Person.objects.get(pk=world.applicant.person_id))
    link = invite(world)

    answer = Client().post(link, joining(id_number=number))

    assert answer.status_code == 422
    assert not User.objects.filter(display_name=NAME).exists()


def test_guessing_identity_numbers_behind_a_link_is_throttled(world):
    link = invite(world)
    with world.acting("applicant"):
        number = identity.number_of(Person.objects.get(pk=world.applicant.person_id))

    answers = [Client().post(link, joining(id_number=number)).status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]


# -- removing


def test_a_removed_member_decides_nothing_from_the_next_request_on(world):
    colleague = world.browser("second_employer")
    assert colleague.get(reverse("review:inbox")).status_code == 200

    browser = world.browser("employer")
    asked = browser.get(reverse("organizations:remove_member", args=[world.second_employer.membership.pk]))
    assert "立即不能再为省第九人民医院办理审核" in asked.content.decode()
    send(browser, "organizations:remove_member", {}, world.second_employer.membership.pk)

    assert colleague.get(reverse("organizations:members")).status_code == 404
    assert acts(world, "employer", world.hospital) == ["member_removed"]


def test_the_last_admin_stays(world):
    browser = world.browser("employer")
    Membership.objects.filter(pk=world.second_employer.membership.pk).update(role="reviewer")

    send(browser, "organizations:remove_member", {}, world.employer.membership.pk)

    assert Membership.objects.filter(pk=world.employer.membership.pk).exists()
    assert "唯一的管理员" in browser.get(reverse("organizations:members")).content.decode()


@pytest.mark.parametrize("who", ["other_employer", "department", "other_bureau"])
def test_nobody_removes_a_member_of_another_unit(world, who):
    member = world.employer.membership

    assert send(world.browser(who), "organizations:remove_member", {}, member.pk).status_code == 404
    with world.acting(who) as actor, pytest.raises(NotYours):
        members.remove_member(actor=actor, unit_id=world.hospital.pk, membership_id=member.pk)
    assert Membership.objects.filter(pk=member.pk).exists()


def test_a_member_of_one_unit_is_not_removed_through_another(world):
    """The bureau keeps both units; the address names the wrong one."""
    with world.acting("bureau") as actor, pytest.raises(NotYours):
        members.remove_member(
            actor=actor, unit_id=world.university.pk, membership_id=world.employer.membership.pk
        )


def test_the_list_asks_as_often_for_three_members_as_for_one(world):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("organizations:members")).status_code == 200
        return len(asked)

    browser = world.browser("society_admin")
    queries()  # what every page shows is kept from now on
    one = queries()
    for key in ("zwei", "drei"):
        world.add_person(key, unit="society")
    assert queries() == one
