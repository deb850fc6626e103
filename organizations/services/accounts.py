"""Accounts: registering, tying an account to a natural person, contacts and passwords."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, transaction
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
from organizations.registry import data_requests, identity

TASK = "organizations.accounts"
TAKEN = "{kind}刚刚已被另一个账号使用，请直接登录；忘记密码的，请在登录页重新设置密码。"
SECOND = "该证件号码已有个人账号，一人只能有一个。请用原账号登录；忘记密码的，请在登录页重新设置密码。"
USE_THE_OTHER = (
    "该证件号码已有为单位办事的账号。请用那个账号登录，在右上角切换到“个人”办理申报；"
    "不清楚账号的，请联系所在单位管理员。"
)
SIGN_IN = "该证件号码已有账号。请先用那个账号登录，再打开邀请链接接受邀请。"
OTHER_NAME = "姓名与证件号码已登记的信息不一致，请核对；登记有误的，请联系当地人社部门更正。"
CLOSED = (
    "该证件号码的账号已经注销，依法保留的记录只有本人能再打开。请用注销前的手机号码或邮箱注册；"
    "已不再使用的，请持身份证件到省级人社部门办理恢复。"
)
MEANWHILE = "该证件号码刚刚已被登记，请稍后再试。"


class NeedsVouching(Exception):
    """The person is known through an account for a unit: its owner has to say yes, at `contact`."""

    def __init__(self, user: User, contact: Contact) -> None:
        super().__init__(user.pk)
        self.user = user
        self.contact = contact


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
    be the same person. Raises NotAllowed when the person already has a personal account, NeedsVouching when
    only accounts for a unit are known.
    """
    person_id = identity.find_person(id_kind, validate(IdKind(id_kind), id_number))
    if person_id is None:
        person_id = _enter_person(name=name, id_kind=id_kind, id_number=id_number)
    else:
        others = _accounts_of(person_id, name)
        if any(not other.memberships.all() for other in others):
            raise NotAllowed(SECOND)
        if others and voucher_id not in {other.pk for other in others}:
            raise _vouching(others)
        if not others:
            _must_be_let_back(person_id, contact)
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
    elif _accounts_of(person_id, name):
        raise NotAllowed(SIGN_IN, field="id_number")
    else:
        _must_be_let_back(person_id, contact)
    return _open(name=name, person_id=person_id, password_hash=password_hash, contact=contact)


@transaction.atomic
def identify(*, actor: Actor, name: str, id_kind: str, id_number: str) -> UUID:
    """The person with this document, entered if unknown; `name` must match. For the operator's commands."""
    person_id = identity.find_person(id_kind, validate(IdKind(id_kind), id_number))
    if person_id is None:
        return _enter_person(name=name, id_kind=id_kind, id_number=id_number)
    with scope(actor):
        _must_be_called(Person.objects.get(pk=person_id), name)
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


def _accounts_of(person_id: UUID, name: str) -> list[User]:
    """The accounts of a known person; the row stays locked, so that two registrations cannot both pass."""
    with scope(Actor.system(TASK)):
        person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
        _must_be_called(person, name)
        return list(User.objects.filter(person_id=person_id).prefetch_related("memberships").order_by("pk"))


def _must_be_let_back(person_id: UUID, contact: Contact) -> None:
    """A closed account left records behind: name and number alone do not open them again."""
    with scope(Actor.system(TASK)) as system:
        closed = data_requests.last_closing(system, person_id)
    if closed is None or closed.settled_by_id is not None:
        return
    if identity.contact_digest(contact.address) not in closed.contact_digests:
        raise NotAllowed(CLOSED)


def _must_be_called(person: Person, name: str) -> None:
    if not names.same(person.name, name):
        raise NotAllowed(OTHER_NAME)


def _vouching(others: list[User]) -> Exception:
    for other in others:
        for contact in contacts.of(other):
            return NeedsVouching(other, contact)
    return NotAllowed(USE_THE_OTHER)


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
