"""注销: what goes at once, what the law keeps, and who may come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from applications.models import Application, Evidence
from applications.states import State
from cehours.my_data import closing, tasks
from certificates.models import Certificate
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.messaging import contacts, messages
from organizations.messaging.contacts import Contact
from organizations.models import DataRequest, Event, Membership, Message, Person, User
from organizations.registry import identity
from organizations.services import accounts, data_requests
from organizations.services.closing import let_back
from review.services import handing_on
from tests.world import World

PASSWORD = "Xuexi-2025-lu"
PHONE = Contact("sms", "13800138000")
MAIL = Contact("email", "jia@example.cn")
Commits = Callable[..., AbstractContextManager[Any]]


def with_contacts(world: World, who: str = "applicant") -> User:
    user = User.objects.get(pk=world.people[who].user_id)
    contacts.give(user, PHONE)
    contacts.give(user, MAIL)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def close(world: World, who: str = "applicant") -> DataRequest:
    with world.acting(who) as actor:
        return closing.close(actor=actor, reason="不再申报")


def document(world: World, who: str = "applicant") -> tuple[str, str]:
    """(name, number) of the person."""
    with scope(Actor.system("test")):
        person = Person.objects.get(pk=world.people[who].person_id)
        return person.name, identity.number_of(person)


def register(name: str, number: str, contact: Contact) -> User:
    with scope(Actor.public()):
        return accounts.register(
            name=name,
            id_kind="resident",
            id_number=number,
            password_hash=make_password(PASSWORD),
            contact=contact,
        )


def test_drafts_that_were_never_submitted_are_erased_with_the_person(world: World) -> None:
    world.draft(years=(2023,))
    name, number = document(world)

    close(world)

    with scope(Actor.system("test")):
        assert not Application.objects.exists() and not Evidence.objects.exists()
        person = Person.objects.get(pk=world.applicant.person_id)
        assert person.name == "已注销" and bytes(person.id_cipher) == b""
        assert list(audit.faults()) == []
    assert identity.find_person("resident", number) is None
    assert register(name, number, PHONE).person_id != world.applicant.person_id


def test_what_was_submitted_and_certificates_are_kept(world: World) -> None:
    case = world.application(at=State.APPROVED)
    before = document(world)

    request = close(world)

    assert document(world) == before
    with scope(Actor.system("test")):
        assert Application.objects.get(pk=case.pk).state == State.APPROVED
        assert Evidence.objects.filter(application=case).count() == 15
        assert all(default_storage.exists(paper.storage_key) for paper in Evidence.objects.all())
        assert Certificate.objects.filter(application=case).exists()
        assert (
            Event.objects.get(subject_id=request.pk, act="account_closed").facts == '{"kept": true, "v": 2}'
        )
        assert list(audit.faults()) == []
    with world.acting("bureau"):
        assert Application.objects.get(pk=case.pk).name == before[0]


def test_who_stood_in_for_a_unit_stays_known_by_name(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    Membership.objects.filter(unit=world.hospital).delete()
    with world.acting("bureau") as actor:
        handing_on.stand_in(
            actor=actor, case_id=case.pk, seen=case.version, reason="该单位没有可以审核的账号"
        )
    before = document(world, "bureau")
    Membership.objects.filter(user=world.bureau.user_id).delete()
    with scope(Actor.of(User.objects.get(pk=world.bureau.user_id), None)) as person:
        closing.close(actor=person, reason="不再任职")

    assert document(world, "bureau") == before


def test_the_account_signs_in_no_more_and_its_contacts_are_gone(world: World) -> None:
    world.application(at=State.APPROVED)
    user = with_contacts(world)
    with scope(Actor.public()):
        letter = messages.send(channel="sms", recipient=PHONE.address, body="验证码 123456")
    with scope(Actor.system("test")):
        messages.deliver(str(letter.pk))
    elsewhere = Client()
    assert elsewhere.login(username="applicant", password=PASSWORD)

    close(world)

    user.refresh_from_db()
    assert (user.is_active, user.phone, user.email, user.display_name, user.person_id) == (
        False, "", "", "已注销", None,
    )  # fmt: skip
    assert user.username.startswith("closed-") and not user.has_usable_password()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert contacts.holder(PHONE) is contacts.holder(MAIL) is None
    with scope(Actor.system("test")):
        assert not Message.objects.filter(recipient=PHONE.address, sent_at__isnull=False).exists()
    for login in (PHONE.address, MAIL.address, "applicant"):
        Client().post(reverse("account_login"), {"login": login, "password": PASSWORD})
        assert not Client().login(username=login, password=PASSWORD)
    assert elsewhere.get(reverse("my_data:show")).status_code == 302, "sessions elsewhere are over"


def test_an_application_in_review_or_work_for_a_unit_stands_against_it(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    with pytest.raises(NotNow, match="正在审核"):
        close(world)
    world.withdraw(case)
    close(world)

    at_home = Actor.of(world.employer.user)
    with pytest.raises(NotNow, match="省第九人民医院"), scope(at_home):
        closing.close(actor=at_home, reason="")
    with pytest.raises(NotAllowed), world.acting("employer") as actor:
        closing.close(actor=actor, reason="")


def test_pending_requests_end_and_archives_are_deleted(
    world: World, django_capture_on_commit_callbacks: Commits
) -> None:
    world.application(at=State.REJECTED)
    with world.acting("applicant") as actor:
        export = data_requests.ask_export(actor=actor)
        tasks.export(str(export.pk))
        wanted = data_requests.Identity(name="更名后")
        correction = data_requests.ask_correction(actor=actor, wanted=wanted, reason="已更名")
    with django_capture_on_commit_callbacks(execute=True):
        close(world)

    with scope(Actor.system("test")):
        ended = DataRequest.objects.get(pk=correction.pk)
    assert (ended.state, ended.name, ended.wanted_name, bytes(ended.id_cipher)) == ("declined", "", "", b"")
    assert default_storage.listdir("archives")[1] == []


def test_with_records_kept_only_a_former_contact_opens_a_new_account(world: World) -> None:
    case = world.application(at=State.APPROVED)
    with_contacts(world)
    name, number = document(world)
    close(world)

    with pytest.raises(accounts.AlreadyKnown):
        register(name, number, Contact("sms", "13900139000"))
    returned = register(name, number, PHONE)

    assert returned.person_id == world.applicant.person_id
    with scope(Actor.of(returned)):
        assert Application.objects.filter(pk=case.pk).exists()


def test_an_invitation_does_not_open_them_either(world: World) -> None:
    world.application(at=State.APPROVED)
    with_contacts(world)
    name, number = document(world)
    close(world)

    with pytest.raises(NotAllowed, match="不能另开账号"), scope(Actor.public()):
        accounts.open_for_a_member(
            name=name,
            id_kind="resident",
            id_number=number,
            password_hash="x",
            contact=Contact("sms", "13900139000"),
        )


def test_the_province_lets_somebody_back_whose_contacts_are_lost(world: World) -> None:
    world.application(at=State.APPROVED)
    with_contacts(world)
    name, number = document(world)
    close(world)

    with pytest.raises(NotYours), world.acting("city_bureau") as actor:
        let_back(actor=actor, id_kind="resident", id_number=number)
    with world.acting("bureau") as actor:
        let_back(actor=actor, id_kind="resident", id_number=number)
    assert register(name, number, Contact("sms", "13900139000")).person_id == world.applicant.person_id
    with pytest.raises(NotAllowed, match="没有找到"), world.acting("bureau") as actor:
        let_back(actor=actor, id_kind="resident", id_number=number)


def test_the_page_says_plainly_what_is_kept_and_asks_for_password_and_consent(world: World) -> None:
    world.application(at=State.APPROVED)
    user = with_contacts(world)
    browser = world.browser(Actor.of(user))
    url = reverse("my_data:close")

    page = browser.get(url).content.decode()
    assert "依法保留 10 年" in page and "学时认定单" in page and "立即删除" in page
    for typed in (
        {},
        {"understood": "on"},
        {"understood": "on", "oldpassword": "falsch-2025"},
        {"oldpassword": PASSWORD},
    ):
        answer = browser.post(url, typed)
        assert answer.status_code == 422 and "error-summary" in answer.content.decode()
    user.refresh_from_db()
    assert user.is_active

    done = browser.post(url, {"understood": "on", "oldpassword": PASSWORD}, follow=True)

    assert "账号已注销" in done.content.decode()
    assert "_auth_user_id" not in browser.session
    assert browser.get(reverse("my_data:show")).status_code == 302


def test_the_page_of_somebody_with_nothing_filed_promises_to_erase_the_identity(world: World) -> None:
    world.draft(years=())

    page = world.browser("applicant").get(reverse("my_data:close")).content.decode()

    assert "从未提交的“2025年度高级职称学时核认”" in page and "没有需要依法保留的记录" in page
    assert "依法保留 10 年" not in page
