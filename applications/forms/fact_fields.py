"""The facts of one kind of activity as form fields; the rules read what is typed and explain what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

import rules
from organizations.forms.days import DayInput

CHOOSE = ("", "请选择")
FACT = "fact-"
CHOSEN = ("choice", "flag")


def facts_in(typed: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(FACT): str(value).strip()
        for name, value in typed.items()
        if name.startswith(FACT) and value not in (None, "")
    }


def fact_field(fact: rules.Fact) -> forms.Field:
    hints: Iterable[str] = (fact.hint, f"单位：{fact.unit}" if fact.unit else "")
    options: dict[str, Any] = {
        "label": fact.name,
        "required": fact.required,
        "help_text": "；".join(hint for hint in hints if hint),
    }
    if fact.type == "choice":
        choices = [CHOOSE, *((choice.key, choice.name) for choice in fact.choices)]
        field: forms.Field = forms.ChoiceField(choices=choices, **options)
    elif fact.type == "flag":
        field = forms.ChoiceField(choices=[CHOOSE, ("true", "是"), ("false", "否")], **options)
    elif fact.type == "date":
        field = forms.CharField(max_length=20, widget=DayInput(), **options)
    else:
        typed_as = "decimal" if fact.type in ("decimal", "integer", "hours") else "text"
        example = {"when": "例如 2024-05-20，或 2024-05"}.get(fact.type, "")
        widget = forms.TextInput(attrs={"inputmode": typed_as, "placeholder": example, "autocomplete": "off"})
        field = forms.CharField(max_length=400, widget=widget, **options)
    field.error_messages |= {
        "required": f"请{'选择' if fact.type in CHOSEN else '填写'}“{fact.name}”。",
        "invalid_choice": f"请从列表中选择“{fact.name}”。",
        "max_length": f"“{fact.name}”填写得过长，请精简。",
    }
    return field
