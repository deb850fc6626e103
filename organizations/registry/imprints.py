"""Whom the pages name as running the system, and whom one may ring."""

from __future__ import annotations

from django.db.models import QuerySet

from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import Imprint, Unit
from organizations.models.region import RegionLevel
from organizations.registry.kept import NO_UNIT


def imprint_for(actor: Actor) -> Imprint | None:
    """That of the bureau nearest to the unit the actor works for; else, and for everybody else, the province's."""
    code = actor.unit.region_id if actor.unit else None
    if not code:
        return _all().filter(unit__bureau_level=RegionLevel.PROVINCE).order_by("unit").first()
    nearest = [code, f"{code[:4]}00", f"{code[:2]}0000"]
    found = {each.unit.region_id: each for each in _all().filter(unit__region__in=nearest).order_by("unit")}
    return next((found[place] for place in nearest if place in found), None)


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
