"""Reads of the training registry. Each starts from the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import QuerySet

from organizations.actor import Actor
from training.models import RecognisedHours, Source


def on_record(actor: Actor) -> QuerySet[RecognisedHours]:
    """The actor's own valid hours; whoever acts for a unit has none here."""
    if not actor.is_applicant or actor.person_id is None:
        return RecognisedHours.objects.none()
    rows = RecognisedHours.objects.filter(person_id=actor.person_id, valid=True)
    return rows.order_by("year", "source", "number", "category")


def of_certificate(actor: Actor, number: str) -> list[RecognisedHours]:
    """What an earlier 学时认定单 of the actor's own recognises; empty for any other number, whoever's it is."""
    return list(on_record(actor).filter(source=Source.CERTIFICATE, number=number.strip()))


def not_twice(rows: Iterable[RecognisedHours]) -> list[RecognisedHours]:
    """Of several certificates that speak of the same year, only the one that recognises most."""
    listed = list(rows)
    sums: dict[tuple[int, str], Decimal] = {}
    for row in listed:
        if row.source == Source.CERTIFICATE:
            sums[row.year, row.number] = sums.get((row.year, row.number), Decimal(0)) + row.hours
    best = {year: number for (year, number), _ in sorted(sums.items(), key=lambda each: (each[1], each[0]))}
    return [row for row in listed if row.source != Source.CERTIFICATE or best[row.year] == row.number]


@dataclass(frozen=True)
class LedgerYear:
    """One year of the 学时台账: its rows, and per category the hours that count."""

    year: int
    rows: list[RecognisedHours]

    @property
    def counted(self) -> dict[str, Decimal]:
        """Hours by category of what is valid, with only the best of several certificates."""
        sums: dict[str, Decimal] = {}
        for row in not_twice(row for row in self.rows if row.valid):
            sums[row.category] = sums.get(row.category, Decimal(0)) + row.hours
        return sums


def ledger(actor: Actor) -> list[LedgerYear]:
    """Everything ever recognised for the actor, withdrawn rows included, newest year first."""
    if not actor.is_applicant or actor.person_id is None:
        return []
    rows = RecognisedHours.objects.filter(person_id=actor.person_id)
    ordered = rows.order_by("-year", "-valid", "source", "number", "category")
    return [LedgerYear(year, list(group)) for year, group in groupby(ordered, key=lambda row: row.year)]
