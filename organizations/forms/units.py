"""A unit of the registry, and the search above the list of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from cehours.lib import clock, names
from organizations.acting.actor import Actor
from organizations.forms.fields import must_be_printable
from organizations.models import Affiliation, Nature, Region, Unit
from organizations.models.region import RegionLevel
from organizations.registry import kept as registry
from organizations.registry.kept import UnitCriteria
from organizations.services.units import UnitInput

NO_PARENT = "none"


def region_choices(regions: Sequence[Region]) -> list[tuple[str, Any]]:
    """Choices for a select: the province, then every city with its counties under its name."""
    groups: dict[str, list[tuple[str, str]]] = {}
    top: list[tuple[str, Any]] = []
    names = {region.code: region.name for region in regions}
    for region in regions:
        if region.level == RegionLevel.PROVINCE:
            top.append((region.code, f"{region.name}（省级）"))
            continue
        city = f"{region.code[:4]}00"
        label = f"{region.name}（市级）" if region.level == RegionLevel.CITY else region.name
        groups.setdefault(names.get(city, "本辖区"), []).append((region.code, label))
    return top + list(groups.items())


class UnitForm(forms.Form):
    """`parent_text` is typed, 查找 lists the matches, `parent` is one of them; all of it without a script."""

    name = forms.CharField(
        label="单位名称",
        help_text="登记证书上的全称。",
        max_length=120,
        error_messages={"required": "请填写单位名称。", "max_length": "单位名称最多 120 个字。"},
        validators=[must_be_printable("单位名称")],
    )
    uscc = forms.CharField(
        label="统一社会信用代码", max_length=40, required=False, help_text="18 位，暂时没有的可以不填。"
    )
    uscc_as_issued = forms.BooleanField(label="登记证书上确实如此：代码已与证书逐位核对", required=False)
    another_unit = forms.BooleanField(label="确为另一个单位：已核对登记证书", required=False)
    affiliation = forms.ChoiceField(
        label="隶属关系",
        help_text="隶属关系和单位性质决定申报的审核路径。",
        error_messages={"required": "请选择隶属关系。", "invalid_choice": "请从列表中选择隶属关系。"},
    )
    nature = forms.ChoiceField(
        label="单位性质",
        choices=[("", "请选择"), *Nature.choices],
        error_messages={"required": "请选择单位性质。", "invalid_choice": "请从列表中选择单位性质。"},
    )
    region = forms.ChoiceField(
        label="所在行政区划",
        error_messages={
            "required": "请选择行政区划。",
            "invalid_choice": "该行政区划不在您的管理范围内，请重新选择。",
        },
    )
    parent_text = forms.CharField(
        label="查找上级主管单位",
        max_length=60,
        required=False,
        help_text="输入名称的一部分、拼音或拼音首字母，点“查找”后在结果中选择。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parent = forms.ChoiceField(
        label="上级主管单位",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请在查找结果中重新选择上级主管单位。"},
    )
    top_level = forms.BooleanField(label="一级单位：申报不再经上级主管单位，直接送经办机构", required=False)
    years = forms.TypedMultipleChoiceField(
        label="委托本省评审高级职称的年度",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="仅用于中央驻湘单位。",
    )
    active = forms.BooleanField(label="启用：可以被选为用人单位、接收申报", required=False, initial=True)

    def __init__(
        self, data: QueryDict | None = None, *, actor: Actor, unit: Unit | None = None, finding: bool = False
    ) -> None:
        typed = data if finding else None
        super().__init__(None if finding else data, initial=self._initial(unit, typed))
        self.unit = unit
        parent_text = data.get("parent_text", "") if data else ""
        self.found = registry.parents_matching(actor, parent_text)
        if finding and len(self.found) == 1:
            self.initial["parent"] = str(self.found[0].pk)
        self.nothing_found = bool(parent_text.strip()) and not self.found
        had = registry.years_entrusted(unit) if unit else []
        self._offer(actor, [*had, *self.initial["years"]])

    @staticmethod
    def _initial(unit: Unit | None, typed: QueryDict | None) -> dict[str, Any]:
        if typed is not None:
            plain = ("name", "uscc", "affiliation", "nature", "region", "parent_text", "parent")
            years = [int(year) for year in typed.getlist("years") if year.isdecimal() and len(year) == 4]
            ticks = {"top_level": "top_level" in typed, "active": "active" in typed}
            return {**{name: typed.get(name, "") for name in plain}, **ticks, "years": years}
        if unit is None:
            return {"parent": NO_PARENT, "years": []}
        return {
            **{
                name: getattr(unit, name)
                for name in ("name", "uscc", "affiliation", "nature", "active", "top_level")
            },
            "region": unit.region_id,
            "parent": str(unit.parent_id) if unit.parent_id else NO_PARENT,
            "years": registry.years_entrusted(unit),
        }

    def _offer(self, actor: Actor, years_held: Sequence[int]) -> None:
        local = None if actor.is_province_bureau else registry.LOCAL_AFFILIATIONS
        affiliations = [(key, label) for key, label in Affiliation.choices if local is None or key in local]
        self._choose("affiliation", [("", "请选择"), *affiliations])
        self._choose("region", [("", "请选择"), *region_choices(registry.regions_kept_by(actor))])
        parents = [(NO_PARENT, "没有上级主管单位")]
        if self.unit and self.unit.parent:
            parents.append((str(self.unit.parent_id), f"{self.unit.parent.name}（现在的上级）"))
        offered = {key for key, _ in parents}
        parents += [
            (str(unit.pk), f"{unit.name}（{unit.region.name}）")
            for unit in self.found
            if str(unit.pk) not in offered
        ]
        self._choose("parent", parents)
        now = clock.today().year
        self._choose("years", [(year, f"{year}年") for year in sorted({*years_held, now - 1, now, now + 1})])
        if not actor.is_province_bureau:
            del self.fields["years"]

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text = str(cleaned.get("parent_text") or "").strip()
        chosen = cleaned.get("parent")
        if not text or chosen in {str(unit.pk) for unit in self.found}:
            return cleaned
        exact = [unit for unit in self.found if names.same(unit.name, text)]
        if exact:
            cleaned["parent"] = str(exact[0].pk)
        elif self.nothing_found:
            self.add_error(
                "parent_text", f"没有找到“{text}”，请换一个关键词；没有上级主管单位的，请清空这一栏。"
            )
        else:
            self.add_error("parent", "请在查找结果中选择一个；没有上级主管单位的，请清空查找栏。")
        return cleaned

    def entered(self) -> UnitInput:
        """What a valid form says, for the service."""
        data = self.cleaned_data
        parent = data.get("parent") or NO_PARENT
        return UnitInput(
            name=data["name"],
            uscc=data["uscc"],
            affiliation=data["affiliation"],
            nature=data["nature"],
            region_id=data["region"],
            parent_id=None if parent == NO_PARENT else UUID(parent),
            top_level=data["top_level"],
            active=data["active"],
            uscc_as_issued=data["uscc_as_issued"],
            another_unit=data["another_unit"],
            years=frozenset(data.get("years", [])),
        )


class UnitFilter(forms.Form):
    q = forms.CharField(label="单位名称、拼音或首字母", required=False, max_length=60)
    region = forms.ChoiceField(label="行政区划", required=False)
    affiliation = forms.ChoiceField(
        label="隶属关系", required=False, choices=[("", "全部"), *Affiliation.choices]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("active", "启用"), ("closed", "停用"), ("no_account", "没有开通账号")],
    )
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *region_choices(registry.regions_kept_by(actor))]

    def asked(self) -> UnitCriteria:
        """What is asked for, as far as it is understood: a wrong value in an address is nobody's mistake."""
        self.is_valid()
        known = {name: self.cleaned_data.get(name) or "" for name in ("region", "affiliation", "state")}
        parent = self.cleaned_data.get("parent")
        return UnitCriteria(text=str(self.cleaned_data.get("q") or ""), parent=parent, **known)

    def conditions(self) -> list[tuple[str, str, str]]:
        """(name in the address, label, value in words) of what is asked."""
        asked = self.asked()
        parent = Unit.objects.filter(pk=asked.parent).first() if asked.parent else None
        words = {
            "q": ("单位", asked.text),
            "region": ("行政区划", self._choice("region", asked.region)),
            "affiliation": ("隶属关系", self._choice("affiliation", asked.affiliation)),
            "state": ("状态", self._choice("state", asked.state)),
            "parent": ("上级主管单位", str(parent) if parent else ""),
        }
        return [(name, *said) for name, said in words.items() if said[1]]

    def _choice(self, name: str, key: str) -> str:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        groups = list(field.choices)  # type: ignore[arg-type]  # never callable
        choices = [each for value, label in groups for each in _opened(value, label)]
        return dict(choices).get(key, "") if key else ""


def _opened(key: Any, label: Any) -> list[tuple[str, str]]:
    """A choice, or those of a group."""
    return list(label) if isinstance(label, list) else [(str(key), str(label))]
