"""The columns of the lists: which there are, and which are shown before anybody chose."""

from __future__ import annotations

from dataclasses import dataclass

from applications.filed.header import LIST_FIELDS, HeaderField
from review.models import Density, ListKind, ListSettings, PageSize


@dataclass(frozen=True)
class Column:
    """One column that can be shown or hidden; the name and the acts are always there."""

    key: str
    label: str
    at_first: bool = True


def _of_the_case(*at_first: str) -> tuple[Column, ...]:
    """The header's columns and the session's year; those `at_first` are there before anybody chose."""
    header = (Column(field.listed, field.label, field.listed in at_first) for field in LIST_FIELDS)
    return (*header, Column("year", "申报年度", at_first=False))


COLUMNS: dict[ListKind, tuple[Column, ...]] = {
    ListKind.INBOX: (
        *_of_the_case("id_number", "employer", "series"),
        Column("hours", "学时"),
        Column("warnings", "警示"),
        Column("state", "审核状态"),
        Column("submitted", "提交时间", at_first=False),
        Column("waiting", "等待"),
    ),
    ListKind.HANDLED: (
        *_of_the_case("employer"),
        Column("result", "审核结果"),
        Column("opinion", "意见"),
        Column("reviewer", "经办人"),
        Column("at", "审核时间"),
        Column("now", "现在"),
    ),
    ListKind.WITHDRAWN: (
        *_of_the_case("employer", "series"),
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
    page_size: int | None = None

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        return [
            (value, label, value == (self.page_size or PageSize.FIFTY)) for value, label in PageSize.choices
        ]

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns)

    @property
    def header(self) -> tuple[HeaderField, ...]:
        """The shown columns that are fields of the header, in their order."""
        return tuple(field for field in LIST_FIELDS if field.listed in self.shown)

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it is shown."""
        return [(column, column.key in self.shown) for column in COLUMNS[self.kind]]

    @property
    def densities(self) -> list[tuple[str, str, bool]]:
        return [(value, label, value == self.density) for value, label in Density.choices]


def shown(kind: ListKind, chosen: ListSettings | None, *, several_years: bool = False) -> Shown:
    """What was chosen, or the columns that are there at first. A column that no longer exists is left out.

    `several_years`: there are sessions of more than one year, so that rows of both stand in one list.
    """
    if chosen is None:
        at_first = {"year"} if several_years else set()
        columns = tuple(column for column in COLUMNS[kind] if column.at_first or column.key in at_first)
        return Shown(kind, columns, Density.NORMAL)
    return Shown(
        kind,
        tuple(column for column in COLUMNS[kind] if column.key in chosen.columns),
        chosen.density,
        chosen.page_size,
    )
