"""Accounts: registering, tying an account to a natural person, contacts and passwords."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from cehours.lib import names
from cehours.lib.idnumbers import IdKind, validate
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.messaging.contacts import Contact
from organizations.models import Person, User
from organizations.registry import identity

TAKEN = "{kind}刚刚已被另一个账号使用，请直接登录；忘记密码的，请在登录页重新设置密码。"
# To the owner of a number with which somebody registers: whoever that is learns nothing of it (AlreadyKnown).
SECOND = (
    "有人用您的姓名和证件号码注册学时核认账号，没有新开：您已有账号。请直接用此{kind}登录；"
    "忘记密码的，请在登录页重新设置密码。如非本人操作，不必理会。"
)
OTHER_NAME = (
    "有人用您的证件号码和另一个姓名注册学时核认账号，没有办成。如是您本人，请直接用此{kind}登录；"
    "登记的姓名有误的，请联系当地人社部门更正。如非本人操作，不必理会。"
)
# One sentence, whether the number has an account and whether the invited name is its owner's.
KNOWN = (
    "该证件号码在系统中已有登记，不能另开账号。请先用原账号登录，再打开邀请链接接受邀请；"
    "没有账号的，请核对证件号码，并请邀请人核对姓名。"
)
OTHER_NAME_AT_THE_DESK = "姓名与证件号码已登记的信息不一致，请核对。"
MEANWHILE = "该证件号码刚刚已被登记，请稍后再试。"


class AlreadyKnown(Exception):
    """The number is on record. Who types it must not learn whose it is, nor whether the name is right.

    `contact` is the owner's, None where none is known: there the owner reads `notice`, or, if that is empty, gets
    a code with which the account `voucher_id` says yes to another one for the same person.
    """

    def __init__(
        self, person_id: UUID, contact: Contact | None, *, notice: str = "", voucher_id: int | None = None
    ) -> None:
        super().__init__(person_id)
        self.person_id = person_id
        self.contact = contact
        self.notice = notice
        self.voucher_id = voucher_id


@transaction.atomic
def register(
    *,
    name: str,
    id_kind: str,
    id_number: str,
    password_hash: str,
    contact: Contact,
    voucher_id: int | None = None,
) -> User:
    """Opens a personal account whose `contact` has been proven by a code.

    `password_hash` comes from make_password; `voucher_id` is the account for a unit whose owner has proven to
    be the same person. Raises AlreadyKnown when the number is on record and nobody has said yes, NotAllowed when
    the contact was taken meanwhile.
    """
    person_id = identity.find_person(id_kind, validate(IdKind(id_kind), id_number))
    if person_id is None:
        person_id = _enter_person(name=name, id_kind=id_kind, id_number=id_number)
    else:
        others, fits = _accounts_of(person_id, name)
        if others and not (fits and _have_agreed(others, voucher_id)):
            raise _told(person_id, others, fits)
        if not others and not (fits and _may_come_back(person_id, contact)):
            raise AlreadyKnown(person_id, None)
    return _open(name=name, person_id=person_id, password_hash=password_hash, contact=contact)


@transaction.atomic
def open_for_a_member(
    *, name: str, id_kind: str, id_number: str, password_hash: str, contact: Contact
) -> User:
    """Opens an account for somebody who was invited to a unit; the secret link has proven `contact`.

    Raises NotAllowed when the person has an account already: that one accepts the invitation.
    """
    person_id = identity.find_person(id_kind, validate(IdKind(id_kind), id_number))
    if person_id is None:
        person_id = _enter_person(name=name, id_kind=id_kind, id_number=id_number)
    else:
        others, fits = _accounts_of(person_id, name)
        if others or not fits or not _may_come_back(person_id, contact):
            raise NotAllowed(KNOWN, field="id_number")
    return _open(name=name, person_id=person_id, password_hash=password_hash, contact=contact)


@transaction.atomic
def identify(*, actor: Actor, name: str, id_kind: str, id_number: str) -> UUID:
    """The person with this document, entered if unknown; `name` must match. For the operator's commands."""
    person_id = identity.find_person(id_kind, validate(IdKind(id_kind), id_number))
    if person_id is None:
        return _enter_person(name=name, id_kind=id_kind, id_number=id_number)
    with scope(actor):
        if not names.same(Person.objects.get(pk=person_id).name, name):
            raise NotAllowed(OTHER_NAME_AT_THE_DESK)
    return person_id


