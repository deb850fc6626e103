"""The forms of 卡点: which cases are listed, and what is to be done about one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from applications.holding.deciders import Why
from organizations.models import Unit

STAND_IN, TRANSFER, SEND_BACK = "stand_in", "transfer", "send_back"
LABELS = {
    STAND_IN: "代办：由本单位代替该单位作这一步审核",
    TRANSFER: "移交：改由其他单位或经办机构审核",
    SEND_BACK: "退回申报人：由申报人修改后重新提交",
}


class StuckFilter(forms.Form):
    why = forms.ChoiceField(label="原因", required=False, choices=[("", "全部"), *Why.choices])
    unit = forms.CharField(label="单位名称", required=False, max_length=60)


class CureForm(forms.Form):
    """`to_text` is typed, 查找 lists the matches, `to_unit` is one of them; all of it without a script."""

    act = forms.ChoiceField(
        label="怎样办理",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎样办理。", "invalid_choice": "请从所列办法中选择。"},
    )
    to_text = forms.CharField(
        label="移交到哪个单位",
        required=False,
        max_length=60,
        help_text="只在移交时填写：输入单位名称、拼音或首字母，点击“查找”后选择。",
    )
    to_unit = forms.TypedChoiceField(
        label="选择移交的单位",
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请重新查找并选择移交的单位。"},
    )
    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="申报人和以后的审核单位都会看到。",
        error_messages={"required": "请写明原因。", "max_length": "原因最多 500 个字。"},
    )

    def __init__(self, data: Any, *, acts: list[str], found: list[Unit], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        act, unit = self.fields["act"], self.fields["to_unit"]
        assert isinstance(act, forms.ChoiceField) and isinstance(unit, forms.TypedChoiceField)
        act.choices = [(key, LABELS[key]) for key in acts]
        unit.choices = [(str(each.pk), f"{each.name}（{each.region.name}）") for each in found]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("act") == TRANSFER and not cleaned.get("to_unit") and not self.errors:
            self.add_error("to_text", "请查找并选择移交的单位。")
        return cleaned
