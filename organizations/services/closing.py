"""注销: an account ends, what the law does not keep is erased, and its owner may come back later."""

from __future__ import annotations

import os

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from cehours.lib import clock
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.messaging import channels, contacts
from organizations.models import (
    DataRequest,
    Invitation,
    RequestKind,
    RequestState,
    User,
)
from organizations.registry import data_requests as queries
from organizations.registry import identity

GONE = "已注销"
WORKS_FOR = "该账号还为单位办理审核：{units}。请先请单位管理员移除该成员，再注销账号。"
NOBODY_CLOSED = "没有找到用该证件注销的账号，请核对证件类型和号码。"


def why_not(actor: Actor) -> str:
    """What stands against closing the account, as a sentence; "" when nothing does."""
    units = "、".join(hat.unit.name for hat in actor.memberships)
    return WORKS_FOR.format(units=units) if units else ""


@transaction.atomic
def close_account(*, actor: Actor, reason: str, kept_by_law: bool) -> DataRequest:
    """Ends the actor's own account: no more signing in, contacts erased, sessions over.

    `kept_by_law` says whether anything of the person must be kept (applications that were submitted,
    certificates, hours on record); if nothing must, name and identity number are erased as well. Raises
    NotNow while the account works for a unit, NotAllowed for whoever acts for one.
    """
    if not actor.is_applicant or actor.user is None or actor.person_id is None:
        raise NotAllowed("请先切换到个人身份，再注销账号。")
    user = User.objects.select_for_update(of=("self",)).get(pk=actor.user.pk)
    if obstacle := why_not(actor):
        raise NotNow(obstacle)
    owned = contacts.of(user)
    request = DataRequest(
        person_id=actor.person_id,
        user=user,
        kind=RequestKind.DELETION,
        state=RequestState.DONE,
        settled_at=clock.now(),
        reason=reason.strip(),
        contact_digests=[identity.contact_digest(each.address) for each in owned] if kept_by_law else [],
    )
    request.save(force_insert=True)
    last_account = not User.objects.filter(person_id=actor.person_id).exclude(pk=user.pk).exists()
    erases = last_account and not kept_by_law
    removed = {"removed": digests.one("organizations_person", actor.person_id)} if erases else {}
    audit.record(actor, "account_closed", request, kept=kept_by_law, **removed)
    # Pending requests end with the account; identity facts kept with settled ones and what was written to its
    # contacts go too. Where nothing has to be kept, the person's row stays, because the trail names its id, without
    # anything that says who.
    erased = [GONE, os.urandom(32)] if erases else [None, None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_ends(%s, %s, %s, %s)", [request.pk, [each.address for each in owned], *erased]
        )
    _switch_off(user)
    return request


@transaction.atomic
def let_back(*, actor: Actor, id_kind: str, id_number: str) -> DataRequest:
    """恢复注册: lets a person who closed their account and lost its contacts register again.

    The bureau has seen the identity document. Raises NotYours unless for the province, NotAllowed when there
    is nobody to let back.
    """
    if not actor.is_province_bureau:
        raise NotYours(queries.NO_REQUEST)
    person_id = identity.find_person(id_kind, id_number)
    request = queries.last_closing(actor, person_id, lock=True) if person_id else None
    if request is None or User.objects.filter(person_id=request.person_id).exists():
        raise NotAllowed(NOBODY_CLOSED, field="id_number")
    request.settled_by = actor.unit
    request.save(update_fields=["settled_by"])
    audit.record(actor, "let_back", request)
    return request


def _switch_off(user: User) -> None:
    for channel in channels.ALL:
        channel.forget(user)
    Invitation.objects.filter(accepted_by=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.username = f"closed-{get_random_string(20).lower()}"
    user.display_name = GONE
    user.person = None  # a later account of the same person is a new one
    user.is_active = False
    user.password = make_password(None)  # every session ends with the password it was opened with
    user.save()
