"""The second factor is asked again before what much depends on, and nothing that was typed is lost by it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from cehours.lib import clock
from organizations.models import Event, Invitation
from tests.organizations.authenticator import answer_with, set_up, wrong_for
from tests.organizations.people import give_password, sign_in

INVITATION = {"name": "周新", "role": "reviewer", "contact": "neu@example.cn"}
# What asks when it is opened, and what asks when it is sent: (name, arguments, whether looking asks as well).
ASKS = [
    ("certificates:revoke", [uuid4()], True),
    ("certificates:confirm_revocation", [uuid4()], False),
    ("certificates:bodies", [], False),
    ("certificates:body_renew", [1], False),
    ("certificates:body_end", [1], False),
    ("learning:keys", [], False),
    ("learning:key_rotate", [uuid4()], False),
    ("learning:key_end", [uuid4()], False),
    ("applications:session_new", [], True),
    ("applications:session_edit", [uuid4()], True),
    ("applications:session_remove", [uuid4()], True),
    ("organizations:unit_new", [], True),
    ("organizations:unit_edit", [uuid4()], True),
    ("organizations:bureau_new", [], True),
    ("review:merge_unit", [uuid4()], True),
    ("organizations:invite", [], True),
    ("organizations:remove_member", [1], True),
    ("organizations:revoke", [uuid4()], False),
    ("organizations:reset_second_factor", [1], True),
    ("organizations:unit_invite", [uuid4()], True),
    ("organizations:unit_remove_member", [uuid4(), 1], True),
    ("organizations:unit_revoke", [uuid4(), uuid4()], False),
    ("organizations:unit_reset_second_factor", [uuid4(), 1], True),
    ("organizations:platform_bind", [1], True),
    ("organizations:platform_unbind", [1], True),
    ("organizations:second_factor_app", [], True),
    ("organizations:second_factor_key", [], True),
    ("organizations:second_factor_codes", [], False),
    ("organizations:second_factor_remove", [1], True),
]


def asks(answer):
    return 'name="again-asked"' in answer.content.decode()


def later(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


@pytest.fixture
def careful(world):
    """The provincial bureau's administrator, who has just set up an app: (browser, app)."""
    give_password(world.bureau.user)
    browser = sign_in("bureau")
    return browser, set_up(browser)[0]


@pytest.mark.parametrize(("name", "arguments", "to_look"), ASKS)
def test_what_much_depends_on_asks_ten_minutes_later(careful, name, arguments, to_look):
    browser, _ = careful
    address = reverse(name, args=arguments)

    assert not asks(browser.get(address)) and not asks(browser.post(address, {}))
    with later(11):
        sent = browser.post(address, {})
        assert sent.status_code == 422 and asks(sent)
        assert asks(browser.get(address)) is to_look


def test_what_was_sent_is_carried_on_once_the_code_is_right(world, careful):
    browser, app = careful
    address = reverse("organizations:invite")

    with later(11):
        question = browser.post(address, INVITATION)
        assert 'name="contact" value="neu@example.cn"' in question.content.decode()
        assert not Invitation.objects.exists()
        wrong = answer_with(browser, wrong_for(app), address, **INVITATION)
        assert wrong.status_code == 422
        assert 'name="contact" value="neu@example.cn"' in wrong.content.decode()
        assert not Invitation.objects.exists()
        right = answer_with(browser, app.code(), address, **INVITATION)

    assert right.url == reverse("organizations:members")
    assert Invitation.objects.get().address == "neu@example.cn"


def test_a_page_that_was_opened_comes_after_the_answer_and_asks_no_more(careful):
    browser, app = careful
    address = reverse("applications:session_new")

    with later(11):
        answer = browser.post(address, {"again-asked": "look", "again-code": app.code()})
        assert answer.url == address
        assert not asks(browser.get(address))
    with later(20):
        assert not asks(browser.get(address))
    with later(23):
        assert asks(browser.get(address))


def test_an_answer_to_look_does_not_act(careful):
    browser, app = careful

    with later(11):
        sent = {"again-asked": "look", "again-code": app.code(), **INVITATION}
        assert browser.post(reverse("organizations:invite"), sent).status_code == 302

    assert not Invitation.objects.exists()


def test_a_wrong_code_asked_again_is_on_record_and_counted(world, careful):
    browser, app = careful
    address = reverse("organizations:invite")

    with later(11):
        for _ in range(5):
            answer_with(browser, wrong_for(app), address, **INVITATION)
        answer = answer_with(browser, app.code(), address, **INVITATION)

    assert "验证失败次数过多" in answer.content.decode()
    with world.acting("bureau"):
        assert Event.objects.filter(act="second_factor_failed").count() == 6


def test_an_account_without_one_is_not_asked(world):
    give_password(world.bureau.user)
    browser = sign_in("bureau")

    with later(11):
        assert not asks(browser.get(reverse("organizations:invite")))


def test_deciding_is_not_interrupted(careful):
    browser, _ = careful

    with later(11):
        assert not asks(browser.get(reverse("review:inbox")))
        assert not asks(browser.post(reverse("review:batch"), {}))
