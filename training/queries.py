"""Reads of the training registry. Each starts from the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet

from organizations.acting.actor import Actor
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
    """One year of the 学时台账: its rows, and per category the hours that count.

    `held`: the rows that an approval took over, so that a certificate of the year holds them already.
    `unfit`: sources that do not count for this person.
    """

    year: int
    rows: list[RecognisedHours]
    held: frozenset[UUID] = frozenset()
    unfit: frozenset[str] = frozenset()

    @property
    def counted(self) -> dict[str, Decimal]:
        """Hours by category of what is valid, with only the best of several certificates and nothing twice."""
        sums: dict[str, Decimal] = {}
        for row in not_twice(row for row in self.rows if self._counts(row)):
            sums[row.category] = sums.get(row.category, Decimal(0)) + row.hours
        return sums

    def _counts(self, row: RecognisedHours) -> bool:
        return row.valid and row.source not in self.unfit and not self.is_held(row)

    def is_held(self, row: RecognisedHours) -> bool:
        """Whether a valid certificate of the year holds this row's hours."""
        certified = any(each.valid and each.source == Source.CERTIFICATE for each in self.rows)
        return certified and row.pk in self.held


def ledger(
    actor: Actor, held: frozenset[UUID] = frozenset(), unfit: frozenset[str] = frozenset()
) -> list[LedgerYear]:
    """Everything ever recognised for the actor, withdrawn rows included, newest year first; the rest as above."""
    if not actor.is_applicant or actor.person_id is None:
        return []
    rows = RecognisedHours.objects.filter(person_id=actor.person_id)
    ordered = rows.order_by("-year", "-valid", "source", "number", "category")
    years = groupby(ordered, key=lambda row: row.year)
    return [LedgerYear(year, list(group), held, unfit) for year, group in years]
