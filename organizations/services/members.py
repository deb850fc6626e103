"""Members of a unit: inviting, accepting, revoking, removing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from cehours.lib import clock, names
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.messaging.contacts import Contact
from organizations.models import Invitation, Membership, Unit, User
from organizations.models.user import Role
from organizations.registry import kept as registry
from organizations.services import accounts

LIFE = timedelta(days=7)
NOT_A_MEMBER = "没有找到该成员，可能已被移除。"


def secret_hash(secret: str) -> bytes:
    """What is kept of an invitation's secret (32 bytes)."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def invite(*, actor: Actor, unit_id: UUID | None, name: str, role: str, contact: Contact) -> Invitation:
    """Invites somebody to a unit; the secret link leaves by message and is kept nowhere. Raises NotYours."""
    unit = registry.unit_with_members(actor, unit_id)
    if not unit.active:
        raise NotAllowed("该单位已停用，不能邀请成员。")
    holder = contacts.holder(contact)
    if holder and holder.memberships.filter(unit=unit).exists():
        raise NotAllowed("该联系方式的账号已经是本单位成员。", field="contact")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        unit=unit,
        role=Role(role),
        name=names.tidy(name),
        channel=contact.channel,
        address=contact.address,
        secret_hash=secret_hash(secret),
        invited_by=actor.user,
        expires_at=clock.now() + LIFE,
    )
    invitation.save(force_insert=True)
    link = settings.PUBLIC_URL + reverse("organizations:accept", args=[secret])
    contact.tell(
        subject=f"【学时核认】{unit.name}邀请您加入",
        body=f"{invitation.name}，您好！{unit.name}邀请您在继续教育学时核认系统中担任{Role(role).label}。"
        f"请在 7 天内打开链接接受邀请：\n{link}\n如果您不认识该单位，请忽略。",
    )
    audit.record(actor, "member_invited", unit, invitation=invitation.pk, role=invitation.role)
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: Actor, unit_id: UUID | None, invitation_id: UUID) -> Unit:
    """Ends an open invitation; its link answers like one that never was. Raises NotYours."""
    unit = registry.unit_with_members(actor, unit_id)
    invitation = (
        registry.open_invitations(unit).select_for_update(of=("self",)).filter(pk=invitation_id).first()
    )
    if invitation is None:
        raise NotYours("没有找到该邀请，可能已被接受或者已过期。")
    invitation.delete()
    audit.record(actor, "invitation_revoked", unit, invitation=invitation_id)
    return unit


@transaction.atomic
def remove_member(*, actor: Actor, unit_id: UUID | None, membership_id: int) -> Membership:
    """Ends a membership, from the next request on. Raises NotYours, NotAllowed for the last admin."""
    unit = registry.unit_with_members(actor, unit_id)
    # The unit's row is the lock: two admins removing each other at once would leave nobody.
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    members = list(registry.members_of_unit(unit))
    member = next((member for member in members if member.pk == membership_id), None)
    if member is None:
        raise NotYours(NOT_A_MEMBER)
    admins = [other for other in members if other.role == Role.ADMIN]
    if admins == [member]:
        raise NotAllowed("这是该单位唯一的管理员，不能移除。请先邀请另一位管理员。")
    removed = digests.one("organizations_membership", member.pk)
    audit.record(actor, "member_removed", unit, user=member.user_id, role=member.role, removed=removed)
    Membership.objects.filter(pk=member.pk).delete()
    return member


def why_may_not_accept(user: User, invitation: Invitation) -> str | None:
    """The reason why this account may not accept, or None: links are opened on shared computers."""
    if not names.same(user.display_name, invitation.name):
        return (
            f"邀请的是{invitation.name}，而您登录的账号属于{user.display_name}。"
            "请退出后用受邀人的账号登录；姓名填写有误的，请联系邀请人重新邀请。"
        )
    if Membership.objects.filter(user=user, unit=invitation.unit).exists():
        return f"您已经是{invitation.unit.name}的成员，不必再次接受。"
    return None


@transaction.atomic
def accept(*, user: User, secret: str) -> Invitation:
    """Joins the unit with an account that is signed in. Raises NotYours when the link is not good."""
    invitation = registry.invitation_with(secret_hash(secret), lock=True)
    reason = why_may_not_accept(user, invitation)
    if reason:
        raise NotAllowed(reason)
    _join(user, invitation)
    return invitation


@transaction.atomic
def accept_with_new_account(
    *, secret: str, id_kind: str, id_number: str, password_hash: str
) -> tuple[User, Invitation]:
    """Opens an account for the invited person and joins the unit. Raises NotYours, NotAllowed."""
    invitation = registry.invitation_with(secret_hash(secret), lock=True)
    user = accounts.open_for_a_member(
        name=invitation.name,
        id_kind=id_kind,
        id_number=id_number,
        password_hash=password_hash,
        contact=contact_of(invitation),
    )
    _join(user, invitation)
    return user, invitation


def contact_of(invitation: Invitation) -> Contact:
    """Where the invitation was sent."""
    return Contact(invitation.channel, invitation.address)


def _join(user: User, invitation: Invitation) -> None:
    Membership.objects.create(user=user, unit=invitation.unit, role=invitation.role)
    invitation.accepted_at, invitation.accepted_by = clock.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    # On record as the person who joined: a new account's request still runs as the public.
    joined = Actor.of(user)
    with scope(joined):
        audit.record(joined, "member_joined", invitation.unit, user=user.pk, role=invitation.role)
