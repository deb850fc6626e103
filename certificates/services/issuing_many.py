"""Issuing for many approvals at once: what `issue` does for each, with the numbers taken together and last."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from cehours.lib import clock
from certificates.issuing import approved, numbering
from certificates.issuing.approved import Approved
from certificates.models import Certificate
from certificates.services.issuing import digest_of, supersede
from organizations import audit, outbox
from organizations.acting.actor import Actor
from training.models import Source

HOURS = """
INSERT INTO training_recognisedhours (id, person_id, year, category, hours, source, number, title, valid, recorded_at)
SELECT gen_random_uuid(), m.person_id, s.year, s.category, s.recognised, %(source)s, m.number, '', true, %(now)s
FROM unnest(%(decisions)s::uuid[], %(persons)s::uuid[], %(numbers)s::text[]) AS m (decision_id, person_id, number)
JOIN applications_assessment s ON s.decision_id = m.decision_id
"""


# As `bulk_create` would, at a fifth of its cost a row.
INSERT = """
INSERT INTO certificates_certificate (id, number, number_year, serial, person_id, application_id, revision, from_year,
    to_year, by_approval, lent_by, state, issued_by_id, issued_at, token, sheet, storage_key, sha256, size,
    ended_reason, audit_seq, audit_hash)
SELECT m.id, m.number, %(year)s, m.serial, m.person, m.application, m.revision, m.first, m.last, true,
    m.lent_by::uuid[], 'pending', %(unit)s, %(now)s, m.token, m.sheet, '', '', 0, '', 1, m.head
FROM unnest(%(ids)s::uuid[], %(numbers)s::text[], %(serials)s::int[], %(persons)s::uuid[], %(applications)s::uuid[],
    %(revisions)s::int[], %(firsts)s::int[], %(lasts)s::int[], %(tokens)s::text[], %(sheets)s::text[],
    %(heads)s::bytea[], %(lenders)s::text[])
    AS m (id, number, serial, person, application, revision, first, last, token, sheet, head, lent_by)
"""


@dataclass(frozen=True)
class Approval:
    """One approval of many: the decision on record, and its facts."""

    decision_id: UUID
    facts: Approved

    @property
    def span(self) -> tuple[int, int]:
        return min(self.facts.years), max(self.facts.years)


def refuse_unissuable(facts: Approved) -> None:
    """Raises NotAllowed when no certificate can be issued of these facts; asked before anything is written."""
    approved.texts_of(facts)
    approved.must_be_met(facts.years, range(min(facts.years), max(facts.years) + 1))


@transaction.atomic
def issue_many(*, actor: Actor, approvals: Sequence[Approval]) -> dict[UUID, str]:
    """Issues the certificate of each approval's whole span; returns the numbers by application.

    The approvals are decided and on record, each let through by `refuse_unissuable`, in the order in
    which numbers are to be given. In the approving transaction; the counter is the last lock taken, once for all.
    """
    now = clock.now()
    lenders = approved.further_lenders(approval.facts.application_id for approval in approvals)
    rows = [_unnumbered(actor, approval, now, lenders) for approval in approvals]
    replaced = _supersede(rows)
    outbox.ring_many("certificates.render", [row.pk for row in rows])
    serials = numbering.take_many(clock.local(now).year, len(rows))
    for row, approval, serial in zip(rows, approvals, serials, strict=True):
        _number(row, approval.facts, serial, now)
    facts = {
        row.pk: audit.facts_text(
            number=row.number,
            application=row.application_id,
            replaces=replaced.get(row.pk, []),
            sheet=digest_of(row.sheet),
            by_approval=True,
        )
        for row in rows
    }
    heads = audit.begin_chains(actor, "issued", Certificate.SUBJECT, facts)
    _insert(rows, heads)
    _record_hours(approvals, rows, now)
    return {row.application_id: row.number for row in rows}


def _unnumbered(
    actor: Actor, approval: Approval, now: datetime, lenders: Mapping[UUID, list[UUID]]
) -> Certificate:
    first, last = approval.span
    assert actor.unit_id  # a unit decided
    return Certificate(
        id=uuid4(),
        number_year=clock.local(now).year,
        person_id=approval.facts.person_id,
        application_id=approval.facts.application_id,
        revision=approval.facts.revision,
        from_year=first,
        to_year=last,
        by_approval=True,
        lent_by=[*approval.facts.lent_by, *lenders.get(approval.facts.application_id, [])],
        issued_by_id=actor.unit_id,
        issued_at=now,
        token=secrets.token_urlsafe(24),
    )


def _supersede(rows: Sequence[Certificate]) -> dict[UUID, list[UUID]]:
    """Ends earlier live certificates of the same people and ranges: few, so one by one, in a fixed order."""
    by_range = {(row.person_id, row.from_year, row.to_year): row for row in rows}
    with connection.cursor() as cursor:
        cursor.execute("SELECT whose, first, last FROM ranges_alive(%s)", [[row.person_id for row in rows]])
        ranges = set(cursor.fetchall())
    found = sorted(by_range.keys() & ranges, key=str)
    return {by_range[each].pk: supersede(by_range[each]) for each in found}


def _number(row: Certificate, facts: Approved, serial: int, now: datetime) -> None:
    row.serial = serial
    row.number = approved.texts_of(facts).number_format.format(year=row.number_year, serial=serial)
    sheet = approved.sheet_of(
        facts,
        number=row.number,
        from_year=row.from_year,
        to_year=row.to_year,
        issued_on=clock.local(now).date(),
        verification_url=settings.PUBLIC_URL + reverse("certificates:verify_token", args=[row.token]),
    )
    row.sheet = sheet.to_json()


def _insert(rows: Sequence[Certificate], heads: Mapping[UUID, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "year": rows[0].number_year,
                "unit": rows[0].issued_by_id,
                "now": rows[0].issued_at,
                "ids": [row.pk for row in rows],
                "numbers": [row.number for row in rows],
                "serials": [row.serial for row in rows],
                "persons": [row.person_id for row in rows],
                "applications": [row.application_id for row in rows],
                "revisions": [row.revision for row in rows],
                "firsts": [row.from_year for row in rows],
                "lasts": [row.to_year for row in rows],
                "tokens": [row.token for row in rows],
                "sheets": [row.sheet for row in rows],
                "heads": [heads[row.pk] for row in rows],
                "lenders": [f"{{{','.join(map(str, row.lent_by))}}}" for row in rows],
            },
        )


def _record_hours(approvals: Sequence[Approval], rows: Sequence[Certificate], now: datetime) -> None:
    """Writes the recognised years into each person's record, from the assessments just made."""
    with connection.cursor() as cursor:
        cursor.execute(
            HOURS,
            {
                "source": Source.CERTIFICATE.value,
                "now": now,
                "decisions": [approval.decision_id for approval in approvals],
                "persons": [row.person_id for row in rows],
                "numbers": [row.number for row in rows],
            },
        )
