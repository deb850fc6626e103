"""Who may be next: the units a reviewer can choose from when approving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from organizations.models import Region, Unit
from organizations.registry import lookup as units

Kind = Literal["department", "bureau"]
LABELS: dict[Kind, str] = {"department": "上级审核单位", "bureau": "经办机构（人社部门）"}
SECOND_PERSON = "由本单位另一位经办人复审确认"
BUREAU_LEVELS = {"county": "县（市、区）", "city": "市州", "province": "省"}


@dataclass(frozen=True)
class Choice:
    """A unit the case may go to next, and the step of the frozen route it would stand at there."""

    kind: Kind
    unit: Unit
    step: int


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of a case: the next units to choose from, or why there is none."""

    choices: tuple[Choice, ...]
    says: str

    def of_kind(self, kind: str) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.kind == kind)


class Standing(Protocol):
    """What the next reviewers follow from: an application in review, or the plain `Place` of many alike."""

    @property
    def steps(self) -> list[str]: ...
    @property
    def step(self) -> int | None: ...
    @property
    def current_unit(self) -> Unit | None: ...
    @property
    def place(self) -> Unit | None: ...
    @property
    def region(self) -> Region | None: ...
    @property
    def is_last_step(self) -> bool: ...


@dataclass(frozen=True)
class Place:
    """Where cases stand that share route, unit and territory."""

    steps: list[str]
    step: int | None
    current_unit: Unit | None
    region: Region | None

    @property
    def place(self) -> Unit | None:
        return self.current_unit

    @property
    def is_last_step(self) -> bool:
        return self.step is not None and self.step == len(self.steps) - 1


def ahead(case: Standing) -> Ahead:
    """The next reviewers of a case in review, from its frozen route, the tree of units and the territory.

    Superiors are walked one by one up to the 一级单位 (policy: departments = every); then the bureaus of
    the route follow. Where a unit stands in (代办), all of it is asked of the unit in whose place it decides. A
    database trigger checks the same once more.
    """
    assert case.step is not None and case.place is not None  # in review by constraint
    here = case.steps[case.step]
    unit: Unit = case.place
    if here == "department" and unit.has_superior_step:
        return _superior(unit, case.step)
    if case.is_last_step:
        return Ahead((), "这是最后一个审核环节。")
    following = case.steps[case.step + 1]
    kind, _, detail = following.partition(":")
    if kind == "department":
        if detail == "self":
            return Ahead((Choice("department", unit, case.step + 1),), f"{SECOND_PERSON}。")
        return _superior(unit, case.step + 1)
    return _bureau(case, detail)


def _superior(unit: Unit, step: int) -> Ahead:
    if unit.parent is None or not unit.parent.active:
        return Ahead((), f"{unit}没有可用的上级主管单位，请联系人社部门维护单位关系。")
    return Ahead((Choice("department", unit.parent, step),), f"{unit}的上级主管单位须先审核，不能跳过。")


def _bureau(case: Standing, level: str) -> Ahead:
    assert case.step is not None and case.region is not None  # complete when it was filed
    # Handed on to another territory's bureau (移交), a case goes on within that territory.
    at_a_bureau = case.current_unit is not None and case.steps[case.step].startswith("bureau:")
    region: Region = case.current_unit.region if at_a_bureau and case.current_unit else case.region
    bureau = units.bureau_for(region, level)
    if bureau is None:
        return Ahead((), f"{region}没有启用的{BUREAU_LEVELS[level]}级经办机构，请联系上级人社部门。")
    return Ahead((Choice("bureau", bureau, case.step + 1),), _why_bureau(region, level))


def goes_on(to: Unit, from_unit_id: UUID | None) -> str:
    """Where an approval sends a case, in words; within one unit a second person looks at it (A35)."""
    return SECOND_PERSON if to.pk == from_unit_id else f"送 {to} 审核"


def _why_bureau(region: Region, level: str) -> str:
    if level == "province":
        return "按规定报省人社厅。"
    return f"按属地（{region}）由该经办机构办理。"
