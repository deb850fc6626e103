"""How a person likes their lists."""

from __future__ import annotations

from collections.abc import Iterable

from organizations.actor import Actor
from review.columns import COLUMNS
from review.models import Density, ListKind, ListLook


def keep_look(*, actor: Actor, kind: ListKind, columns: Iterable[str], density: str) -> None:
    """Remembers the columns and the density of one list for this person, whatever unit they act for."""
    assert actor.user is not None  # nobody sees a list without signing in
    wanted = set(columns)
    ListLook.objects.update_or_create(
        user=actor.user,
        kind=kind,
        defaults={
            "columns": [column.key for column in COLUMNS[kind] if column.key in wanted],
            "density": density if density in Density.values else Density.NORMAL,
        },
    )


def forget_look(*, actor: Actor, kind: ListKind) -> None:
    """Back to the columns that are there at first."""
    first = (column.key for column in COLUMNS[kind] if column.at_first)
    keep_look(actor=actor, kind=kind, columns=first, density=Density.NORMAL)
