"""A calendar day as people type it: one field for every form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

import rules
from rules.dates import read_date

FIRST_YEAR, LAST_YEAR = 2000, 2100
BAD_DAY = "请填写存在的日期，例如 2026-03-18 或 2026.3.18。"


class DayInput(forms.DateInput):
    """Plain text: a browser's own date control takes neither 2026.3.18 nor what was copied from a table."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        plain = {"autocomplete": "off", "placeholder": "例如 2026-03-18", "maxlength": 20}
        super().__init__(attrs=plain | (attrs or {}), format="%Y-%m-%d")


class DayField(forms.DateField):
    """Cleans 2026-03-18, 2026.3.18, 2026/3/18, 2026年3月18日 and 20260318, full-width too, to a date from 2000 on."""

    widget = DayInput

    def __init__(self, label: str, hint: str = "") -> None:
        says = {"required": f"请填写{label}。", "invalid": BAD_DAY}
        super().__init__(label=label, help_text=hint, error_messages=says)

    def to_python(self, value: Any) -> date | None:
        """The day; None for nothing. Raises ValidationError."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        text = str(value).strip()
        if not text:
            return None
        try:
            day = read_date("day", "", text)
        except rules.RuleInputError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
