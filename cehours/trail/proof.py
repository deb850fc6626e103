"""A file that proves to anybody that the events of a case stand in the signed log; docs/check_proof.py checks it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cehours.trail import kept
from cehours.trail.checkpoint import Checkpoint, log_of
from cehours.trail.merkle import Tree
from organizations.models import Event


def proof_of(checkpoint: Checkpoint, subjects: set[UUID]) -> dict[str, Any]:
    """JSON-serialisable: the signed checkpoint, and each event with its place and its audit path (hex)."""
    leaves = list(log_of(checkpoint))
    tree = Tree(leaf.encode() for leaf in leaves)
    wanted = {str(each) for each in subjects}
    events = {
        (event.subject, str(event.subject_id), str(event.seq)): event
        for event in Event.objects.filter(subject_id__in=subjects)
    }
    entries = []
    for index, leaf in enumerate(leaves):
        kind, *place = leaf.split(" ")
        if kind == "event" and place[1] in wanted:
            event = events.get((place[0], place[1], place[2]))
            path = [node.hex() for node in tree.inclusion(index)]
            entries.append({"index": index, "leaf": leaf, "path": path, "hashed": _hashed(event)})
    return {"checkpoint": kept.get(checkpoint.name).decode(), "events": entries}


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
