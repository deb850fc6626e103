"""Whose account is meant by what was typed at sign-in, and which browsers its owner has used before.

Failed tries are counted by account, whatever it was called by. A browser from which somebody has signed in keeps a
mark for that account (the device cookies of OWASP): its tries are counted apart, so that strangers cannot lock the
owner out, and a stolen mark opens nothing but five tries of its own.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from cehours.lib.half_width import half_width
from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal
from organizations.messaging import contacts
from organizations.messaging.channel import BadContact
from organizations.messaging.contacts import Contact
from organizations.models import User
from organizations.registry import identity

MARKS = "known_device"
MOST_MARKS = 5  # accounts of one shared computer, the latest first
MARKS_LIVE = 180 * 24 * 3600


def account_called(typed: str) -> User | None:
    """The account with this mobile number, e-mail address, user name or identity number; None for none.

    An identity number means its owner's personal account; without one, the only account they have for a unit.
    """
    if "\x00" in typed:  # no column holds one; the form refuses it afterwards
        return None
    try:
        return contacts.holder(Contact.parse(typed))
    except BadContact:
        pass
    named = User.objects.filter(username=half_width(typed).strip().lower()).first()
    return named or _account_of_number(typed)


def counted_as(typed: str, user: User | None) -> str:
    """The name under which tries are counted and the password is checked. It keeps no number that was typed."""
    return user.username if user else f"?{identity.contact_digest(half_width(typed).strip().lower())}"


def counter(username: str, device: str = "") -> str:
    """The key under which tries at an account are counted, those of a known browser apart."""
    return f"{username}:{device}" if device else username


def knows(request: HttpRequest, username: str) -> str:
    """What this browser's tries at the account are counted under in its own right, "" for a stranger's browser."""
    for mark in request.COOKIES.get(MARKS, "").split("."):
        device, _, proof = mark.partition("-")
        if proof and constant_time_compare(proof, _proof(device, username)):
            return device
    return ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Marks the browser as one from which the owner of `user` has come in."""
    marks = [mark for mark in request.COOKIES.get(MARKS, "").split(".") if mark]
    kept = [mark for mark in marks if not _is_for(mark, user.username)]
    device = secrets.token_hex(16)
    marks = [f"{device}-{_proof(device, user.username)}", *kept][:MOST_MARKS]
    response.set_cookie(
        MARKS,
        ".".join(marks),
        max_age=MARKS_LIVE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _is_for(mark: str, username: str) -> bool:
    device, _, proof = mark.partition("-")
    return constant_time_compare(proof, _proof(device, username))


def _proof(device: str, username: str) -> str:
    return salted_hmac("organizations.signing", f"{device}:{username}", algorithm="sha256").hexdigest()


def _account_of_number(typed: str) -> User | None:
    people = _people_with(typed)
    if len(people) != 1:
        return None
    accounts = list(User.objects.filter(person_id=people[0]).prefetch_related("memberships").order_by("pk"))
    found = [account for account in accounts if not account.memberships.all()] or accounts
    return found[0] if len(found) == 1 else None


def _people_with(typed: str) -> list[UUID]:
    """Persons whose document has this number, of whichever kind it may be; nearly always one or none."""
    found: list[UUID] = []
    for kind in IdKind:
        try:
            number = validate(kind, typed)
        except Refusal:
            continue
        if kind.indexed_as is kind and (person_id := identity.find_person(kind, number)):
            found.append(person_id)
    return found
