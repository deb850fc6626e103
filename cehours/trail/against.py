"""The trail as it stands, compared with a checkpoint: what was in the log and is no longer so in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db import connection

from cehours.trail.checkpoint import FIRST, PLACE, Checkpoint, leaf_of, log_of
from organizations.audit import Fault

AT_ONCE = 5000
# What became of each leaf: the event's hash now, and the length of what is left of its chain.
NOW = """
SELECT given.subject, given.id, given.seq, encode(e.hash, 'hex') IS NOT DISTINCT FROM given.digest AS kept,
    e.id IS NOT NULL AS there,
    (SELECT max(seq) FROM organizations_event o WHERE o.subject = given.subject AND o.subject_id = given.id)
FROM unnest(%s::text[], %s::uuid[], %s::int[], %s::text[]) AS given (subject, id, seq, digest)
LEFT JOIN organizations_event e ON (e.subject, e.subject_id, e.seq) = (given.subject, given.id, given.seq)
WHERE encode(e.hash, 'hex') IS DISTINCT FROM given.digest
ORDER BY 1, 2, 3
"""
NOBODY = UUID(int=0)


def faults_against(checkpoint: Checkpoint) -> Iterator[Fault]:
    """What the checkpoint knows and the database does not any more, and what is older and not in it.

    As the current actor, who must see everything. Raises checkpoint.Unproved when the log itself is not whole.
    """
    leaves = log_of(checkpoint)
    events, counts = 0, ""
    while batch := list(islice(leaves, AT_ONCE)):
        found = [tuple(leaf.split(" ")[1:]) for leaf in batch if leaf.startswith("event ")]
        events += len(found)
        counts = next((leaf for leaf in reversed(batch) if leaf.startswith("counts ")), counts)
        yield from _changed(found)
    yield from _counters(counts)
    yield from _unlogged(checkpoint, events)


def _changed(found: Sequence[tuple[str, ...]]) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(NOW, [list(column) for column in zip(*found, strict=True)] or [[], [], [], []])
        rows = cursor.fetchall()
    for subject, pk, seq, _, there, length in rows:
        if there:
            yield Fault(subject, pk, seq, "rewritten: the checkpoint knows another event in this place")
        elif length is None:
            yield Fault(subject, pk, seq, "the whole chain is gone since the checkpoint")
        else:
            what = "cut" if seq > length else "missing"
            yield Fault(subject, pk, seq, f"{what}: the checkpoint knows an event here")


def _counters(counts: str) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT year::text, last FROM certificates_numbercounter")
        now = dict(cursor.fetchall())
    for year, last in json.loads(counts.removeprefix("counts ") or '{"counters": {}}')["counters"].items():
        if now.get(year, 0) < last:
            yield Fault(
                "counter", NOBODY, last, f"the counter of {year} stood at {last}, now {now.get(year, 0)}"
            )


def _unlogged(checkpoint: Checkpoint, events: int) -> Iterator[Fault]:
    """Events that say to be older than the checkpoint and were not there when it was taken."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
        if cursor.fetchone()[1:] != (checkpoint.system, checkpoint.timeline):
            return  # other transaction numbers: nothing can be said
        cursor.execute(FIRST, {"horizon": checkpoint.horizon})
        if cursor.rowcount == events:
            return
        known = set(log_of(checkpoint))
        for subject, pk, seq, digest in cursor:
            if leaf_of(subject, str(pk), seq, digest) not in known:
                yield Fault(
                    subject, pk, seq, "added behind the checkpoint: older than it, and not in its log"
                )
