"""The batch as it is confirmed, and what was chosen for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict

from review.forms.judgement import READY_REASONS
from review.models import BatchAct

HELD, AT_ONCE = "held", "at_once"
OWN = "own-"  # and a case: the name of the field for its own reason


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)} 分钟" if seconds >= 60 else f"{round(seconds)} 秒"


class BatchForm(forms.Form):
    """One act, one text, and where cases go on one next unit for all of them (A61); the service decides."""

    act = forms.ChoiceField(label="办理方式", widget=forms.RadioSelect)
    next_unit = forms.TypedChoiceField(
        label="审核上级单位名称",
        coerce=UUID,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "所选单位不在这些申报的审核路线上，请重新选择。"},
    )
    opinion = forms.CharField(
        label="审核意见",
        required=False,
        max_length=500,
        help_text="对每一件都适用。退回修改和审核不通过必须写明原因（不少于 5 个字），申报人会看到。",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        error_messages={"max_length": "审核意见不能超过 500 个字，请精简后再提交。"},
    )
    ready = forms.ChoiceField(
        label="常用意见", required=False, choices=[("", "不使用"), *((text, text) for text in READY_REASONS)]
    )
    start = forms.ChoiceField(label="什么时候开始", widget=forms.RadioSelect, initial=HELD)
    over_warnings = forms.BooleanField(required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *,
        able: Mapping[str, int],
        labels: Mapping[str, str],
        units: Sequence[tuple[UUID, str]],
        warned: int = 0,
        delay: float = 0,
        data: QueryDict | None = None,
        typed: QueryDict | None = None,
    ) -> None:
        """`able`: how many cases each act can be carried out on; `units`: where approved ones can go on.

        `warned`: how many could be approved too, with a reason; `delay`: seconds for which a batch can be held;
        `typed`: what a preview already holds, and shows again when another act is looked at.
        """
        acts = [key for key, count in able.items() if count or (key == BatchAct.APPROVE and warned)]
        asked = typed.get("act", "") if typed is not None else ""
        initial = {"act": asked if asked in able else next(iter(acts), None), "token": uuid4()}
        for name in ("opinion", "next_unit"):
            initial[name] = typed.get(name, "") if typed is not None else ""
        super().__init__(data, initial=initial)
        if warned:
            self.fields["over_warnings"].label = f"有警示的 {warned} 件也一并审核通过（须写明理由）"
        else:
            del self.fields["over_warnings"]
        if delay:
            self._choices("start", [(HELD, f"{_minutes(delay)}后开始，之前可以撤回"), (AT_ONCE, "立即开始")])
        else:
            del self.fields["start"]
        self._choices("act", [(key, f"{labels[key]}（{able[key]} 件）") for key in acts])
        known = [(str(pk), name) for pk, name in units]
        self._choices("next_unit", known if len(known) == 1 else [("", "请选择"), *known])
        if not units:
            del self.fields["next_unit"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def own(self) -> dict[UUID, str]:
        """The reasons typed for single cases, which go instead of the one for all."""
        found = {}
        for name, text in self.data.items():
            if name.startswith(OWN) and str(text).strip():
                with suppress(ValueError):
                    found[UUID(name.removeprefix(OWN))] = str(text).strip()[:500]
        return found

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        ready, opinion = typed.get("ready", ""), typed.get("opinion", "")
        if ready and ready not in opinion:
            typed["opinion"] = f"{ready}\n{opinion}".strip()
        asked = "next_unit" in self.fields and "next_unit" not in self.errors
        if typed.get("act") == BatchAct.APPROVE and asked and not typed.get("next_unit"):
            self.add_error("next_unit", "请选择审核上级单位名称。")
        return typed

    def refuse(self, says: str, field: str | None) -> None:
        """Takes a service's refusal."""
        field = "opinion" if field == "reason" else field
        self.add_error(field if field in self.fields else None, says)


def read_picks(values: Sequence[str]) -> list[tuple[UUID, int]]:
    """The ticked rows as (case, version the list showed), each case once; what is not ours is left out.

    What was ticked on other pages of the list comes in one value, with spaces between.
    """
    found: dict[UUID, int] = {}
    for value in " ".join(values).split():
        pk, _, version = value.partition(":")
        if not re.fullmatch("[0-9]{1,9}", version):
            continue
        try:
            found.setdefault(UUID(pk), int(version))
        except ValueError:
            continue
    return list(found.items())
