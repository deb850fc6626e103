"""申报相关信息 (annex 3, step 6): the fields of the printed form, in its order."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django import forms

import rules
from applications.filed import header
from applications.forms.choices import ETHNICITIES, SPECIALTIES
from applications.forms.employer import (
    EmployerField,
    EmployerRadios,
    asks_anchor,
    chosen_unit,
    employer_choices,
)
from applications.models import Application
from applications.models.application import RegionAnchor
from cehours.lib.idnumbers import IdKind
from organizations.models import Nature, Region, Unit
from organizations.models.region import RegionLevel

CHOOSE = ("", "请选择")


def region_choices() -> list[tuple[str, Any]]:
    """The province, then each city with its counties, as a grouped select shows them."""
    regions = list(Region.objects.order_by("code"))
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for region in regions:
        if region.level == RegionLevel.COUNTY:
            groups[f"{region.code[:4]}00"][1].append((region.code, region.name))
        else:
            own = "省本级" if region.level == RegionLevel.PROVINCE else "市州本级"
            groups[region.code] = (region.name, [(region.code, f"{region.name}（{own}）")])
    return [CHOOSE, *groups.values()]


class HeaderForm(forms.Form):
    """`complete=False` saves what is there so far; `complete=True` asks for everything that is starred.

    `unsettled`: why the name of a unit that was typed is not a unit yet, or "".
    """

    use_required_attribute = False
    ethnicity = forms.ChoiceField(choices=[CHOOSE, *((name, name) for name in ETHNICITIES)])
    gender = forms.ChoiceField(choices=[CHOOSE, ("男", "男"), ("女", "女")])
    employer_name = forms.CharField(label="查找单位", max_length=120, required=False)
    employer = EmployerField(
        queryset=Unit.objects.filter(active=True, bureau_level=""), widget=EmployerRadios, blank=True
    )
    nature = forms.ChoiceField(choices=[CHOOSE, *Nature.choices])
    target_title = forms.ChoiceField()
    phone = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    education = forms.ChoiceField()
    title_series = forms.ChoiceField()
    specialty = forms.CharField(
        max_length=60,
        widget=forms.TextInput(
            attrs={"list": "specialties", "autocomplete": "off", "placeholder": "可选择，也可自己填写"}
        ),
    )
    region = forms.ModelChoiceField(queryset=Region.objects.all(), help_text="决定由哪里的人社部门办理。")
    region_anchor = forms.ChoiceField(
        choices=RegionAnchor.choices,
        widget=forms.RadioSelect,
        initial=RegionAnchor.UNIT,
        help_text="非公有制单位、社会组织的人员可以选人事档案所在地。",
    )
    span_exception = forms.ChoiceField()
    remark = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        data: Any = None,
        *,
        case: Application,
        policy: rules.Policy,
        complete: bool = True,
        unsettled: str = "",
        **kwargs: Any,
    ) -> None:
        initial = {**_initial(case), **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        self.case, self.policy, self.complete, self.unsettled = case, policy, complete, unsettled
        self._fill_choices()
        if IdKind(case.id_kind).tells_gender:
            del self.fields["gender"]  # derived from the number
        for name, field in self.fields.items():
            if name in header.FIELDS:
                field.label = header.BY_KEY[name].label
                field.required = header.must_be_filled(name)
            field.error_messages["required"] = header.NOT_FILLED.format(label=field.label)
            field.error_messages.setdefault("max_length", f"“{field.label}”填写得过长，请精简。")
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                field.error_messages["invalid_choice"] = f"请从列表中选择“{field.label}”。"
        chosen = self.chosen_employer()
        self.show_employers([chosen] if chosen else [])

    def _fill_choices(self) -> None:
        policy = self.policy
        exceptions = [(each.key, each.name) for each in policy.span.exceptions if not each.automatic]
        for name, choices in {
            "target_title": [CHOOSE, *((each.key, each.name) for each in policy.target_titles)],
            "education": [CHOOSE, *((each.key, each.name) for each in policy.educations)],
            "title_series": [CHOOSE, *((each.name, each.name) for each in policy.title_series)],
            "span_exception": [("", header.BY_KEY["span_exception"].blank), *exceptions],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        region = self.fields["region"]
        region.widget.choices = region_choices()
        region.error_messages["invalid_choice"] = f"请从列表中选择“{header.BY_KEY['region'].label}”。"

    def show_employers(self, units: Iterable[Unit]) -> None:
        """Offers these units as radio buttons; what may be chosen is decided by the registry all the same."""
        widget = self.fields["employer"].widget
        listed = list(units)
        widget.units = {str(unit.pk): unit for unit in listed}
        widget.policy = self.policy
        widget.choices = employer_choices(listed)
        source = self.data if self.is_bound else self.initial
        without = source.get("employer") == "" or (not self.is_bound and source["nature"] == Nature.FREELANCE)
        widget.none_chosen = without

    def chosen_employer(self) -> Unit | None:
        """The unit whose radio button is pressed, if the registry has it."""
        return chosen_unit(str(self["employer"].value() or ""))

    @property
    def asks_anchor(self) -> bool:
        """Whether 行政区划依据 is a question for what the form says now."""
        nature = str(self["nature"].value() or "")
        return asks_anchor(self.case, nature=nature, employer=self.chosen_employer())

    def full_clean(self) -> None:
        asked = {name: field.required for name, field in self.fields.items()}
        if not self.complete:
            for field in self.fields.values():
                field.required = False
        super().full_clean()
        for name, required in asked.items():
            self.fields[name].required = required  # the stars stay

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.complete and self.unsettled:
            self.add_error("employer", self.unsettled)
        if self.complete:
            filled = copy.copy(self.case)
            for name, value in self.values().items():
                setattr(filled, name, value)
            for name, says in header.problems(filled, self.policy).items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, says)
        return cleaned

    def values(self) -> dict[str, Any]:
        """What goes into the application: model field → value."""
        return {name: self.cleaned_data[name] for name in header.FIELDS if name in self.cleaned_data}

    @property
    def specialties(self) -> list[tuple[str, str]]:
        """(series, specialty) suggestions for the free text."""
        return [(series, name) for series, names in SPECIALTIES.items() for name in names]


def _initial(case: Application) -> dict[str, Any]:
    values = {name: getattr(case, name) for name in header.FIELDS if name not in ("employer", "region")}
    return {**values, "employer": case.employer_id and str(case.employer_id), "region": case.region_id}
