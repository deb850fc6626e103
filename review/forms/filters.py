"""Which part of a list is shown."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from applications.models import Outcome
from applications.states import State


class InboxFilter(forms.Form):
    """Which part of 待办 is shown. It lives in the address; what is not one of ours counts as not asked."""

    VIEWS = [
        ("", "全部"),
        ("clean", "达标且无警示"),
        ("warned", "有警示"),
        ("late", "等待较久"),
    ]
    STEPS = [
        ("", "全部"),
        (State.EMPLOYER_REVIEW.value, "待单位审核"),
        (State.DEPARTMENT_REVIEW.value, "待主管部门审核"),
        (State.BUREAU_REVIEW.value, "待人社部门审核"),
    ]
    name = forms.CharField(
        label="姓名", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    unit = forms.CharField(
        label="单位名称", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    step = forms.ChoiceField(label="审核状态", required=False, choices=STEPS)
    view = forms.ChoiceField(required=False, choices=VIEWS, widget=forms.HiddenInput)

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({name: asked.get(name, "") for name in self.base_fields})
        self.is_valid()
        wanted = {name: self.cleaned_data.get(name, "") for name in self.base_fields}
        super().__init__(wanted)
        self.name_text, self.unit_text = wanted["name"].strip(), wanted["unit"].strip()
        self.step_key, self.view_key = wanted["step"], wanted["view"]

    @property
    def is_set(self) -> bool:
        return bool(self.name_text or self.unit_text or self.step_key or self.view_key)


class HandledFilter(forms.Form):
    """Which decisions of the unit are shown."""

    outcome = forms.ChoiceField(label="审核结果", required=False, choices=[("", "全部"), *Outcome.choices])
    unit = forms.CharField(
        label="单位名称", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({name: asked.get(name, "") for name in ("unit", "outcome")})
        self.is_valid()
        wanted = {name: self.cleaned_data.get(name, "") for name in ("unit", "outcome")}
        super().__init__(wanted)
        self.unit_text, self.outcome_key = wanted["unit"].strip(), wanted["outcome"]

    @property
    def is_set(self) -> bool:
        return bool(self.unit_text or self.outcome_key)
