"""Learning records of providers: delivered whole or not at all, each as the next version of what it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from organizations import audit, digests, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.registry import identity
from training.feeds import queries
from training.feeds.queries import SEALED
from training.feeds.reported import BadRows, Fault, Reported
from training.models import Delivery, LearningRecord, Provider
from training.services.taking_up import TAKE_UP

ADD = """
INSERT INTO training_learningrecord (id, provider_id, delivery_id, row, number, version, withdrawn, name, id_kind,
    id_index, id_cipher, year, category, hours, title, completed_on, flags)
SELECT m.id, %(provider)s, %(delivery)s, m.row, m.number, m.version, m.withdrawn, m.name, m.id_kind, m.id_index,
    m.id_cipher, m.year, m.category, m.hours, m.title, m.completed_on, string_to_array(m.flags, ' ')
FROM unnest(%(ids)s::uuid[], %(rows)s::int[], %(numbers)s::text[], %(versions)s::int[], %(withdrawn)s::boolean[],
    %(names)s::text[], %(kinds)s::text[], %(indexes)s::bytea[], %(ciphers)s::bytea[], %(years)s::int[],
    %(categories)s::text[], %(hours)s::numeric[], %(titles)s::text[], %(days)s::date[], %(flags)s::text[]) AS m (id,
    row, number, version, withdrawn, name, id_kind, id_index, id_cipher, year, category, hours, title, completed_on,
    flags)
"""
VERSIONS = """
SELECT r.number, max(r.version) FROM training_learningrecord r
WHERE r.provider_id = %(provider)s AND r.number = ANY(%(numbers)s::text[]) GROUP BY r.number
"""
# The newest versions, repeated as withdrawn. Their ciphers are opened and sealed anew for the new rows.
NEWEST = """
SELECT DISTINCT ON (r.number) r.number, r.id, r.version, r.withdrawn FROM training_learningrecord r
WHERE r.provider_id = %(provider)s AND r.number = ANY(%(numbers)s::text[]) ORDER BY r.number, r.version DESC
"""
DIGEST = (
    f"SELECT {digests.many('training_learningrecord', 'r', 'row')} "  # noqa: S608 -- no input
    "FROM training_learningrecord r WHERE r.delivery_id = %s"
)
OTHER_BODY = "这个幂等键已经用于另一份内容，请换一个新的键；同一份内容重发时用原来的键。"
UNKNOWN_NUMBER = "没有报送过这个编号的记录，请核对。"
ALREADY_WITHDRAWN = "这条记录已经撤销，不用再撤销。"


class OtherBody(NotAllowed):
    """The key was used before, for something else."""


@dataclass(frozen=True)
class Parcel:
    """How something arrived: by which channel, the sender's name for it, and the SHA-256 (hex) of its bytes."""

    channel: str
    key: str
    sha256: str
    credential: UUID | None = None


@transaction.atomic
def deliver(*, actor: Actor, parcel: Parcel, rows: Sequence[Reported]) -> tuple[Delivery, bool]:
    """Takes 1 to 10,000 rows, numbered from 1, as the next versions of their records; True if they are new.

    The same parcel again gives the delivery that it made. Nothing here asks who the people are: that is done by a
    task afterwards, so the answer and its time are the same whoever they may be. Raises NotYours, OtherBody.
    """
    provider = _locked(actor)
    before = _same(provider, parcel)
    if before is not None:
        return before, False
    versions = _versions(provider, rows)
    delivery = _of(provider, parcel, len(rows), sum(bool(row.flags) and not row.withdrawn for row in rows))
    _add(provider, delivery, rows, versions)
    _begin(actor, delivery, parcel)
    outbox.ring(TAKE_UP, delivery.pk)
    return delivery, True


@transaction.atomic
def newer(*, actor: Actor, rows: Sequence[Reported]) -> list[Reported]:
    """Those rows whose own version is above the newest that we have, to be delivered in the same transaction."""
    known = _versions(_locked(actor), rows)
    return [row for row in rows if (row.version or 0) > known.get(row.number, 0)]


