"""单位名称: radio buttons of units of the registry, what is typed to find one, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

import rules
from applications.filed import facts, header
from applications.models import Application
from cehours.lib import names
from organizations.models import Membership, Unit
from organizations.registry import lookup as registry

NO_EMPLOYER = ("", "没有工作单位（自由职业）")
GONE = "所选单位不在名册中或已停用，请重新查找并选择。"
FOLLOWS = ("nature", "region")  # what the registry holds of a unit, and a case asks for
PLACED_FOR = "placed_for"  # the unit for which the page itself has filled them in


NO_ACCOUNT = "：该单位尚未开通审核账号，请联系单位人事部门或当地人社部门"


class EmployerRadios(forms.RadioSelect):
    """Radio buttons that carry the unit's nature and region, so that the page can fill in both.

    `data-anchors`: whether its people may also choose the place of their archive.
    """

    def __init__(self) -> None:
        super().__init__()
        self.units: dict[str, Unit] = {}
        self.none_chosen = False
        self.policy: rules.Policy | None = None

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        # "Nothing chosen yet" and "has no unit" are both empty; only the second may look chosen.
        selected = selected and (bool(value) or self.none_chosen)
        option = super().create_option(name, value, label, selected, *args, **kwargs)
        unit = self.units.get(str(value))
        if unit is not None:
            option["attrs"] |= {"data-nature": unit.nature, "data-region": unit.region_id}
            option["attrs"] |= {"data-anchors": "several"} if self._may_choose(unit) else {}
        return option

    def _may_choose(self, unit: Unit) -> bool:
        known = rules.UnitFacts(unit.affiliation, unit.nature)
        return self.policy is not None and len(rules.anchors(self.policy, known)) > 1


class EmployerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in its stubs
    """A unit of the registry; what is not even a key is refused like a unit that is not there."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(GONE, code="invalid_choice") from error


def employer_choices(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Units as choices, told apart by where they are; the last one is for people without a unit."""
    listed = list(units)
    with_account = Membership.objects.filter(unit__in=listed, user__is_active=True)
    known = set(with_account.order_by().values_list("unit_id", flat=True))
    labels = [
        (str(unit.pk), f"{unit.name}（{unit.region.name}）{'' if unit.pk in known else NO_ACCOUNT}")
        for unit in listed
    ]
    return [*labels, NO_EMPLOYER]


def chosen_unit(key: str) -> Unit | None:
    """The unit of this key, if somebody can be employed there."""
    units = Unit.objects.filter(active=True, bureau_level="").select_related("region")
    try:
        return units.filter(pk=key).first() if key else None
    except ValidationError:  # not a key at all
        return None


def found(typed: str) -> list[Unit]:
    """The units that what was typed may mean."""
    return list(registry.employers_matching(typed).select_related("region")) if typed.strip() else []


class Settled:
    """What was posted, with what follows from it: a name typed in full is that unit, and a unit newly chosen brings
    the nature and place it is registered with, where the person left what stood there before.

    `says`: what was filled in, for the person to read; `unsettled`: why a typed name is not a unit yet, or "".
    """

    def __init__(self, posted: QueryDict, case: Application) -> None:
        self.case, self.data = case, posted.copy()
        self.find = self.data.get("employer_name", "").strip()
        self.hits = found(self.find)
        self.says: list[str] = []
        self._take_exact_hit()
        self._follow(chosen_unit(self.data.get("employer", "")))

    @property
    def unsettled(self) -> str:
        listed = {str(unit.pk) for unit in self.hits}
        if not self.find or self.data.get("employer") in listed:
            return ""
        if not self.hits:
            return f"没有查到“{self.find}”，请换个写法再查；已选好单位的，请清空查找框。"
        return f"按“{self.find}”查到 {len(self.hits)} 个单位，请在下面点选您的单位；不改的，请清空查找框。"

    def _take_exact_hit(self) -> None:
        exact = [unit for unit in self.hits if names.key(unit.name) == names.key(self.find)]
        if len(exact) == 1 and self.data.get("employer") != str(exact[0].pk):
            self.data["employer"] = str(exact[0].pk)
            self.says.append(f"单位名称已按您填写的选为{exact[0].name}。")

    def _follow(self, unit: Unit | None) -> None:
        before = {"nature": self.case.nature, "region": self.case.region_id or ""}
        placed_for = self.data.get(PLACED_FOR) or str(self.case.employer_id or "")
        if unit is None or placed_for == str(unit.pk):
            return
        registered = {"nature": unit.nature, "region": unit.region_id}
        left = [name for name in FOLLOWS if self.data.get(name, "") in ("", before[name])]
        changed = [name for name in left if self.data.get(name, "") != registered[name]]
        for name in changed:
            self.data[name] = registered[name]
        self.data[PLACED_FOR] = str(unit.pk)
        if changed:
            words = {"nature": unit.get_nature_display(), "region": str(unit.region)}
            each = "、".join(f"{header.BY_KEY[name].label}（{words[name]}）" for name in changed)
            self.says.append(f"{each}已按单位登记填入，可改。")


def asks_anchor(case: Application, *, nature: str, employer: Unit | None) -> bool:
    """Whether 行政区划依据 is a question at all for these answers."""
    seen = Application(nature=nature, employer=employer)
    return len(header.anchors_of(seen, facts.policy_of(case))) > 1
