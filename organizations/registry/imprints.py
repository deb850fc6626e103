"""Whom the pages name as running the system, and whom one may ring."""

from __future__ import annotations

from contextlib import suppress
from typing import TypedDict, cast

from django.core.cache import cache
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from redis.exceptions import RedisError

from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Imprint, Unit
from organizations.models.region import RegionLevel
from organizations.registry.kept import NO_UNIT

KEY = "imprints"
KEPT = 60  # seconds


class Shown(TypedDict):
    """What the pages show of an imprint: Imprint's fields, its bureau's division (`place`) and rank (`level`)."""

    host: str
    hotline: str
    times: str
    support: str
    privacy_office: str
    privacy_contact: str
    place: str
    level: str


def imprint_for(actor: Actor) -> Shown | None:
    """That of the bureau nearest to the unit the actor works for; else, and for everybody else, the province's.

    Every page asks; the bureaus' few lines are kept for a minute, until one is saved. A page that says that nothing
    works must still come: without a database it names nobody.
    """
    code = actor.unit.region_id if actor.unit else None
    try:
        kept = _kept()
    except (OperationalError, InterfaceError):
        return None
    if not code:
        return next((each for each in kept if each["level"] == RegionLevel.PROVINCE), None)
    found = {each["place"]: each for each in kept}
    return next(
        (found[place] for place in (code, f"{code[:4]}00", f"{code[:2]}0000") if place in found), None
    )


def forget() -> None:
    """With the commit of what changes an imprint or a bureau: the next page shows it."""
    transaction.on_commit(_forget, robust=True)


def _kept() -> list[Shown]:
    """All bureaus' imprints, from the cache where it has them and answers."""
    with suppress(RedisError):
        if (kept := cache.get(KEY)) is not None:
            return cast(list[Shown], kept)
    rows = _all().order_by("unit").annotate(place=F("unit__region"), level=F("unit__bureau_level"))
    shown = cast(list[Shown], list(rows.values(*Shown.__annotations__)))
    with suppress(RedisError):
        cache.set(KEY, shown, timeout=KEPT)
    return shown


def _forget() -> None:
    with suppress(RedisError):
        cache.delete(KEY)


def all_imprints() -> list[Imprint]:
    """Every bureau that says whom to ring, the province's first, by region."""
    return list(_all().select_related("unit__region").order_by("unit__region", "unit"))


def own_imprint(actor: Actor) -> tuple[Unit, Imprint | None]:
    """The bureau whose imprint the actor keeps, and what it says. Raises NotYours for all but its administrators."""
    unit = actor.unit
    if unit is None or not unit.is_bureau or not actor.is_unit_admin:
        raise NotYours(NO_UNIT)
    return unit, Imprint.objects.filter(unit=unit).first()


def _all() -> QuerySet[Imprint]:
    return Imprint.objects.filter(unit__active=True).exclude(unit__bureau_level="").select_related("unit")
