"""Where cases go next: the second step of one approval, and the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorList
from django.http import QueryDict

from review.routing import LABELS, Ahead


class NextUnitForm(forms.Form):
    """第9步: 审核上级单位类型 and 审核上级单位名称, from what the route allows; the service decides."""

    kind = forms.ChoiceField(
        label="审核上级单位类型",
        choices=list(LABELS.items()),
        error_messages={
            "required": "请选择审核上级单位类型。",
            "invalid_choice": "请选择审核上级单位类型。",
        },
    )
    next_unit = forms.UUIDField(
        label="审核上级单位名称",
        error_messages={"required": "请选择审核上级单位名称。", "invalid": "请选择审核上级单位名称。"},
    )

    def __init__(self, ahead: Ahead, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.ahead = ahead
        if not ahead.choices:
            self.fields.clear()

    @property
    def kinds(self) -> list[tuple[str, str, bool, bool]]:
        """(value, label, whether the route offers one now, whether it is chosen) of both printed types."""
        chosen = self["kind"].value() or (self.ahead.choices[0].kind if len(self.ahead.choices) == 1 else "")
        return [
            (kind, label, bool(self.ahead.of_kind(kind)), kind == chosen) for kind, label in LABELS.items()
        ]

    @property
    def units(self) -> list[tuple[UUID, str, bool]]:
        """(id, name, whether it is chosen); the only one there is stands chosen."""
        typed = str(self["next_unit"].value() or "")
        only = len(self.ahead.choices) == 1 and not typed
        return [
            (choice.unit.pk, choice.unit.name, only or str(choice.unit.pk) == typed)
            for choice in self.ahead.choices
        ]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        chosen = next((c for c in self.ahead.choices if c.unit.pk == typed.get("next_unit")), None)
        if chosen and typed.get("kind") and chosen.kind != typed["kind"]:
            self.add_error("kind", f"{chosen.unit}属于「{LABELS[chosen.kind]}」，请改选审核上级单位类型。")
        return typed

    def refuse(self, says: str, field: str | None) -> None:
        """Takes a service's refusal."""
        self.add_error(field if field in self.fields else None, says)


class BatchForm(forms.Form):
    """A batch as it is confirmed: one opinion and, where cases go on, one next unit for all of them (A61)."""

    MOST = 200
    opinion = forms.CharField(
        label="审核意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        error_messages={"max_length": "审核意见不能超过 500 个字，请精简后再提交。"},
    )
    next_unit = forms.TypedChoiceField(
        label="审核上级单位名称",
        coerce=UUID,
        empty_value=None,
        error_messages={
            "required": "请选择审核上级单位名称。",
            "invalid_choice": "所选单位不在这些申报的审核路线上，请重新选择。",
        },
    )

    def __init__(self, units: Sequence[tuple[UUID, str]], data: QueryDict | None = None) -> None:
        super().__init__(data, error_class=ErrorList)
        choices = [(str(pk), name) for pk, name in units]
        field = self.fields["next_unit"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices if len(choices) == 1 else [("", "请选择"), *choices]
        if not units:
            del self.fields["next_unit"]


def read_picks(values: Sequence[str]) -> list[tuple[UUID, int]]:
    """The ticked rows as (case, version the list showed), each case once; what is not ours is left out."""
    found: dict[UUID, int] = {}
    for value in values:
        pk, _, version = value.partition(":")
        try:
            found.setdefault(UUID(pk), int(version[:9]))
        except ValueError:
            continue
    return list(found.items())