@transaction.atomic
def withdraw(*, actor: Actor, parcel: Parcel, numbers: Sequence[str]) -> tuple[Delivery, bool]:
    """Withdraws records by their numbers: a further version of each says so. Raises NotYours, OtherBody, BadRows."""
    provider = _locked(actor)
    before = _same(provider, parcel)
    if before is not None:
        return before, False
    newest = {row[0]: row[1:] for row in _asked(NEWEST, provider, list(numbers))}
    faults = []
    for place, number in enumerate(numbers, start=1):
        if number not in newest:
            faults.append(Fault(place, "number", UNKNOWN_NUMBER))
        elif newest[number][2]:
            faults.append(Fault(place, "number", ALREADY_WITHDRAWN))
    if faults:
        raise BadRows(faults)
    delivery = _of(provider, parcel, len(numbers), 0)
    known = LearningRecord.objects.in_bulk([newest[number][0] for number in numbers])
    LearningRecord.objects.bulk_create(
        _withdrawal(known[newest[number][0]], delivery, place)
        for place, number in enumerate(numbers, start=1)
    )
    _begin(actor, delivery, parcel)
    outbox.ring(TAKE_UP, delivery.pk)
    return delivery, True


def _locked(actor: Actor) -> Provider:
    """The actor's provider; its deliveries come one after the other, so that versions and keys are given once."""
    provider = queries.own_provider(actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"training.deliver {provider.pk}"])
    return provider


def _same(provider: Provider, parcel: Parcel) -> Delivery | None:
    before = Delivery.objects.filter(provider=provider, idempotency_key=parcel.key).first()
    if before is not None and before.sha256 != parcel.sha256:
        raise OtherBody(OTHER_BODY)
    return before


def _of(provider: Provider, parcel: Parcel, rows: int, flagged: int) -> Delivery:
    return Delivery(
        provider=provider,
        channel=parcel.channel,
        idempotency_key=parcel.key,
        sha256=parcel.sha256,
        rows=rows,
        flagged=flagged,
    )


def _begin(actor: Actor, delivery: Delivery, parcel: Parcel) -> None:
    """Writes the delivery whose records stand already, with the first event of its chain.

    One event for all of them, with their digest, and nothing of what becomes of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [delivery.pk])
        (records,) = cursor.fetchone()
    facts = audit.facts_text(
        provider=delivery.provider_id,
        rows=delivery.rows,
        sha256=delivery.sha256,
        records=records,
        channel=delivery.channel,
        credential=parcel.credential,
    )
    heads = audit.begin_chains(actor, "delivered", Delivery.SUBJECT, {delivery.pk: facts})
    delivery.audit_seq, delivery.audit_hash = 1, heads[delivery.pk]
    delivery.save(force_insert=True)


def _add(provider: Provider, delivery: Delivery, rows: Sequence[Reported], versions: dict[str, int]) -> None:
    ids = [uuid4() for _ in rows]
    people = {(row.id_kind, row.id_number) for row in rows}
    indexes = {each: identity.index_of(*each) for each in people}
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "provider": provider.pk,
                "delivery": delivery.pk,
                "ids": ids,
                "rows": list(range(1, len(rows) + 1)),
                "numbers": [row.number for row in rows],
                "versions": [row.version or versions.get(row.number, 0) + 1 for row in rows],
                "withdrawn": [row.withdrawn for row in rows],
                "names": [row.name for row in rows],
                "kinds": [row.id_kind for row in rows],
                "indexes": [indexes[row.id_kind, row.id_number] for row in rows],
                "ciphers": [
                    identity.seal(row.id_number, table=SEALED, pk=pk)
                    for pk, row in zip(ids, rows, strict=True)
                ],
                "years": [row.year for row in rows],
                "categories": [row.category for row in rows],
                "hours": [row.hours for row in rows],
                "titles": [row.title for row in rows],
                "days": [row.completed_on for row in rows],
                "flags": [" ".join(row.flags) for row in rows],
            },
        )


def _withdrawal(record: LearningRecord, delivery: Delivery, place: int) -> LearningRecord:
    number = identity.unseal(record.id_cipher, table=SEALED, pk=record.pk)
    record.pk = uuid4()
    record.id_cipher = identity.seal(number, table=SEALED, pk=record.pk)
    record.delivery, record.row, record.version, record.withdrawn = delivery, place, record.version + 1, True
    return record


def _versions(provider: Provider, rows: Sequence[Reported]) -> dict[str, int]:
    return dict(_asked(VERSIONS, provider, [row.number for row in rows]))


def _asked(sql: str, provider: Provider, numbers: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"provider": provider.pk, "numbers": numbers})
        return list(cursor.fetchall())
