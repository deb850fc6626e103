"""How a person likes their lists."""

from __future__ import annotations

from collections.abc import Iterable

from organizations.acting.actor import Actor
from review.lists.columns import COLUMNS
from review.models import Density, ListKind, ListSettings


def keep_list_settings(*, actor: Actor, kind: ListKind, columns: Iterable[str], density: str) -> None:
    """Remembers the columns and the density of one list for this person, whatever unit they act for."""
    assert actor.user is not None  # nobody sees a list without signing in
    wanted = set(columns)
    ListSettings.objects.update_or_create(
        user=actor.user,
        kind=kind,
        defaults={
            "columns": [column.key for column in COLUMNS[kind] if column.key in wanted],
            "density": density if density in Density.values else Density.NORMAL,
        },
    )


def forget_list_settings(*, actor: Actor, kind: ListKind) -> None:
    """Back to the columns that are there at first."""
    first = (column.key for column in COLUMNS[kind] if column.at_first)
    keep_list_settings(actor=actor, kind=kind, columns=first, density=Density.NORMAL)
