"""The trail: one event per act, in the act's own transaction, chained per subject."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from organizations.acting.actor import Actor
from organizations.models import Audited, Event

APPEND = """
WITH head AS (
    SELECT audit_seq + 1 AS seq, audit_hash AS prev FROM {table} WHERE id = %(id)s FOR NO KEY UPDATE
), link AS (
    INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
    SELECT %(subject)s, %(id)s, seq, %(act)s, %(user)s, %(person)s, %(unit)s, %(facts)s, prev FROM head
    RETURNING seq, hash
)
UPDATE {table} AS subject SET audit_seq = link.seq, audit_hash = link.hash FROM link
WHERE subject.id = %(id)s RETURNING subject.audit_seq, subject.audit_hash
"""


APPEND_MANY = """
WITH head AS (
    SELECT t.id, t.audit_seq + 1 AS seq, t.audit_hash AS prev, given.facts FROM {table} t
    JOIN unnest(%(ids)s::uuid[], %(facts)s::text[]) AS given (id, facts) ON given.id = t.id FOR NO KEY UPDATE OF t
), link AS (
    INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
    SELECT %(subject)s, id, seq, %(act)s, %(user)s, %(person)s, %(unit)s, facts, prev FROM head
    RETURNING subject_id, seq, hash
)
UPDATE {table} AS subject SET audit_seq = link.seq, audit_hash = link.hash FROM link WHERE subject.id = link.subject_id
"""


# The first link of chains whose subjects are about to be written, with the head that is to stand on each.
BEGIN = """
INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
SELECT %(subject)s, link.id, 1, %(act)s, %(user)s, %(person)s, %(unit)s, link.facts, ''
FROM unnest(%(ids)s::uuid[], %(facts)s::text[]) AS link (id, facts)
RETURNING subject_id, hash
"""


# Of the facts, as `v` among them. 2: what an act left of a row stands in them as a digest (organizations.digests), so
# that rows can be compared with their events. 3: what an act takes away stands in them as `removed`, the digest of what
# was there, or such digests by key; only that excuses an absence. Older events are compared as far as they speak.
FORMAT = 3
REMOVED_SINCE = 3


def facts_text(**facts: Any) -> str:
    """Facts as they are written and hashed."""
    return json.dumps({**facts, "v": FORMAT}, ensure_ascii=False, sort_keys=True, default=str)


def begin_chains(actor: Actor, act: str, subject: str, facts: Mapping[UUID, str]) -> dict[UUID, bytes]:
    """Records `act` as the first event of many new subjects; returns the hash that each row must carry.

    `facts` by subject, each from `facts_text`. The caller writes the rows with audit_seq 1 in the same
    transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            BEGIN,
            {
                "subject": subject,
                "act": act,
                "user": actor.user_id,
                "person": actor.person_id,
                "unit": actor.unit_id,
                "ids": list(facts),
                "facts": list(facts.values()),
            },
        )
        return {pk: bytes(digest) for pk, digest in cursor.fetchall()}


