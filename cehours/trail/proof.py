"""A file that proves to anybody that the events of a case stand in the signed log; docs/check_proof.py checks it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cehours.trail import kept
from cehours.trail.checkpoint import Checkpoint, log_of
from cehours.trail.merkle import inclusions
from organizations.models import Event


def proof_of(checkpoint: Checkpoint, subjects: set[UUID]) -> dict[str, Any]:
    """JSON-serialisable: the signed checkpoint, and each event with its place and its audit path (hex)."""
    wanted = {str(each) for each in subjects}
    found = inclusions(
        (leaf.encode() for leaf in log_of(checkpoint)), lambda leaf: _subject_of(leaf.decode()) in wanted
    )
    events = {
        (event.subject, str(event.subject_id), str(event.seq)): event
        for event in Event.objects.filter(subject_id__in=subjects)
    }
    entries = []
    for index, (leaf, path) in found.items():
        _, subject, pk, seq, _ = leaf.decode().split(" ")
        event = events.get((subject, pk, seq))
        entries.append(
            {
                "index": index,
                "leaf": leaf.decode(),
                "path": [node.hex() for node in path],
                "hashed": _hashed(event),
            }
        )
    return {"checkpoint": kept.get(checkpoint.name).decode(), "events": entries}


def _subject_of(leaf: str) -> str:
    """The key of whom an event's leaf is about; "" for other leaves."""
    return leaf.split(" ")[2] if leaf.startswith("event ") else ""


def _hashed(event: Event | None) -> list[str]:
    """The fields whose SHA-256, joined by U+001F, is the event's hash, as organizations.audit.link_hash."""
    if event is None:
        return []
    return [
        str(event.seq),
        bytes(event.prev).hex(),
        event.subject,
        str(event.subject_id),
        event.act,
        str(event.user_id or ""),
        str(event.person_id or ""),
        str(event.unit_id or ""),
        event.at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        event.facts,
    ]
