"""What staff are told of their units' work, and which kinds an account switched off."""

from __future__ import annotations

from collections.abc import Container, Iterable
from uuid import UUID

from django.db import models

from organizations.acting.actor import Actor
from organizations.models import Membership, Unit, User


class Work(models.TextChoices):
    """The kinds, in the order in which people read them. The keys stand in `User.muted` for ever."""

    FRESH = "fresh", "新收到的申报"
    LATE = "late", "等待较久的申报"
    MINE = "mine", "分派给我的申报"
    STUCK = "stuck", "卡点"
    REVOCATIONS = "revocations", "待复核的撤销申请"
    PLANS = "plans", "待备案的培训计划"
    CORRECTIONS = "corrections", "待办理的更正申请"
    SESSIONS = "session_changes", "待复核的申报期变更"
    BATCHES = "batches", "批量审核办完"


OF_BUREAUS = {Work.REVOCATIONS, Work.BATCHES}


def concerns(unit: Unit, kind: Work) -> bool:
    """Whether such work can come to the unit at all."""
    if kind in (Work.CORRECTIONS, Work.SESSIONS):
        return unit.is_province_bureau
    return unit.is_bureau or kind not in OF_BUREAUS


def kinds_for(actor: Actor) -> list[Work]:
    """What the account can be told under any of its hats; nothing for whoever works for no unit."""
    units = [hat.unit for hat in actor.memberships]
    return [kind for kind in Work if any(concerns(unit, kind) for unit in units)]


def wanted_by(user: User) -> set[Work]:
    """What the account did not switch off."""
    return {kind for kind in Work if kind not in user.muted}


def choose(*, actor: Actor, wanted: Container[str]) -> None:
    """Switches off what is offered to the account and not `wanted`; what is not offered stays as it was."""
    assert actor.user is not None
    offered = set(kinds_for(actor))
    kept = [key for key in actor.user.muted if key not in offered]
    actor.user.muted = sorted([*kept, *(kind for kind in offered if kind not in wanted)])
    actor.user.save(update_fields=["muted"])


def wanting(people: Iterable[UUID], unit_id: UUID, kind: Work) -> list[UUID]:
    """Those of the persons of whom a living account of the unit did not switch the kind off, in their order."""
    told = list(people)
    members = Membership.objects.filter(unit_id=unit_id, user__is_active=True, user__person_id__in=told)
    willing = members.exclude(user__muted__contains=[kind.value])
    found = set(willing.values_list("user__person_id", flat=True))
    return [person for person in told if person in found]