def record(actor: Actor, act: str, subject: Audited, **facts: Any) -> None:
    """Appends one event to the chain of `subject` and moves the chain's head on its row.

    Time and hash come from the database (one trigger for single acts and batches alike). `facts` must be
    JSON-serialisable and never hold names or identity numbers; ids, states and counts are enough.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            APPEND.format(table=connection.ops.quote_name(subject._meta.db_table)),
            {
                "id": subject.pk,
                "subject": subject.SUBJECT,
                "act": act,
                "user": actor.user_id,
                "person": actor.person_id,
                "unit": actor.unit_id,
                "facts": facts_text(**facts),
            },
        )
        head = cursor.fetchone()
    if head is None:
        raise LookupError(f"no {subject.SUBJECT} {subject.pk} in the actor's scope to record {act} on")
    subject.audit_seq, subject.audit_hash = head[0], bytes(head[1])


def record_many(actor: Actor, act: str, model: type[Audited], facts: Mapping[UUID, str]) -> None:
    """`record` of one act on many rows of `model` at once; `facts` by row, each from `facts_text`."""
    with connection.cursor() as cursor:
        cursor.execute(
            APPEND_MANY.format(table=connection.ops.quote_name(model._meta.db_table)),
            {
                "subject": model.SUBJECT,
                "act": act,
                "user": actor.user_id,
                "person": actor.person_id,
                "unit": actor.unit_id,
                "ids": list(facts),
                "facts": list(facts.values()),
            },
        )
        if cursor.rowcount != len(facts):
            raise LookupError(f"{len(facts) - cursor.rowcount} {model.SUBJECT} not in the actor's scope")


def link_hash(event: Event) -> bytes:
    """The hash an event must carry: SHA-256 over its fields and the previous link, as event_hash() in SQL."""
    fields = (
        event.seq,
        bytes(event.prev).hex(),
        event.subject,
        event.subject_id,
        event.act,
        event.user_id or "",
        event.person_id or "",
        event.unit_id or "",
        event.at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        event.facts,
    )
    return hashlib.sha256("\x1f".join(map(str, fields)).encode()).digest()


@dataclass(frozen=True)
class Fault:
    """One place where the trail does not hold: which chain, at which link, and what is wrong."""

    subject: str
    subject_id: UUID
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} #{self.seq}: {self.what}"


Head = tuple[UUID, int, bytes]  # of whom, how many events, the last one's hash


def faults() -> Iterator[Fault]:
    """Walks every chain as the current actor and yields what is wrong; nothing when the trail is whole.

    Chains and their subjects' rows are read side by side in the order of their keys, so memory does not grow.
    """
    models = {model.SUBJECT: model for model in apps.get_models() if issubclass(model, Audited)}
    subjects = Event.objects.order_by("subject").values_list("subject", flat=True).distinct()
    for subject in sorted({*models, *subjects}):
        yield from _chains(subject, _heads(models.get(subject)))


def _chains(subject: str, heads: Iterator[Head]) -> Iterator[Fault]:
    events = Event.objects.filter(subject=subject).order_by("subject_id", "seq").iterator(chunk_size=2000)
    head = next(heads, None)
    for pk, links in groupby(events, key=attrgetter("subject_id")):
        while head and head[0] < pk:
            yield from _no_events(subject, head)
            head = next(heads, None)
        own = head if head and head[0] == pk else None
        yield from _chain((subject, pk), links, own)
        head = next(heads, None) if own else head
    while head:
        yield from _no_events(subject, head)
        head = next(heads, None)


def _chain(chain: tuple[str, UUID], links: Iterator[Event], head: Head | None) -> Iterator[Fault]:
    seq, prev, last = 0, b"", None
    for event in links:
        yield from _link(event, seq, prev)
        seq, prev, last = event.seq, bytes(event.hash), event
    if head is None:
        if last is None or not _took_leave(last):
            yield Fault(*chain, seq, "the subject of this chain is gone without a 'deleted' event")
    elif head[1] > seq:
        yield Fault(*chain, seq + 1, f"cut: the subject counts {head[1]} events, {seq} are left")
    elif head[1:] != (seq, prev):
        yield Fault(*chain, seq, "the subject's head does not match the last link")


def _took_leave(event: Event) -> bool:
    """Whether the subject's row is gone by an act: a discarded draft, a session that nobody used."""
    said = json.loads(event.facts)
    return event.act == "deleted" and (said.get("v", 1) < REMOVED_SINCE or "removed" in said)


def _link(event: Event, seq: int, prev: bytes) -> Iterator[Fault]:
    """What is wrong with one link after `seq` links, the last of which had the hash `prev`."""
    if event.seq != seq + 1:
        yield Fault(
            event.subject, event.subject_id, seq + 1, f"missing: the chain jumps from {seq} to {event.seq}"
        )
    elif bytes(event.prev) != prev:
        yield Fault(event.subject, event.subject_id, event.seq, "does not continue the link before it")
    if link_hash(event) != bytes(event.hash):
        yield Fault(event.subject, event.subject_id, event.seq, "changed: its content does not give its hash")


def _no_events(subject: str, head: Head) -> Iterator[Fault]:
    if head[1]:
        yield Fault(subject, head[0], head[1], "missing: no event of this chain is left")


def _heads(model: type[Audited] | None) -> Iterator[Head]:
    """Length and last hash of every chain, as its subject's row has them, by key."""
    if model is not None:
        rows = model._default_manager.order_by("pk").values_list("pk", "audit_seq", "audit_hash")
        for pk, seq, digest in rows.iterator(chunk_size=2000):
            yield pk, seq, bytes(digest)
