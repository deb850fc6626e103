"""学时台账: every year that was ever recognised for a person, from whichever source."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import rules
from organizations.actor import Actor
from training import queries


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Categories by the names and in the order of the policies."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    names = {
        category.key: category.name
        for key in rules.available_policies()
        for category in rules.load_policy(key).categories
    }
    place = {key: number for number, key in enumerate(names)}
    years = [
        {
            "year": entry.year,
            "rows": sorted(
                entry.rows, key=lambda row: (not row.valid, row.number, place.get(row.category, 99))
            ),
            "counted": sorted(entry.counted.items(), key=lambda pair: place.get(pair[0], 99)),
        }
        for entry in queries.ledger(actor)
    ]
    context = {"years": years, "names": names, "is_applicant": actor.is_applicant}
    return render(request, "certificates/ledger.html", context)
