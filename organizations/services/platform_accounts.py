"""Binding the accounts of the province's HR platform to the members of a bureau, and letting go of them."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction

from organizations import audit
from organizations.accounts import platform as queries
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.messaging import contacts
from organizations.models import Membership, PlatformAccount, Unit
from organizations.registry import identity

TAKEN = (
    "该平台账号已绑定给其他人员，一个平台账号只能绑定一人。请核对号码；确认无误的，请联系省级人社部门核查。"
)


@transaction.atomic
def bind(*, actor: Actor, membership_id: int, subject: str) -> PlatformAccount:
    """Lets whoever signs in on the platform with `subject` in as this member, in place of an earlier number.

    Raises NotYours unless the actor administers the member's bureau, NotAllowed when the number is taken.
    """
    unit, member = _locked(actor, membership_id)
    assert actor.user is not None
    _release(actor, unit, member)
    account = PlatformAccount(
        membership=member, issuer=settings.PLATFORM_ISSUER, subject=subject, bound_by=actor.user
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise NotAllowed(TAKEN, field="subject") from None
    audit.record(actor, "platform_account_bound", unit, **_facts(member, subject))
    _tell(
        member,
        "已绑定平台账号",
        f"您在{unit.name}的学时核认账号已绑定{settings.PLATFORM_NAME}账号，今后可以从该平台直接进入。",
    )
    return account


@transaction.atomic
def unbind(*, actor: Actor, membership_id: int) -> Membership:
    """Ends the way in, and every session that came by it. Raises NotYours as `bind` does."""
    unit, member = _locked(actor, membership_id)
    if _release(actor, unit, member):
        _tell(
            member,
            "已解除平台账号",
            f"您在{unit.name}的学时核认账号已解除与{settings.PLATFORM_NAME}账号的绑定。",
        )
    return member


def _locked(actor: Actor, membership_id: int) -> tuple[Unit, Membership]:
    """The bureau, its row locked as when members are removed, and the member as it is now."""
    unit, _ = queries.member_to_bind(actor, membership_id)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    return queries.member_to_bind(actor, membership_id)


def _release(actor: Actor, unit: Unit, member: Membership) -> bool:
    account = PlatformAccount.objects.filter(membership=member).first()
    if account is None:
        return False
    account.delete()
    audit.record(actor, "platform_account_unbound", unit, **_facts(member, account.subject))
    return True


def _facts(member: Membership, subject: str) -> dict[str, object]:
    """The number as a digest: on some platforms it is an identity number."""
    return {"user": member.user_id, "account": identity.platform_digest(subject)}


def _tell(member: Membership, title: str, says: str) -> None:
    for contact in contacts.of(member.user)[:1]:
        contact.tell(subject=f"【学时核认】{title}", body=f"{says}如有疑问，请联系本单位管理员。")
