"""学时台账: every year that was ever recognised for a person, from whichever source."""

from __future__ import annotations

from collections.abc import Mapping
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
from training.models import RecognisedHours, Source
from training.queries import LedgerYear

HELD = "已计入学时认定单，不重复计算"
BESIDES = "没有计入学时认定单，另外计算"
LESS = "同一年度另有学时更多的认定单，合计以那一份为准"


@require_safe
def ledger(request: ActorRequest) -> HttpResponse:
    """Categories by the names and in the order of the policies, the same columns for all years."""
    actor = request.actor
    names = {
        category.key: category.name
        for key in rules.available_policies()
        for category in rules.load_policy(key).categories
    }
    unfit = records.unfit_sources(actor)
    entries = queries.ledger(actor, records.held(actor), frozenset(unfit))
    found = {row.category for entry in entries for row in entry.rows}
    columns = {key: names.get(key, key) for key in [*names, *sorted(found - set(names))] if key in found}
    context = {
        "years": [_year(entry, columns, unfit) for entry in entries],
        "categories": list(columns.values()),
        "width": len(columns) + 2,
        "unfit": frozenset(unfit),
        "is_applicant": actor.is_applicant,
    }
    return render(request, "certificates/ledger.html", context)


def _year(entry: LedgerYear, columns: Mapping[str, str], unfit: Mapping[str, str]) -> dict[str, Any]:
    """What counts of a year, and a row for each proof, with hours by category."""
    counted = entry.counted
    certified = any(row.valid and row.source == Source.CERTIFICATE for row in entry.rows)
    rows = [
        (proof, _by_column(hours, columns), _note(entry, proof, unfit, certified=certified))
        for proof, hours in _proofs(entry.rows)
    ]
    return {
        "year": entry.year,
        "rows": rows,
        "counts": bool(counted),
        "counted": _by_column(counted, columns),
        "says": "认定单和另计的学时" if any(note == BESIDES for _, _, note in rows) else "",
    }


def _by_column(hours: Mapping[str, Decimal], columns: Mapping[str, str]) -> list[tuple[str, Decimal | None]]:
    return [(name, hours.get(key)) for key, name in columns.items()]


def _note(entry: LedgerYear, proof: RecognisedHours, unfit: Mapping[str, str], *, certified: bool) -> str:
    """Why a proof is or is not in the year's sum, where one might wonder."""
    if not proof.valid:
        return ""
    if entry.is_held(proof):
        return HELD
    if proof.source in unfit:
        return f"没有计入。{unfit[proof.source]}"
    if proof.source == Source.CERTIFICATE:
        return "" if proof in queries.not_twice(row for row in entry.rows if row.valid) else LESS
    return BESIDES if certified else ""


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
