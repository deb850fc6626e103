"""Reads of bound platform accounts (人社一体化平台账号): who may come in that way, and as whom."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Membership, PlatformAccount, Unit
from organizations.registry import kept as registry


def in_use() -> bool:
    """Whether this installation is connected with the province's platform at all."""
    return bool(settings.PLATFORM_ISSUER)


def account_with(subject: str) -> PlatformAccount | None:
    """The account that is bound to this number of today's platform, before anybody is known."""
    return (
        PlatformAccount.objects.filter(issuer=settings.PLATFORM_ISSUER, subject=subject)
        .select_related("membership__user", "membership__unit")
        .first()
    )


def bound_to(actor: Actor) -> list[PlatformAccount]:
    """What is bound to the actor's own account, by bureau: one must be able to see who may come in as oneself."""
    accounts = PlatformAccount.objects.filter(membership__user=actor.user_id)
    return list(accounts.select_related("membership__unit").order_by("membership__unit__pinyin", "pk"))


def still_stands(pk: int, membership_id: int | None) -> bool:
    """Whether a session that this account opened may go on: still bound, the bureau still a bureau."""
    return _of_working_bureaus().filter(pk=pk, membership=membership_id).exists()


def member_to_bind(actor: Actor, membership_id: int) -> tuple[Unit, Membership]:
    """A member of the actor's own bureau, for its administrator. Raises NotYours.

    Whoever keeps another unit's members may invite and remove them, but not say who they are on the platform.
    """
    if not in_use() or not actor.is_bureau:
        raise NotYours(registry.NO_UNIT)
    unit = registry.unit_with_members(actor, None)
    return unit, registry.member_of(unit, membership_id)


def _of_working_bureaus() -> QuerySet[PlatformAccount]:
    return PlatformAccount.objects.filter(
        issuer=settings.PLATFORM_ISSUER, membership__unit__active=True
    ).exclude(membership__unit__bureau_level="")
