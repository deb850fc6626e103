"""Where a case goes next: the second step of an approval."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
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
