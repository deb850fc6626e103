"""Whatever leaves, leaves as a row in the act's own transaction; the demo's mailbox shows the rows."""

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from django.urls import reverse

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from tests.organizations.people import PHONE, code_sent, letters, link_sent, registration, send

pytestmark = pytest.mark.django_db


def test_a_code_leaves_through_the_outbox(mailoutbox):
    send(Client(), "account_signup", registration())

    assert mailoutbox == []
    with scope(Actor.system("test")):
        assert OutboxItem.objects.get().task == "organizations.send_message"


def test_even_allauth_sends_through_the_outbox(mailoutbox):
    with scope(Actor.public()):
        get_adapter().send_mail(
            "account/email/unknown_account", "wer@example.cn", {"email": "wer@example.cn"}
        )

    assert mailoutbox == []
    assert letters("wer@example.cn")


def test_the_demo_mailbox_shows_codes_to_everybody(settings):
    settings.DEMO = True
    send(Client(), "account_signup", registration())

    page = Client().get(reverse("organizations:mailbox")).content.decode()

    assert PHONE in page
    assert code_sent() in page


def test_links_in_the_demo_mailbox_can_be_followed(world, settings):
    settings.DEMO = True
    invited = {"name": "周新", "role": "reviewer", "contact": PHONE}
    send(world.browser("employer"), "organizations:invite", invited)

    page = Client().get(reverse("organizations:mailbox")).content.decode()

    assert f'href="{settings.PUBLIC_URL}{link_sent(PHONE)}"' in page


def test_an_empty_mailbox_says_what_will_be_there(settings):
    settings.DEMO = True

    assert "还没有短信和邮件" in Client().get(reverse("organizations:mailbox")).content.decode()


@pytest.mark.parametrize("who", [None, "bureau", "applicant"])
def test_outside_a_demo_there_is_no_mailbox(world, settings, who):
    settings.DEMO = False
    browser = world.browser(who) if who else Client()

    assert browser.get(reverse("organizations:mailbox")).status_code == 404
