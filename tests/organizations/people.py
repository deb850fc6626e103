"""What the account tests do again and again: invented identity numbers, messages read, forms sent."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from cehours.lib.idnumbers import make_resident_id
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Message, User

PASSWORD = "Xuexi-2025-lu"
PHONE = "13800138000"


def id_number(sequence: int = 700) -> str:
    return make_resident_id("430102", date(1985, 6, 1), sequence)


def registration(**changed: Any) -> dict[str, Any]:
    """A filled-in registration."""
    return {
        "name": "欧阳明",
        "id_kind": "resident",
        "id_number": id_number(),
        "contact": PHONE,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "consent": "on",
        **changed,
    }


def letters(to: str = PHONE) -> list[str]:
    """Texts sent to a contact, newest first."""
    with scope(Actor.system("test")):
        return list(
            Message.objects.filter(recipient=to).order_by("-created_at").values_list("body", flat=True)
        )


def code_sent(to: str = PHONE) -> str:
    found = re.search(r"验证码 (\d{6})", letters(to)[0])
    assert found, letters(to)[0]
    return found[1]


def link_sent(to: str) -> str:
    """The path of the invitation link in the newest letter."""
    found = re.search(r"(/invitations/\S+)", letters(to)[0])
    assert found
    return found[1]


def send(browser: Client, name: str, data: dict[str, Any], *args: Any) -> Any:
    return browser.post(reverse(name, args=args), data)


def register(browser: Client | None = None, **changed: Any) -> Client:
    """Registers up to and including the right code."""
    browser = browser or Client()
    filled = registration(**changed)
    assert send(browser, "account_signup", filled).status_code == 302
    send(browser, "account_signup_verify", {"code": code_sent(filled["contact"])})
    return browser


def signed_in(browser: Client) -> User | None:
    key = browser.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def sign_in(login: str, password: str = PASSWORD, browser: Client | None = None) -> Client:
    browser = browser or Client()
    send(browser, "account_login", {"login": login, "password": password})
    return browser


def give_password(user: User, password: str = PASSWORD) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
