"""An applicant registers: nothing exists before the code was entered, and nobody learns about others."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Person, User
from organizations.registry import identity
from tests.organizations.people import (
    PHONE,
    code_sent,
    id_number,
    letters,
    register,
    registration,
    send,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db


def known(sequence=700):
    with scope(Actor.public()):
        return identity.find_person("resident", id_number(sequence))


@pytest.mark.requirement("R144")
@pytest.mark.parametrize("contact", [PHONE, "ming@example.cn"])
def test_an_applicant_registers_by_phone_or_mail_and_is_signed_in(contact):
    browser = register(contact=contact)

    user = signed_in(browser)
    assert user.display_name == "欧阳明"
    assert user.person_id == known()
    assert contacts.of(user) == [contacts.Contact.parse(contact)]
    assert signed_in(sign_in(contact)) == user


def test_there_is_no_account_and_no_person_before_the_code_was_entered():
    send(Client(), "account_signup", registration())

    assert not User.objects.exists()
    assert known() is None
    assert signed_in(sign_in(PHONE)) is None


def test_the_identity_number_does_not_lie_open_in_the_session():
    browser = Client()
    send(browser, "account_signup", registration())

    assert id_number() not in str(dict(browser.session))
    assert code_sent() not in str(dict(browser.session))


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("id_number", "430102198506017001", "号码有误"),
        ("id_number", "4301021985060170", "应为 18 位"),
        ("id_number", "", "请填写证件号码"),
        ("contact", "12345", "11 位手机号码"),
        ("contact", "ming@", "邮箱地址不完整"),
        ("password2", "etwas-anderes-1", "两次输入的密码不一致"),
        ("name", "", "请填写姓名"),
        ("consent", "", "请阅读隐私说明"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(field, typed, says):
    answer = send(Client(), "account_signup", registration(**{field: typed}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert field == "name" or 'value="欧阳明"' in page
    assert not letters()


def test_a_password_like_the_identity_number_is_refused():
    answer = send(Client(), "account_signup", registration(password1=id_number(), password2=id_number()))

    assert answer.status_code == 422


def test_after_five_wrong_codes_even_the_right_one_is_refused():
    browser = Client()
    send(browser, "account_signup", registration())
    right = code_sent()
    wrong = "000000" if right != "000000" else "000001"

    answers = [send(browser, "account_signup_verify", {"code": wrong}) for _ in range(5)]
    sixth = send(browser, "account_signup_verify", {"code": right})

    assert "还可以再试 4 次" in answers[0].content.decode()
    assert "错误次数过多" in answers[4].content.decode()
    assert "错误次数过多" in sixth.content.decode()
    assert signed_in(browser) is None
    assert not User.objects.exists()


def test_a_code_is_worth_nothing_after_fifteen_minutes():
    browser = Client()
    send(browser, "account_signup", registration())

    with clock.at(clock.now() + timedelta(minutes=16)):
        answer = send(browser, "account_signup_verify", {"code": code_sent()})

    assert answer.status_code == 302
    assert answer.url.endswith("/account/register/")
    assert not User.objects.exists()


def test_a_code_is_resent_after_a_pause_and_the_former_one_ends():
    browser = Client()
    send(browser, "account_signup", registration())
    first = code_sent()

    send(browser, "account_signup_verify", {"action": "resend"})
    assert len(letters()) == 1  # too soon

    cache.clear()  # a minute later
    send(browser, "account_signup_verify", {"action": "resend"})
    second = code_sent()
    assert len(letters()) == 2
    if first != second:
        send(browser, "account_signup_verify", {"code": first})
        assert signed_in(browser) is None
    send(browser, "account_signup_verify", {"code": second})
    assert signed_in(browser) is not None


def test_a_code_sent_to_one_browser_is_nothing_in_another():
    send(Client(), "account_signup", registration())
    other = Client()
    send(other, "account_signup", registration(contact="andere@example.cn", id_number=id_number(701)))

    send(other, "account_signup_verify", {"code": code_sent()})

    assert signed_in(other) is None


def test_a_taken_contact_looks_like_a_free_one_and_its_owner_is_told():
    register()
    cache.clear()
    stranger = Client()
    answer = send(stranger, "account_signup", registration(id_number=id_number(702), name="吴名"))
    page = stranger.get(answer.url).content.decode()

    assert answer.url.endswith("/account/register/code/")
    assert "验证码已发送" in page
    assert "已有账号，不必再注册" in letters()[0]
    assert "验证码 " not in letters()[0]
    assert known(702) is None


def answer_to(browser):
    """What somebody reads whose number is on record, after the code to their own contact."""
    page = browser.get(reverse("account_signup_vouch"))
    return re.sub(r'value="[^"]{64}"|"X-CSRFToken": "[^"]+"', "", page.content.decode())


def test_who_types_a_number_on_record_reads_the_same_whosever_it_is_and_whatever_the_name(world):
    """S11 of the attacks: neither who is registered, nor whether name and number fit."""
    register()
    with scope(world.employer):
        person = Person.objects.get(pk=world.employer.person_id)
        number = identity.number_of(person)
    count = User.objects.count()

    tries = {
        "the right name": {},
        "another name": {"name": "张冒名"},
        "works for a unit": {"name": person.name, "id_number": number},
        "works for a unit, another name": {"id_number": number},
    }
    answers = {}
    for place, (words, typed) in enumerate(tries.items()):
        cache.clear()  # a minute later
        answers[words] = register(contact=f"nummer{place}@example.cn", **typed)

    assert {name: answer_to(each) for name, each in answers.items()} == dict.fromkeys(
        answers, answer_to(answers["the right name"])
    )
    assert "已有登记" in answer_to(answers["the right name"])
    assert [name for name, each in answers.items() if signed_in(each)] == []
    assert User.objects.count() == count


def test_the_owner_of_the_number_reads_what_happened_and_what_to_do():
    register()
    register(contact="eins@example.cn")
    told = letters()[0]
    cache.clear()
    register(contact="zwei@example.cn", name="张冒名")

    assert "已有账号" in told
    assert "用此手机号码登录" in told
    assert "另一个姓名" in letters()[0]
    assert "验证码 " not in told + letters()[0]


def test_no_code_is_right_where_none_was_sent():
    register()
    second = register(contact="zweite@example.cn")

    answer = send(second, "account_signup_vouch", {"code": "000000"})

    assert answer.status_code == 422
    assert signed_in(second) is None


def test_the_first_code_for_a_new_password_is_sent_right_after_registering():
    register()

    answer = send(Client(), "account_reset_password", {"contact": PHONE})

    assert answer.status_code == 302
    assert "重新设置" in letters()[0]


def test_a_person_with_a_unit_account_confirms_there_before_a_personal_account_is_opened(world):
    owner = world.employer.user
    contacts.give(owner, contacts.Contact.parse("13700137000"))
    with scope(world.employer):
        person = Person.objects.get(pk=owner.person_id)
        number = identity.number_of(person)

    browser = register(name=person.name, id_number=number)
    assert signed_in(browser) is None  # the first code alone does not do

    send(browser, "account_signup_vouch", {"code": code_sent("13700137000")})
    user = signed_in(browser)
    assert user != owner
    assert user.person_id == owner.person_id
    assert not user.memberships.exists()


def test_without_a_way_to_ask_the_owner_of_a_unit_account_no_second_one_is_opened(world):
    with scope(world.employer):
        person = Person.objects.get(pk=world.employer.person_id)
        number = identity.number_of(person)

    browser = register(name=person.name, id_number=number)

    assert signed_in(browser) is None
    assert not User.objects.filter(phone=PHONE).exists()


def test_two_codes_for_one_contact_open_one_account():
    first, second = Client(), Client()
    send(first, "account_signup", registration())
    code = code_sent()
    cache.clear()
    send(second, "account_signup", registration(id_number=id_number(703)))
    send(second, "account_signup_verify", {"code": code_sent()})

    late = send(first, "account_signup_verify", {"code": code})

    assert late.status_code == 422
    assert signed_in(first) is None
    assert User.objects.filter(phone=PHONE).count() == 1


def test_many_codes_to_one_number_are_throttled():
    send(Client(), "account_signup", registration())
    again = send(Client(), "account_signup", registration(id_number=id_number(704)))

    assert again.status_code == 422
    assert "1 分钟后再试" in again.content.decode()
    assert len(letters()) == 1
