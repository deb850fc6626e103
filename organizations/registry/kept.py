"""Reads of the registry for those who keep it: bureaus their units, unit admins their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Affiliation, Entrustment, Invitation, Membership, Person, Region, Unit
from organizations.models.region import RegionLevel, shared_prefix
from organizations.registry import lookup

MOST_PARENTS = 20
LOCAL_AFFILIATIONS = (Affiliation.CITY, Affiliation.NONE)
NO_UNIT = "没有找到该单位，或者它不在您的管理范围内。"
NO_INVITATION = "邀请链接无效、已经撤销或者已经使用过，请联系邀请人重新发送。"


def territory(actor: Actor) -> str:
    """The prefix that the region codes of the actor's territory share (GB/T 2260 nests by prefix)."""
    unit = actor.unit
    if unit is None or not unit.is_bureau:
        raise NotYours(NO_UNIT)
    length = {RegionLevel.PROVINCE: 2, RegionLevel.CITY: 4, RegionLevel.COUNTY: 6}[
        RegionLevel(unit.bureau_level)
    ]
    return unit.region_id[:length]


def units_kept_by(actor: Actor) -> QuerySet[Unit]:
    """Units a bureau may edit: the province all of them, others their territory's 市州 and 无隶属 units."""
    units = Unit.objects.filter(region__code__startswith=territory(actor))
    if not actor.is_province_bureau:
        units = units.filter(affiliation__in=LOCAL_AFFILIATIONS, bureau_level="")
    return units


def units_changed_by(actor: Actor) -> QuerySet[Unit]:
    """The same units, for who may change them: the bureau's administrators. Raises NotYours."""
    if not actor.is_unit_admin:
        raise NotYours(NO_UNIT)
    return units_kept_by(actor)


@dataclass(frozen=True)
class UnitCriteria:
    """What a list of units is narrowed by; empty means not asked. `text` is part of a name, pinyin or initials,
    `region` includes what lies below it, `state` is one of active, closed, no_account, `parent` the superior unit.
    """

    text: str = ""
    region: str = ""
    affiliation: str = ""
    state: str = ""
    parent: UUID | None = None


def units_page(actor: Actor, asked: UnitCriteria) -> QuerySet[Unit]:
    """The bureau's list as far as it is asked for; `subordinates` says how many units of it lie below each."""
    kept = units_kept_by(actor)
    below = kept.filter(parent=OuterRef("pk")).order_by().values("parent").annotate(number=Count("pk"))
    units = kept.select_related("parent", "region").annotate(
        subordinates=Coalesce(Subquery(below.values("number")), 0)
    )
    return units.filter(_narrowed(asked))


def _narrowed(asked: UnitCriteria) -> Q:
    found = lookup.named(asked.text) if asked.text.strip() else Q()
    if asked.region:
        found &= Q(region__code__startswith=shared_prefix(asked.region))
    if asked.affiliation:
        found &= Q(affiliation=asked.affiliation)
    if asked.parent:
        found &= Q(parent_id=asked.parent)
    if asked.state == "no_account":
        living = Membership.objects.filter(unit=OuterRef("pk"), user__is_active=True)
        return found & Q(active=True) & ~Q(Exists(living))
    return found & Q(active=asked.state == "active") if asked.state else found


def kept_unit(actor: Actor, pk: UUID, *, lock: bool = False) -> Unit:
    """One unit, for the administrators of the bureau that may edit it. Raises NotYours."""
    units = units_changed_by(actor)
    units = units.select_for_update(of=("self",)) if lock else units.select_related("parent", "region")
    unit = units.filter(pk=pk).first()
    if unit is None:
        raise NotYours(NO_UNIT)
    return unit


def parents_matching(actor: Actor, text: str) -> list[Unit]:
    """Active units that may become somebody's superior, by part of the name, pinyin or initials."""
    if not text.strip() or "\0" in text:  # PostgreSQL takes no NUL
        return []
    found = units_kept_by(actor).filter(lookup.named(text), active=True, bureau_level="")
    return list(found.select_related("region").order_by("pinyin", "pk")[:MOST_PARENTS])


def regions_kept_by(actor: Actor) -> Sequence[Region]:
    """The regions of the bureau's territory, by code."""
    return list(Region.objects.filter(code__startswith=territory(actor)))


def central_units(actor: Actor) -> QuerySet[Unit]:
    """The 中央驻湘单位 in use, by name, for administrators of the provincial bureau. Raises NotYours."""
    if not (actor.is_province_bureau and actor.is_unit_admin):
        raise NotYours(NO_UNIT)
    central = units_kept_by(actor).filter(affiliation=Affiliation.CENTRAL, active=True)
    return central.select_related("region").order_by("pinyin", "pk")


def entrusted_in(units: Sequence[Unit], year: int) -> set[UUID]:
    """Those of the units that entrusted the province in a year."""
    found = Entrustment.objects.filter(unit__in=units, year=year)
    return set(found.values_list("unit_id", flat=True))


def years_entrusted(unit: Unit) -> list[int]:
    return list(unit.entrustments.order_by("year").values_list("year", flat=True))


def unit_with_members(actor: Actor, pk: UUID | None) -> Unit:
    """The unit whose members the actor manages: its own (`pk` None) or one its bureau keeps.

    Raises NotYours.
    """
    if not actor.is_unit_admin or actor.unit is None:
        raise NotYours(NO_UNIT)
    if pk is None or pk == actor.unit_id:
        return actor.unit
    return kept_unit(actor, pk)


def members_of_unit(unit: Unit) -> QuerySet[Membership]:
    """The members of a unit that `unit_with_members` gave, admins first."""
    return (
        Membership.objects.filter(unit=unit).select_related("user", "platform_account").order_by("role", "pk")
    )


def member_of(unit: Unit, pk: int) -> Membership:
    """One member of a unit that `unit_with_members` gave. Raises NotYours."""
    member = members_of_unit(unit).filter(pk=pk).first()
    if member is None:
        raise NotYours("没有找到该成员，可能已被移除。")
    return member


def open_invitations(unit: Unit) -> QuerySet[Invitation]:
    """Invitations that were neither accepted nor have run out."""
    return Invitation.objects.filter(unit=unit, accepted_at=None, expires_at__gt=clock.now())


def invitation_with(secret_hash: bytes, *, lock: bool = False) -> Invitation:
    """The open invitation whose secret somebody holds, whoever they are. Raises NotYours."""
    invitations = Invitation.objects.filter(
        secret_hash=secret_hash, accepted_at=None, expires_at__gt=clock.now(), unit__active=True
    )
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.select_related("unit").first()
    if invitation is None:
        raise NotYours(NO_INVITATION)
    return invitation


def own_person(actor: Actor) -> Person | None:
    """The natural person behind the signed-in account, None for one without an identity document."""
    return Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
