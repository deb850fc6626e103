"""Whose desks a person's 工作提要 speaks of on a day, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging.notices import Words
from organizations.messaging.work import Work, concerns, wanted_by
from organizations.models import Membership
from review.models import Absence
from review.telling.waiting import Line, lines

AT_ONCE = {Work.BATCHES}  # told when it happens, never in the digest


@dataclass(frozen=True)
class Desk:
    """One hat of a person, the kinds they are told of under it, and the colleagues for whom they stand in."""

    actor: Actor
    kinds: frozenset[Work]
    stands_in_for: tuple[str, ...] = ()


def desks_of(person_id: UUID, day: date) -> list[Desk]:
    """The desks of a person, by unit; asked as the system.

    Whoever is away is told nothing of that desk while their deputy can be: the deputy is told what either of the
    two wants to be told.
    """
    hats = Membership.objects.filter(user__person_id=person_id, user__is_active=True, unit__active=True)
    desks: dict[UUID, Desk] = {}
    for hat in hats.select_related("user", "unit").order_by("unit__pinyin", "pk"):
        away = _away(hat.unit_id, day)
        if _deputy_works(hat, away):
            continue
        absent = [absence for absence in away if absence.deputy_id == hat.user_id]
        wanted = set().union(wanted_by(hat.user), *(wanted_by(absence.user) for absence in absent)) - AT_ONCE
        kinds = frozenset(kind for kind in wanted if concerns(hat.unit, kind))
        names = tuple(str(absence.user) for absence in absent)
        desks.setdefault(hat.unit_id, Desk(Actor.of(hat.user, hat), kinds, names))
    return list(desks.values())


def words_of(desks: Sequence[Desk]) -> Words | None:
    """The digest with the numbers of this moment; None where nothing waits."""
    found: list[tuple[Desk, list[Line]]] = []
    for desk in desks:
        with scope(desk.actor):
            waiting = lines(desk.actor, desk.kinds)
        if waiting:
            found.append((desk, waiting))
    if not found:
        return None
    said = ["、".join(_says(desk, line) for line in waiting) for desk, waiting in found]
    title = f"工作提要：{said[0]}" if len(found) == 1 else f"工作提要：{len(found)} 个单位有事项等待办理"
    body = "\n".join(f"{desk.actor.unit}：{text}。" for (desk, _), text in zip(found, said, strict=True))
    return Words("digest", title, body, reverse("review:today"))


def _says(desk: Desk, line: Line) -> str:
    if line.kind == Work.MINE and desk.stands_in_for:
        return f"{line.says}（含代{'、'.join(desk.stands_in_for)}办理的）"
    return line.says


def _away(unit_id: UUID, day: date) -> list[Absence]:
    today = Absence.objects.filter(unit_id=unit_id, first_day__lte=day, last_day__gte=day)
    return list(today.select_related("user").order_by("pk"))


def _deputy_works(hat: Membership, away: Sequence[Absence]) -> bool:
    """Whether this account is away and somebody who is there stands in for it."""
    absent = {absence.user_id for absence in away}
    deputies = {absence.deputy_id for absence in away if absence.user_id == hat.user_id} - absent
    living = Membership.objects.filter(unit_id=hat.unit_id, user_id__in=deputies, user__is_active=True)
    return living.exclude(user__person=None).exists()
