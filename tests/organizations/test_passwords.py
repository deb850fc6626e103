"""What is wrong with a password is said in Chinese, in the words of the page's own fields."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import get_default_password_validators
from django.test import Client
from django.urls import reverse

from organizations.messaging import contacts
from tests.organizations.people import PHONE, code_sent, id_number, registration, send

pytestmark = pytest.mark.django_db


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="id_{field}_error">(.*?)</div>', page, re.S)
    assert found, page
    return re.sub(r"<[^>]+>|\s", "", found[1])


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("abc1", "密码太短，至少要8位。"),
        ("19850601", "密码不能全是数字，请加上字母或符号。"),
        ("password1", "这个密码很多人在用，容易被猜中，请换一个。"),
        (id_number()[:17] + "x", "密码与您的姓名、证件号码、手机号码或邮箱太接近，容易被猜中，请换一个。"),
        ("ming@example.cn", "密码与您的姓名、证件号码、手机号码或邮箱太接近，容易被猜中，请换一个。"),
        ("欧阳明明明明明明明", None),
    ],
)
def test_a_password_is_refused_in_chinese(password: str, says: str | None) -> None:
    filled = registration(contact="ming@example.cn", password1=password, password2=password)
    answer = send(Client(), "account_signup", filled)

    if says is None:
        assert answer.status_code == 302
    else:
        assert says in error_of(answer.content.decode(), "password1")


def test_the_sentences_for_help_are_chinese_too() -> None:
    for validator in get_default_password_validators():
        assert not re.search(r"[a-z]{3}", validator.get_help_text())


def test_a_new_password_is_called_that_wherever_it_is_spoken_of(world) -> None:
    contacts.give(world.applicant.user, contacts.Contact.parse(PHONE))
    browser = Client()
    send(browser, "account_reset_password", {"contact": PHONE})
    send(browser, "account_reset_password_verify", {"code": code_sent()})

    page = send(
        browser, "account_reset_password_new", {"password1": "abc1", "password2": ""}
    ).content.decode()

    said = page[page.index("data-error-summary") : page.index('<form class="form"')]
    assert "设置密码" not in said
    assert "新密码" in said


def test_no_password_is_ever_written_into_a_page() -> None:
    answer = send(Client(), "account_signup", registration(name=""))

    assert registration()["password1"] not in answer.content.decode()


def test_a_form_sent_in_the_background_is_told_where_to_go_on() -> None:
    browser = Client()
    answer = browser.post(reverse("account_signup"), registration(), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer["HX-Redirect"] == reverse("account_signup_verify")
    assert browser.get(answer["HX-Redirect"]).status_code == 200
