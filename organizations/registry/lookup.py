"""Reads of the registry: units and bureaus."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from organizations.models import Region, Unit

MOST_SUGGESTIONS = 20


def bureau_for(region: Region, level: str) -> Unit | None:
    """The active 经办机构 of `level` whose territory contains `region`."""
    return Unit.objects.filter(active=True, bureau_level=level, region_id__in=region.lineage()).first()


def named(text: str) -> Q:
    """Units by part of their name, by the beginning of their pinyin or of their initials; blank text finds none."""
    typed = text.strip()
    if not typed or "\0" in typed:  # PostgreSQL takes no NUL
        return Q(pk__in=())
    key = typed.lower().replace(" ", "")
    return Q(name__contains=typed) | Q(pinyin__startswith=key) | Q(initials__startswith=key)


def employers_matching(text: str) -> QuerySet[Unit]:
    """Active units that are not bureaus, by what is typed of their name."""
    return Unit.objects.filter(named(text), active=True, bureau_level="")[:MOST_SUGGESTIONS]
