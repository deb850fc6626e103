"""学时台账: every year that was ever recognised for a person, from whichever source."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import rules
from applications.filed import records
from organizations.acting.actor import ActorRequest
from training import queries
from training.models import RecognisedHours
from training.queries import LedgerYear


@require_safe
def ledger(request: ActorRequest) -> HttpResponse:
    """Categories by the names and in the order of the policies."""
    actor = request.actor
    names = {
        category.key: category.name
        for key in rules.available_policies()
        for category in rules.load_policy(key).categories
    }
    unfit = records.unfit_sources(actor)
    entries = queries.ledger(actor, records.held(actor), frozenset(unfit))
    years = [_year(entry, names, unfit) for entry in entries]
    return render(request, "certificates/ledger.html", {"years": years, "is_applicant": actor.is_applicant})


def _year(entry: LedgerYear, names: dict[str, str], unfit: dict[str, str]) -> dict[str, Any]:
    """A row for each proof, with its hours by category; what counts, by the category's name."""
    found = {row.category for row in entry.rows}
    categories = [*(key for key in names if key in found), *sorted(found - set(names))]
    titles = [names.get(key, key) for key in categories]
    rows = [
        (
            proof,
            [(title, hours.get(key)) for key, title in zip(categories, titles, strict=True)],
            entry.is_held(proof),
            unfit.get(proof.source, ""),
        )
        for proof, hours in _proofs(entry.rows)
    ]
    return {
        "year": entry.year,
        "categories": titles,
        "rows": rows,
        "counted": [(names.get(key, key), entry.counted[key]) for key in categories if key in entry.counted],
    }


def _proofs(rows: list[RecognisedHours]) -> list[tuple[RecognisedHours, dict[str, Decimal]]]:
    """Rows of one proof (a certificate, a training) together, the valid ones first, with hours by category."""

    def proof(row: RecognisedHours) -> tuple[bool, str, str, str]:
        return (not row.valid, row.number, row.source, row.title)

    proofs = []
    for _, group in groupby(sorted(rows, key=proof), key=proof):
        same = list(group)
        hours: dict[str, Decimal] = {}
        for row in same:
            hours[row.category] = hours.get(row.category, Decimal(0)) + row.hours
        proofs.append((same[0], hours))
    return proofs
