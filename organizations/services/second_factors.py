"""Second factors: set up, taken away, used, missed, and put back to nothing by whoever keeps the member.

Each act is an event of every unit that the account works for, and changes are told to the account's contact. Whatever
changes what an account has ends its other sessions, so that none goes on that was opened by less.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from organizations import audit
from organizations.accounts import devices, second_factor
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Membership, Unit, User
from organizations.models.device import Kind
from organizations.registry import kept as registry

MOST_KEYS = 10
SEED_LENGTH = 80  # hex digits, as allauth makes them
GONE = "没有找到这项二次验证，可能已经删除。"
LAST = "您的账号须有二次验证，这是最后一种，不能删除。请先添加另一种，再删除它。"
FULL = f"安全密钥最多 {MOST_KEYS} 个，请先删除不用的。"
ONE_APP = "动态验证码已经设置。换手机的，请先删除原来的，再重新设置。"
OWN = "本人的二次验证请在“我的资料”中更改。"
NONE_TO_RESET = "该成员没有设置二次验证，不必重置。"
NOT_YOU = "如非本人操作，请立即修改密码，并联系本单位管理员。"


@transaction.atomic
def add_app(*, actor: Actor, session: SessionBase, secret: str) -> list[str]:
    """The authenticator app that has `secret`, of which a code was right.

    Returns new recovery codes, [] if the account has some. Raises NotNow when the account has an app already.
    """
    user = _locked(actor)
    if any(each.type == Kind.CODE for each in second_factor.of(user)):
        raise NotNow(ONE_APP)
    data = {"secret": encrypt(secret)}
    return _add(actor, session, user, Authenticator(user=user, type=Kind.CODE, data=data))


@transaction.atomic
def add_key(*, actor: Actor, session: SessionBase, name: str, credential: dict[str, Any]) -> list[str]:
    """A security key whose `credential` was checked; recovery codes as `add_app`. Raises NotAllowed for too many."""
    user = _locked(actor)
    if sum(each.type == Kind.KEY for each in second_factor.of(user)) >= MOST_KEYS:
        raise NotAllowed(FULL)
    data = {"name": name, "credential": credential}
    return _add(actor, session, user, Authenticator(user=user, type=Kind.KEY, data=data))


@transaction.atomic
def make_codes(*, actor: Actor) -> list[str]:
    """New recovery codes in place of the former ones. Raises NotNow for an account without a second factor."""
    user = _locked(actor)
    if not second_factor.factors_of(user):
        raise NotNow("请先设置二次验证，再生成备用码。")
    Authenticator.objects.filter(user=user, type=Kind.RECOVERY).delete()
    codes = _new_codes(user)
    record(actor, "recovery_codes_made", user)
    _tell(user, "备用码已重新生成", "您的学时核认账号重新生成了备用码，原来的备用码已经失效。")
    return codes


@transaction.atomic
def remove(*, actor: Actor, session: SessionBase, pk: int) -> Kind:
    """Takes one away; with the last one go the recovery codes. Raises NotYours, NotNow where one must be left."""
    user = _locked(actor)
    factors = second_factor.factors_of(user)
    chosen = next((each for each in factors if each.pk == pk), None)
    if chosen is None:
        raise NotYours(GONE)
    if len(factors) == 1:
        if second_factor.must_have(user):
            raise NotNow(LAST)
        Authenticator.objects.filter(user=user).delete()
        second_factor.forget(session)
    else:
        Authenticator.objects.filter(user=user, pk=pk).delete()
    kind = Kind(chosen.type)
    record(actor, "second_factor_removed", user, kind=kind.value)
    devices.end(actor, session, devices.OTHERS)
    _tell(user, "二次验证已删除", f"您的学时核认账号删除了二次验证（{kind.label}）。")
    return kind


def used(user: User, kind: Kind) -> None:
    """At a right answer: a recovery code that was spent is on record, and its owner hears of it."""
    if kind is not Kind.RECOVERY:
        return
    actor = Actor.of(user)
    with scope(actor):
        record(actor, "recovery_code_used", user)
        _tell(user, "备用码已使用", "您的学时核认账号刚刚用一个备用码通过了二次验证，该码已经失效。")


def missed(user: User) -> None:
    """At a wrong answer: on record, nothing more. Tries are counted by account, in the forms."""
    actor = Actor.of(user)
    with scope(actor):
        record(actor, "second_factor_failed", user)


@transaction.atomic
def reset(*, actor: Actor, unit_id: UUID | None, membership_id: int) -> Membership:
    """Takes a colleague's second factors away, for one who lost them, and signs the account out everywhere.

    Raises NotYours unless the actor keeps the unit's members, NotAllowed for the own account, NotNow where there is
    nothing to take away.
    """
    unit = registry.unit_with_members(actor, unit_id)
    member = registry.member_of(unit, membership_id)
    if member.user_id == actor.user_id:
        raise NotAllowed(OWN)
    if member.user_id not in who_have_one(unit):
        raise NotNow(NONE_TO_RESET)
    for key in _rows("SELECT reset_second_factor(%s)", member.user_id):
        devices.end_session(key)
    audit.record(actor, "second_factor_reset", unit, user=member.user_id)
    _tell(
        member.user,
        "二次验证已重置",
        f"{unit.name}的管理员重置了您的学时核认账号的二次验证，下次登录后请重新设置。",
    )
    return member


@transaction.atomic
def reset_by_operator(user: User) -> int:
    """The same by the operator, as the database's owner, where nobody above can; returns how many were taken away."""
    operator = Actor.system("operator")
    with scope(operator):
        taken: int = Authenticator.objects.filter(user=user).delete()[0]
        for device in devices.all_of(user):
            devices.end_session(device.session_key)
            device.delete()
        record(operator, "second_factor_reset", user)
        _tell(
            user, "二次验证已重置", "您的学时核认账号的二次验证已由系统运维人员重置，下次登录后请重新设置。"
        )
    return taken


