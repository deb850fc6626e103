"""What a unit's people have in hand, beside their names; what a list of units has in hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django import template
from django.db import connection
from django.db.models import Count, prefetch_related_objects

from cehours.lib import clock
from organizations.messaging.sms import SMS
from organizations.models import Membership, Unit
from review.models import Absence

register = template.Library()


@dataclass(frozen=True)
class Busy:
    """How many running cases are assigned to somebody, and until when they are away, in words."""

    assigned: int = 0
    away: str = ""


@dataclass(frozen=True)
class Load:
    """How many people work for a unit, how many cases it holds."""

    people: int = 0
    cases: int = 0


@register.simple_tag
def work_of(unit: Unit) -> dict[int, Busy]:
    """By account; the database answers whoever keeps the unit, because a bureau reads no rows of the unit's desk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, number FROM cases_assigned(%s)", [unit.pk])
        found = {account: Busy(number) for account, number in cursor.fetchall()}
    coming = list(
        Absence.objects.raw(
            "SELECT * FROM absences_ahead(%s, %s) ORDER BY first_day DESC, id DESC", [unit.pk, clock.today()]
        )
    )
    prefetch_related_objects(coming, "deputy")
    for absence in coming:  # of several the nearest stays
        says = f"{absence.first_day:%-m月%-d日}至{absence.last_day:%-m月%-d日}，由{absence.deputy}代办"
        found[absence.user_id] = replace(found.get(absence.user_id, Busy()), away=says)
    return found


@register.simple_tag
def loads_of(units: Iterable[Unit]) -> dict[UUID, Load]:
    """By unit, of one page of a list: two statements."""
    keys = [unit.pk for unit in units]
    living = Membership.objects.filter(unit__in=keys, user__is_active=True).order_by()
    people = dict(living.values_list("unit").annotate(Count("pk")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit, number FROM cases_in_hand(%s::uuid[])", [keys])
        cases = dict(cursor.fetchall())
    return {key: Load(people.get(key, 0), cases.get(key, 0)) for key in keys}


@register.filter
def busy_of(work: Mapping[int, Busy], user_id: int) -> Busy:
    return work.get(user_id, Busy())


@register.filter
def load_of(loads: Mapping[UUID, Load], unit_id: UUID) -> Load:
    return loads.get(unit_id, Load())


@register.filter
def mask_phone(number: str) -> str:
    return SMS.masked(number)
