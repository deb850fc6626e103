"""Cases with warnings, by what is warned of: those with the same doubts can be decided together, with one reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from applications.models import Revision
from review.batches.verdicts import Row

AT_ONCE = 500  # revisions in memory at a time; a batch may hold thousands of cases
OTHER = "其他警示"
KINDS = (("gaps", "材料不全"), ("over_claimed", "学时高于细则"), ("repeated", "成果也在别处申报"))


def groups(rows: Sequence[Row]) -> dict[str, list[UUID]]:
    """What is warned of, in words → the cases, in the order of `rows`; the largest group first."""
    found: dict[str, list[UUID]] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = [row.pk for row in rows[start : start + AT_ONCE]]
        filed = Revision.objects.filter(application_id__in=some, number=F("application__revision"))
        says = {
            pk: "、".join(_kinds(json.loads(content)["years"])) or OTHER
            for pk, content in filed.order_by().values_list("application_id", "content")
        }
        for pk in some:
            found.setdefault(says.get(pk, OTHER), []).append(pk)
    return dict(sorted(found.items(), key=lambda group: -len(group[1])))


def _kinds(years: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for key, label in KINDS:
        if any(year.get(key) for year in years):
            yield label
