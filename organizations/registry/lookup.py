"""Reads of the registry: units and bureaus."""

from __future__ import annotations

import re

from django.db.models import Exists, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Length, Right
from django.db.models.lookups import Exact, GreaterThanOrEqual

from cehours.lib import names
from organizations.models import Region, Unit

MOST_SUGGESTIONS = 20
SHORTEST_SHORT_NAME = 3  # two characters in their order are in too many names
# 省 and 市 behind the name of a place, and nowhere else; read alike by Python and PostgreSQL.
PLACE_WORDS = "(?<=..)[省市](?=.)"


def bureau_for(region: Region, level: str) -> Unit | None:
    """The active 经办机构 of `level` whose territory contains `region`."""
    return Unit.objects.filter(active=True, bureau_level=level, region_id__in=region.lineage()).first()


def named(text: str) -> Q:
    """Units by part of their name, by the beginning of their pinyin or of their initials; blank text finds none.

    Widths, blanks, brackets and dots do not count. Where no name holds what was typed, it is taken as a short
    name: its characters in their order (湖南长沙中心医院 for 湖南省长沙市中心医院); and where somebody wrote 省 and
    市 in front of a name that has none, the name is the end of what was typed.
    """
    key = names.key(text.replace("\0", ""))  # PostgreSQL takes no NUL
    if not key:
        return Q(pk__in=())
    as_typed = Q(name_key__contains=key)
    for column in ("pinyin", "initials"):
        as_typed |= Q(**{f"{column}__startswith": key}) | Q(**{f"{column}__contains": f" {key}"})
    if key.isascii() or len(key) < SHORTEST_SHORT_NAME:
        return as_typed
    shortened = Q(name_key__regex=".*".join(map(re.escape, key)))
    longer = Q(Exact(Right(Value(key), Length("name_key")), F("name_key")))
    longer &= Q(GreaterThanOrEqual(Length("name_key"), SHORTEST_SHORT_NAME))
    return as_typed | (~Exists(Unit.objects.filter(as_typed)) & (shortened | longer))


def alike(name: str) -> QuerySet[Unit]:
    """Units whose names differ from this one in nothing but brackets, blanks, dots, case, or 省 and 市 left out."""
    parts = (F("name_key"), Value(PLACE_WORDS), Value(""), Value("g"))
    plain = Func(*parts, function="regexp_replace", output_field=TextField())
    wanted = re.sub(PLACE_WORDS, "", names.key(name))
    return (
        Unit.objects.alias(plain=plain).filter(plain=wanted).select_related("region").order_by("pinyin", "pk")
    )


def employers_matching(text: str) -> QuerySet[Unit]:
    """Active units that are not bureaus, by what is typed of their name."""
    return Unit.objects.filter(named(text), active=True, bureau_level="")[:MOST_SUGGESTIONS]


def example_employer() -> Unit | None:
    """Some unit that a search finds, to show how one is typed."""
    return Unit.objects.filter(active=True, bureau_level="").order_by("pk").first()
