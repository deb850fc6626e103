"""Naming the next reviewer: what is typed finds units, and says of each why it cannot be chosen.

Asked only while the route offers somebody: `routing.Ahead` with at least one choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Value, When

from cehours.lib import names
from organizations.models import Unit
from organizations.registry import lookup
from review.cases.routing import BUREAU_LEVELS, Ahead, Choice, Standing

MOST_FOUND = 6  # more are no help; the page asks for more of the name


@dataclass(frozen=True)
class Named:
    """A unit that fits what was typed; `says` is why it cannot be next, "" when it can."""

    unit: Unit
    says: str


@dataclass(frozen=True)
class Finding:
    """What a typed name leads to: the units it fits, those that can be chosen first, at most MOST_FOUND."""

    text: str
    units: tuple[Named, ...]
    is_cut: bool
    instead: str

    @property
    def permitted(self) -> list[Unit]:
        return [named.unit for named in self.units if not named.says]

    @property
    def says(self) -> str:
        """Why none of them can be chosen, and which one can; "" when one can."""
        if self.permitted:
            return ""
        if not self.units:
            return f"没有名称、拼音或首字母是“{self.text}”的单位。{self.instead}"
        if len(self.units) == 1:
            return f"{self.units[0].says}{self.instead}"
        return f"名称符合“{self.text}”的单位都不能选。{self.instead}"


def find(case: Standing, ahead: Ahead, text: str) -> Finding:
    """Units by part of their name, by pinyin or initials. Of a unit only name and place are to be shown."""
    possible = [choice.unit.pk for choice in ahead.choices]
    rank = Case(
        When(pk__in=possible, then=Value(0)),
        When(name_key=names.key(text), then=Value(1)),
        When(active=True, then=Value(2)),
        default=Value(3),
    )
    units = Unit.objects.filter(lookup.named(text)).select_related("region", "parent__parent__parent")
    found = list(units.order_by(rank, "pinyin", "pk")[: MOST_FOUND + 1])
    named = tuple(Named(unit, _reason(case, ahead, unit)) for unit in found[:MOST_FOUND])
    return Finding(text, named, len(found) > MOST_FOUND, _instead(ahead))


def why_not(case: Standing, ahead: Ahead, unit_id: UUID | None) -> str:
    """Why the unit cannot be the next reviewer, with the one that can; "" when it can."""
    if unit_id is None:
        return f"请选择下一审核单位：{_names(ahead)}。"
    unit = Unit.objects.select_related("region", "parent").filter(pk=unit_id).first()
    if unit is None:
        return f"没有找到所选单位。{_instead(ahead)}"
    reason = _reason(case, ahead, unit)
    return f"{reason}{_instead(ahead)}" if reason else ""


def _names(ahead: Ahead) -> str:
    return "、".join(choice.unit.name for choice in ahead.choices)


def _instead(ahead: Ahead) -> str:
    return f"请选择：{_names(ahead)}。"


def _reason(case: Standing, ahead: Ahead, unit: Unit) -> str:
    """One sentence about this unit alone; "" when it stands next on the route."""
    here, following = case.current_unit, ahead.choices[0]
    assert here is not None  # in review by constraint
    if any(choice.unit.pk == unit.pk for choice in ahead.choices):
        return ""
    if not unit.active:
        return f"{unit}已停用，不能再审核。"
    if unit.pk == here.pk:
        return f"{unit}就是本单位，不能再送给自己审核。"
    if any(above.pk == here.pk for above in _superiors(unit)):
        return f"{unit}是本单位的下级单位，不能审核本单位送出的申报。"
    if unit.is_bureau:
        return _reason_of_bureau(case, following, unit)
    if following.kind == "bureau":
        return f"{unit}不是经办机构，该申报的下一环节是人社部门。"
    if following.unit.pk != here.pk and any(above.pk == unit.pk for above in _superiors(here)):
        return f"{unit}须在{following.unit}之后审核，不能跳过{following.unit}。"
    return f"{unit}（{unit.region}）不是本单位的上级主管单位。"


def _reason_of_bureau(case: Standing, following: Choice, bureau: Unit) -> str:
    if following.kind == "department" and following.unit == case.current_unit:
        return f"本单位另一位经办人须先复审确认，不能跳过，现在不能送{bureau}。"
    if following.kind == "department":
        return f"{following.unit}须先审核，不能跳过，现在不能送{bureau}。"
    if case.region is not None and bureau.region_id not in case.region.lineage():
        return f"{bureau}不办理{case.region}的申报。"
    return f"该申报的下一环节是{BUREAU_LEVELS[following.unit.bureau_level]}级经办机构，不能送{bureau}。"


def _superiors(unit: Unit) -> Iterator[Unit]:
    """All units above, the nearest first; ends where a wrong entry in the registry would make a circle."""
    seen, above = {unit.pk}, unit.parent
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        yield above
        above = above.parent
