"""How a person likes their lists."""

from __future__ import annotations

from collections.abc import Iterable

from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from review.lists.columns import COLUMNS
from review.models import Density, ListKind, ListSettings, PageSize, SavedView


def keep_list_settings(
    *, actor: Actor, kind: ListKind, columns: Iterable[str], density: str, page_size: int = PageSize.FIFTY
) -> None:
    """Remembers columns, density and length of pages of one list for this person, whatever unit they act for."""
    assert actor.user is not None  # nobody sees a list without signing in
    wanted = set(columns)
    ListSettings.objects.update_or_create(
        user=actor.user,
        kind=kind,
        defaults={
            "columns": [column.key for column in COLUMNS[kind] if column.key in wanted],
            "density": density if density in Density.values else Density.NORMAL,
            "page_size": page_size if page_size in PageSize.values else PageSize.FIFTY,
        },
    )


def forget_list_settings(*, actor: Actor, kind: ListKind) -> None:
    """Back to the columns that are there at first."""
    first = (column.key for column in COLUMNS[kind] if column.at_first)
    keep_list_settings(actor=actor, kind=kind, columns=first, density=Density.NORMAL)


def save_view(*, actor: Actor, kind: ListKind, name: str, address: str) -> None:
    """Keeps what a list is asked for under a name; the same name again takes the new conditions. Raises NotAllowed."""
    assert actor.user is not None  # nobody sees a list without signing in
    name = " ".join(name.replace("\0", "").split())[:20]
    if not name:
        raise NotAllowed("请写一个名称，例如“芙蓉区有警示”。")
    own = SavedView.objects.filter(user=actor.user, kind=kind)
    if own.count() >= SavedView.MOST and not own.filter(name=name).exists():
        raise NotAllowed(f"每个列表最多保存 {SavedView.MOST} 个常用查询，请先删除不用的。")
    SavedView.objects.update_or_create(user=actor.user, kind=kind, name=name, defaults={"address": address})


def forget_view(*, actor: Actor, view_id: int) -> None:
    SavedView.objects.filter(user=actor.user, pk=view_id).delete()
