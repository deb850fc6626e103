"""The hat: for which unit, if any, a signed-in account acts in this session."""

from __future__ import annotations

from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from organizations.accounts import platform
from organizations.acting.errors import NotYours
from organizations.models import Membership, User

HAT = "unit"  # session key: the membership whose hat is on; without it the person acts for themselves
PLATFORM = "platform"  # session key: the PlatformAccount that opened the session, and can open this hat only


def hats_of(user: User) -> list[Membership]:
    """All hats of an account, those of units that were switched off excepted."""
    return list(
        Membership.objects.filter(user=user, unit__active=True)
        .select_related("unit")
        .order_by("unit__pinyin", "pk")
    )


def put_on(session: SessionBase, user: User, membership_id: str) -> None:
    """Puts on one hat of `user`, or none when `membership_id` is empty. Raises NotYours for somebody else's.

    The session keeps its key: any hat of the account could be put on before, too, and whoever sends the page
    twice at once must not lose the session to the slower answer's cookie.
    """
    if PLATFORM in session and membership_id != str(session.get(HAT)):
        raise NotYours("用平台账号登录时只能为该单位办理；办理其他事项，请退出后用本系统的账号登录。")
    if not membership_id:
        session.pop(HAT, None)
    else:
        own = next((hat for hat in hats_of(user) if str(hat.pk) == membership_id), None)
        if own is None:
            raise NotYours("您不是该单位的成员。")
        session[HAT] = own.pk


def put_on_the_only_one(session: SessionBase, user: User) -> None:
    """At sign-in: who works for exactly one unit starts there."""
    hats = hats_of(user)
    if len(hats) == 1:
        session[HAT] = hats[0].pk


def put_on_for(session: SessionBase, user: User, unit_id: UUID) -> None:
    """Starts acting for a unit that the account has just joined."""
    hat = Membership.objects.get(user=user, unit_id=unit_id)
    put_on(session, user, str(hat.pk))


def put_on_from_platform(session: SessionBase, *, account_id: int, membership_id: int) -> None:
    """At sign-in with a platform account: the hat it was bound to. The session ends with the browser."""
    session[HAT], session[PLATFORM] = membership_id, account_id
    session.set_expiry(0)


def still_vouched_for(session: SessionBase) -> bool:
    """False for a session whose platform account was unbound, or whose member or bureau is gone."""
    account_id = session.get(PLATFORM)
    return account_id is None or platform.still_stands(account_id, session.get(HAT))
