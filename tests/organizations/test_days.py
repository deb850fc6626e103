"""A day is taken as it is typed or copied from a table, in every form that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.urls import get_resolver

from organizations.forms.days import BAD_DAY, DayField

ROOT = Path(__file__).parents[2]
OURS = ("applications", "cehours", "certificates", "organizations", "review", "training")
SPELLINGS = (
    "2024-05-01",
    "2024-5-1",
    "2024.5.1",
    "2024.05.01",
    "2024/5/1",
    "2024年5月1日",
    " 2024年05月01日 ",
    "２０２４．５．１",
    "２０２４年５月１日",
    "20240501",
)


def all_forms(of: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in of.__subclasses__():
        yield form
        yield from all_forms(form)


def day_fields() -> dict[str, forms.Field]:
    assert get_resolver().url_patterns, "loads every page, and with it every form"
    return {
        f"{form.__module__}.{form.__name__}.{name}": field
        for form in all_forms()
        if form.__module__.split(".")[0] in OURS
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField)
    }


def test_every_form_that_asks_for_a_day_uses_the_one_field() -> None:
    found = day_fields()
    for name in ("SessionForm.opens", "PlanForm.first_day", "AbsenceForm.last_day"):
        assert any(key.endswith(name) for key in found), name
    assert [key for key, field in found.items() if not isinstance(field, DayField)] == []


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_field_takes_a_day_as_people_write_it(text: str) -> None:
    assert {key: field.clean(text) for key, field in day_fields().items()} == dict.fromkeys(
        day_fields(), date(2024, 5, 1)
    )


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-05", "昨天", "1999.12.31", "2101-01-01", "0001-01-01", "²"]
)
def test_what_is_no_day_is_told_how_to_write_one(text: str) -> None:
    for key, field in day_fields().items():
        with pytest.raises(forms.ValidationError) as refusal:
            field.clean(text)
        assert refusal.value.messages == [BAD_DAY], key


def test_no_field_is_a_date_control_into_which_dots_cannot_be_typed() -> None:
    sources = [path for part in OURS for path in (ROOT / part).rglob("*.py")]
    sources += (ROOT / "templates").rglob("*.html")
    controls = ('type="date"', '"type": "date"')
    assert [path for path in sources if any(each in path.read_text("utf-8") for each in controls)] == []