def chosen_login(user: User) -> str:
    """The name that was chosen for the account to sign in with, "" when it only has a contact."""
    return "" if user.username[:1].isdigit() else user.username


@transaction.atomic
def change_contact(*, user: User, contact: Contact) -> None:
    """Makes a proven contact the account's own. Raises NotAllowed when another account has it."""
    _give(user, contact)


@transaction.atomic
def reset_password(*, request: HttpRequest, user: User, password: str) -> None:
    """Sets a new password for the owner of a proven contact; every session of the account ends with that."""
    adapter = get_adapter(request)
    adapter.set_password(user, password)
    adapter.forgive(request, user)


def _enter_person(*, name: str, id_kind: str, id_number: str) -> UUID:
    try:
        with transaction.atomic():
            return identity.create_person(name=name, id_kind=id_kind, id_number=id_number)
    except IntegrityError:
        raise NotAllowed(MEANWHILE) from None


def _accounts_of(person_id: UUID, name: str) -> tuple[list[User], bool]:
    """The accounts of a known person, and whether `name` is theirs.

    The row stays locked, so that two registrations cannot both pass.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_is_named(%s, %s)", [person_id, names.key(name)])
        fits = bool(cursor.fetchone()[0])
    accounts = User.objects.filter(person_id=person_id).prefetch_related("memberships").order_by("pk")
    return list(accounts), fits


def _have_agreed(others: list[User], voucher_id: int | None) -> bool:
    """Whether all accounts of the person are for units, and the owner of one of them said yes."""
    only_for_units = all(other.memberships.all() for other in others)
    return only_for_units and voucher_id in {other.pk for other in others}


def _told(person_id: UUID, others: list[User], fits: bool) -> AlreadyKnown:
    """What the owner reads: a personal account is told that it is there, one for a unit is asked."""
    own = [other for other in others if not other.memberships.all()]
    for user in own or others:
        for contact in contacts.of(user):
            if not fits:
                return AlreadyKnown(person_id, contact, notice=OTHER_NAME.format(kind=contact.kind))
            if own:
                return AlreadyKnown(person_id, contact, notice=SECOND.format(kind=contact.kind))
            return AlreadyKnown(person_id, contact, voucher_id=user.pk)
    return AlreadyKnown(person_id, None)


def _may_come_back(person_id: UUID, contact: Contact) -> bool:
    """A closed account left records behind: name and number alone do not open them again."""
    digest = identity.contact_digest(contact.address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_may_come_back(%s, %s)", [person_id, digest])
        return bool(cursor.fetchone()[0])


def _open(*, name: str, person_id: UUID, password_hash: str, contact: Contact) -> User:
    # People sign in with their contact; a leading digit keeps clear of names that somebody chose.
    user = User(
        username=f"0{get_random_string(15).lower()}", display_name=names.tidy(name), person_id=person_id
    )
    user.password = password_hash
    user.save(force_insert=True)
    _give(user, contact)
    return user


def _give(user: User, contact: Contact) -> None:
    holder = contacts.holder(contact)
    if holder is not None and holder.pk != user.pk:
        raise NotAllowed(TAKEN.format(kind=contact.kind), field="contact")
    try:
        with transaction.atomic():
            contacts.give(user, contact)
    except IntegrityError:
        raise NotAllowed(TAKEN.format(kind=contact.kind), field="contact") from None
