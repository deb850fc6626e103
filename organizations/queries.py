"""Reads of the registry: units and bureaus."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from organizations.models import Region, Unit

MOST_SUGGESTIONS = 20


def bureau_for(region: Region, level: str) -> Unit | None:
    """The active 经办机构 of `level` whose territory contains `region`."""
    return Unit.objects.filter(active=True, bureau_level=level, region_id__in=region.lineage()).first()


def employers_matching(text: str) -> QuerySet[Unit]:
    """Active units that are not bureaus, by part of their name, by pinyin or by initials."""
    wanted = text.strip()
    key = wanted.lower().replace(" ", "")
    units = Unit.objects.filter(active=True, bureau_level="")
    if not wanted or "\0" in wanted:  # PostgreSQL takes no NUL
        return units.none()
    return units.filter(Q(name__contains=wanted) | Q(pinyin__startswith=key) | Q(initials__startswith=key))[
        :MOST_SUGGESTIONS
    ]
