"""委托: which 中央驻湘单位 entrusted the province with senior reviews in a year (notice 二(三); A51), all at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.models import Entrustment
from organizations.registry import kept as registry


@transaction.atomic
def entrust_year(*, actor: Actor, year: int, units: Iterable[UUID]) -> int:
    """Of the central units in use exactly these entrusted the province in this year; returns how many changed.

    Raises NotYours for who is not an administrator of the provincial bureau, NotAllowed for other units.
    """
    wanted = set(units)
    central = list(registry.central_units(actor).select_for_update(of=("self",)))
    if not wanted <= {unit.pk for unit in central}:
        raise NotAllowed("名单已有变动，没有保存。请核对后重新勾选。")
    had = set(Entrustment.objects.filter(year=year, unit__in=central).values_list("unit_id", flat=True))
    changed = [unit for unit in central if (unit.pk in wanted) != (unit.pk in had)]
    Entrustment.objects.filter(year=year, unit_id__in=had - wanted).delete()
    Entrustment.objects.bulk_create([Entrustment(unit_id=pk, year=year) for pk in sorted(wanted - had)])
    for unit in changed:
        digest = digests.one("organizations_unit", unit.pk)
        audit.record(actor, "unit_changed", unit, years=registry.years_entrusted(unit), digest=digest)
    return len(changed)
