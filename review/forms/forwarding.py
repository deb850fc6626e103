"""Where a case goes next: the second step of an approval."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from applications.models import Application
from review.cases import next_unit
from review.cases.next_unit import Finding
from review.cases.routing import LABELS, Ahead

LONGEST = 60


class NextUnitForm(forms.Form):
    """第9步: 审核上级单位类型 and 审核上级单位名称, from what the route allows; the service decides.

    `looked_for`: what was typed comes from 查找, so it is answered and nothing is judged yet.
    """

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
    named = forms.CharField(
        label="按名称查找",
        required=False,
        max_length=LONGEST,
        help_text="输入单位名称、拼音或首字母，核对该送哪个单位；不填也可以。",
        error_messages={"max_length": f"单位名称不能超过 {LONGEST} 个字，请精简。"},
    )

    def __init__(
        self,
        case: Application,
        ahead: Ahead,
        data: QueryDict | None = None,
        looked_for: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial=looked_for.dict() if looked_for is not None else None)
        self.case, self.ahead = case, ahead
        if not ahead.choices:
            self.fields.clear()
        self.finding = self._find(looked_for.get("named", "")) if looked_for is not None else None

    def _find(self, text: str) -> Finding | None:
        text = text.replace("\0", "").strip()[:LONGEST]  # PostgreSQL takes no NUL
        return next_unit.find(self.case, self.ahead, text) if text and self.ahead.choices else None

    @property
    def kinds(self) -> list[tuple[str, str, bool, bool]]:
        """(value, label, whether the route offers one now, whether it is chosen) of both printed types."""
        chosen = self["kind"].value() or (self.ahead.choices[0].kind if len(self.ahead.choices) == 1 else "")
        return [
            (kind, label, bool(self.ahead.of_kind(kind)), kind == chosen) for kind, label in LABELS.items()
        ]

    @property
    def units(self) -> list[tuple[UUID, str, bool]]:
        """(id, name, whether it is chosen); the only one there is, or that was found, stands chosen."""
        typed = str(self["next_unit"].value() or "")
        if self.finding and len(self.finding.permitted) == 1:
            typed = str(self.finding.permitted[0].pk)
        only = len(self.ahead.choices) == 1 and not typed
        return [
            (choice.unit.pk, choice.unit.name, only or str(choice.unit.pk) == typed)
            for choice in self.ahead.choices
        ]

    @property
    def shown_finding(self) -> Finding | None:
        """What is listed below the name; an error already says all there is to say of a single unit."""
        says_it_all = (
            self.finding and self.is_bound and "named" in self.errors and len(self.finding.units) < 2
        )
        return None if says_it_all else self.finding

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        chosen = next((c for c in self.ahead.choices if c.unit.pk == typed.get("next_unit")), None)
        if chosen and typed.get("kind") and chosen.kind != typed["kind"]:
            self.add_error("kind", f"{chosen.unit}属于“{LABELS[chosen.kind]}”，请改选审核上级单位类型。")
        self.finding = self._find(typed.get("named", ""))
        if self.finding and self.finding.says:
            self.add_error("named", self.finding.says)
        elif self.finding and chosen and chosen.unit not in self.finding.permitted:
            self.add_error("named", f"您查找的是“{self.finding.text}”，选择的却是{chosen.unit}，请核对。")
        return typed

    def refuse(self, says: str, field: str | None) -> None:
        """Takes a service's refusal."""
        self.add_error(field if field in self.fields else None, says)
