"""The columns of the lists: which there are, and which are shown before anybody chose."""

from __future__ import annotations

from dataclasses import dataclass

from review.models import Density, ListKind, ListSettings


@dataclass(frozen=True)
class Column:
    """One column that can be shown or hidden; the name and the acts are always there."""

    key: str
    label: str
    at_first: bool = True


_OF_THE_CASE = (
    Column("id_number", "证件号码"),
    Column("employer", "单位名称"),
    Column("series", "申报大类"),
    Column("specialty", "子专业", at_first=False),
    Column("region", "行政区划", at_first=False),
    Column("year", "申报年度", at_first=False),
)
COLUMNS: dict[ListKind, tuple[Column, ...]] = {
    ListKind.INBOX: (
        *_OF_THE_CASE,
        Column("hours", "学时"),
        Column("warnings", "警示"),
        Column("state", "审核状态"),
        Column("submitted", "提交时间", at_first=False),
        Column("waiting", "等待"),
    ),
    ListKind.HANDLED: (
        *(Column(each.key, each.label, each.key == "employer") for each in _OF_THE_CASE),
        Column("result", "审核结果"),
        Column("opinion", "意见"),
        Column("reviewer", "经办人"),
        Column("at", "审核时间"),
        Column("now", "现在"),
    ),
    ListKind.WITHDRAWN: (
        *(Column(each.key, each.label, each.key in ("employer", "series")) for each in _OF_THE_CASE),
        Column("at", "撤销时间"),
        Column("now", "现在"),
    ),
}


@dataclass(frozen=True)
class Shown:
    """A list as this person wants it: the shown columns in their order, and how close the rows stand."""

    kind: ListKind
    columns: tuple[Column, ...]
    density: str

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns)

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it is shown."""
        return [(column, column.key in self.shown) for column in COLUMNS[self.kind]]

    @property
    def densities(self) -> list[tuple[str, str, bool]]:
        return [(value, label, value == self.density) for value, label in Density.choices]


def shown(kind: ListKind, chosen: ListSettings | None) -> Shown:
    """What was chosen, or the columns that are there at first. A column that no longer exists is left out."""
    if chosen is None:
        columns = tuple(column for column in COLUMNS[kind] if column.at_first)
        return Shown(kind, columns, Density.NORMAL)
    return Shown(
        kind, tuple(column for column in COLUMNS[kind] if column.key in chosen.columns), chosen.density
    )
