"""Ways of reaching people: a third one is a folder and a line, and no message leaves by another than it names."""

from __future__ import annotations

from html import unescape

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.states import State
from cehours.my_data import gathering
from organizations import outbox, tasks
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import channels, contacts, messages, notices, sms
from organizations.messaging.channel import BadContact
from organizations.messaging.contacts import Contact
from organizations.models import Invitation, Message, ProvenContact, User
from organizations.services import closing
from tests.organizations.people import PASSWORD, code_sent, give_password, link_sent, send, sign_in
from tests.organizations.pigeon import Pigeon
from tests.world import World

pytestmark = [pytest.mark.django_db]

LOFT = "鸽舍77"


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    added = Pigeon()
    monkeypatch.setattr(channels, "ALL", (*channels.ALL, added))
    return added


@pytest.fixture
def owner(world: World) -> User:
    """An applicant who can sign in and is reached by pigeon alone, proven by a code."""
    user = world.people["applicant"].user
    give_password(user)
    return user


def proven(owner: User, loft: str = LOFT) -> Client:
    browser = sign_in(owner.username)
    send(browser, "organizations:contact", {"contact": loft, "oldpassword": PASSWORD})
    send(browser, "organizations:contact_verify", {"code": code_sent(loft)})
    return browser


def everything_leaves() -> None:
    """Notices and then messages, as the worker takes them from the outbox."""
    for task, work in (
        (notices.DELIVER, tasks.deliver_notice),
        ("organizations.send_message", tasks.send_message),
    ):
        with scope(Actor.system("tests")):
            waiting = outbox.OutboxItem.objects.filter(task=task, state="pending")
            keys = list(waiting.values_list("key", flat=True))
        for key in keys:
            work(key)


def text(browser: Client, page: str) -> str:
    return unescape(browser.get(reverse(page)).content.decode())


def test_a_contact_of_a_third_channel_is_the_accounts_once_its_code_was_typed(
    pigeon: Pigeon, owner: User
) -> None:
    browser = sign_in(owner.username)
    send(browser, "organizations:contact", {"contact": " 鸽舍７７ ", "oldpassword": PASSWORD})
    assert contacts.of(owner) == []

    send(browser, "organizations:contact_verify", {"code": code_sent(LOFT)})

    assert contacts.of(owner) == [Contact("carrier_pigeon", LOFT)]
    assert contacts.holder(Contact.parse(LOFT)) == owner
    assert "鸽舍…7" in text(browser, "organizations:account")
    everything_leaves()
    assert [loft for loft, _ in pigeon.sky] == [LOFT]
    assert mail.outbox == []


def test_a_notice_flies_through_the_outbox_and_says_its_title_only(
    pigeon: Pigeon, owner: User, world: World
) -> None:
    proven(owner)
    everything_leaves()
    pigeon.sky.clear()

    case = world.application(at=State.EMPLOYER_REVIEW)
    world.return_(case, by="employer", reason="身份证与姓名不符")
    everything_leaves()

    assert pigeon.sky[-1] == (LOFT, "申报被退回，请修改后重新提交，咕咕。")
    assert not any("身份证" in words for _, words in pigeon.sky)
    assert mail.outbox == []


def test_notices_by_a_third_channel_are_switched_off_and_on_on_the_page(
    pigeon: Pigeon, owner: User, world: World
) -> None:
    browser = proven(owner)
    assert "同时发信鸽到 鸽舍…7" in text(browser, "organizations:notices")
    everything_leaves()
    pigeon.sky.clear()

    send(browser, "organizations:notices_channels", {"sms": "yes", "email": "yes"})
    world.application(at=State.EMPLOYER_REVIEW)
    everything_leaves()
    assert pigeon.sky == []
    assert 'name="carrier_pigeon" value="yes">' in text(browser, "organizations:notices")

    send(browser, "organizations:notices_channels", {"carrier_pigeon": "yes"})
    assert 'name="carrier_pigeon" value="yes" checked>' in text(browser, "organizations:notices")
    assert notices.ways(User.objects.get(pk=owner.pk))[0].wanted


def test_a_loft_belongs_to_one_account_and_a_new_one_takes_the_formers_place(
    pigeon: Pigeon, owner: User, world: World
) -> None:
    proven(owner)
    other = world.people["other_applicant"].user
    with pytest.raises(IntegrityError, match="contact_belongs_to_one_account"), transaction.atomic():
        contacts.give(other, Contact.parse(LOFT))

    contacts.give(owner, Contact.parse("鸽舍8"))

    assert contacts.of(owner) == [Contact("carrier_pigeon", "鸽舍8")]
    contacts.give(other, Contact.parse(LOFT))


def test_who_has_a_loft_only_is_invited_there_and_joins(pigeon: Pigeon, world: World) -> None:
    browser = world.browser("employer")
    send(browser, "organizations:invite", {"name": "待邀请", "role": "reviewer", "contact": LOFT})

    invitation = Invitation.objects.get()
    assert (invitation.channel, invitation.address) == ("carrier_pigeon", LOFT)
    assert LOFT in text(browser, "organizations:members")
    assert Client().get(link_sent(LOFT)).status_code == 200


def test_my_data_tell_of_it_and_closing_the_account_forgets_it(
    pigeon: Pigeon, owner: User, world: World
) -> None:
    proven(owner)
    with world.acting("applicant") as actor:
        account = gathering.gather(actor).record["account"]
        assert account["contacts"] == [{"kind": "鸽舍号", "address": LOFT}]
        assert account["notices_by"] == {"sms": True, "email": True, "carrier_pigeon": True}
        closing.close_account(actor=actor, reason="", kept_by_law=False)

    assert not ProvenContact.objects.exists()
    assert contacts.holder(Contact("carrier_pigeon", LOFT)) is None


def test_what_is_no_address_is_answered_with_every_channels_example(pigeon: Pigeon) -> None:
    with pytest.raises(BadContact, match="11 位手机号码，或者完整的邮箱地址，或者以“鸽舍”开头的编号"):
        Contact.parse("hallo")
    with pytest.raises(BadContact, match="请填写手机号码、邮箱或鸽舍号"):
        Contact.parse(" - ")
    with pytest.raises(BadContact, match="鸽舍号应为数字"):
        Contact.parse("鸽舍七")


@pytest.mark.parametrize("typed", ["１３８ ００１３ ８０００", "+86 138-0013-8000", "13800138000"])
def test_a_mobile_number_is_understood_as_it_is_typed(typed: str) -> None:
    assert Contact.parse(typed) == Contact("sms", "13800138000")


def test_a_message_of_a_channel_that_is_gone_is_sent_by_no_other() -> None:
    with scope(Actor.system("tests")):
        message = messages.send(channel="carrier_pigeon", recipient="a@example.cn", subject="x", body="x")

    with scope(Actor.system("tests")), pytest.raises(LookupError, match="carrier_pigeon"):
        messages.deliver(str(message.pk))

    assert mail.outbox == []
    with scope(Actor.system("tests")):
        assert Message.objects.get(pk=message.pk).sent_at is None


@pytest.mark.parametrize(
    "path",
    ["organizations.sms.ConsoleSms", "organizations.messaging.sms.ConsoleSms"],
)
def test_an_installation_may_name_the_sms_backend_by_its_former_path(
    path: str, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    settings.SMS_BACKEND = path
    monkeypatch.setattr(sms.ConsoleSms, "send", lambda self, phone, text: sent.append(phone))

    with scope(Actor.system("tests")):
        message = messages.send(channel="sms", recipient="13800138000", body="验证码")
        messages.deliver(str(message.pk))

    assert sent == ["13800138000"]