def who_have_one(unit: Unit) -> set[int]:
    """The accounts, among a unit's members, that have a second factor; for whoever keeps these members."""
    return set(_rows("SELECT members_with_second_factor(%s)", unit.pk))


def record(actor: Actor, act: str, user: User, **facts: Any) -> None:
    """An event of every unit that the account works for; an account that works for none leaves none."""
    for unit in Unit.objects.filter(memberships__user=user).order_by("pk"):
        audit.record(actor, act, unit, user=user.pk, **facts)


def _locked(actor: Actor) -> User:
    """The actor's account, its row locked: two acts on its second factors come one after the other."""
    assert actor.user is not None
    return User.objects.select_for_update(of=("self",)).get(pk=actor.user.pk)


def _add(actor: Actor, session: SessionBase, user: User, factor: Authenticator) -> list[str]:
    factor.save(force_insert=True)
    kind = Kind(factor.type)
    known = Authenticator.objects.filter(user=user, type=Kind.RECOVERY).exists()
    codes = [] if known else _new_codes(user)
    record(actor, "second_factor_added", user, kind=kind.value)
    second_factor.mark(session, kind)
    devices.end(actor, session, devices.OTHERS)
    devices.note_factor(session, kind)
    _tell(user, "已添加二次验证", f"您的学时核认账号添加了二次验证（{kind.label}），今后登录时需要它。")
    return codes


def _new_codes(user: User) -> list[str]:
    seed = encrypt(get_random_string(SEED_LENGTH, "0123456789abcdef"))
    codes = Authenticator(user=user, type=Kind.RECOVERY, data={"seed": seed, "used_mask": 0})
    codes.save(force_insert=True)
    return list(codes.wrap().get_unused_codes())


def _tell(user: User, title: str, says: str) -> None:
    for contact in contacts.of(user)[:1]:
        contact.tell(subject=f"【学时核认】{title}", body=f"{says}{NOT_YOU}")


def _rows(question: str, about: int | UUID) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, [about])
        return [row[0] for row in cursor.fetchall()]
