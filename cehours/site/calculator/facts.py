"""The facts of one kind of activity as fields to fill in, and what is still missing or wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from cehours.site.calculator import basket
from cehours.site.calculator.state import FACT, State
from organizations.forms.days import DayInput
from rules import Fact, Kind, RuleInputError
from rules.facts import read_fact
from rules.measures import FactValue

MOST_RADIOS = 6
YES_NO = (("true", "是"), ("false", "否"))
CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, fact by fact. `missing` and `wrong`: sentences by the name of the field.

    `shown`: the facts the activity needs as far as is known; a rank is asked for only where it matters.
    """

    typed: Mapping[str, FactValue]
    shown: tuple[Fact, ...]
    missing: Mapping[str, str]
    wrong: Mapping[str, str]


def read(state: State) -> Reading:
    """Read every fact by itself, so that all that is wrong can be said at once."""
    assert state.kind is not None
    raw = dict(state.facts)
    typed: dict[str, FactValue] = {}
    shown: list[Fact] = []
    missing: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for fact in state.kind.facts:
        if not all(condition.holds(typed) for condition in fact.needed_when):
            continue
        shown.append(fact)
        if fact.key not in raw:
            if fact.required or fact.needed_when:
                missing[FACT + fact.key] = f"请{'选择' if _is_chosen(fact) else '填写'}“{fact.name}”。"
            continue
        try:
            typed[fact.key] = read_fact(fact, raw[fact.key], state.policy.hours)
        except RuleInputError as refusal:
            wrong[FACT + fact.key] = refusal.says
    if basket.asks_category(state.kind) and not state.category:
        missing[CATEGORY] = "请选择“计入科目”。"
    return Reading(typed, tuple(shown), missing, wrong)


def _is_chosen(fact: Fact) -> bool:
    return fact.type in ("choice", "flag")


class FactsForm(forms.Form):
    """Draws the fields; what is typed is read by the rules, which say what is wrong in their own words."""

    def __init__(self, state: State, reading: Reading, says: Mapping[str, str]) -> None:
        """`says`: the sentences to show, by the name of the field."""
        kind = state.kind
        assert kind is not None
        data = {CATEGORY: state.category, **{FACT + key: value for key, value in state.facts}}
        super().__init__(data, use_required_attribute=False)
        self.says = says
        for fact in reading.shown:
            self.fields[FACT + fact.key] = _field(fact, says)
        if basket.asks_category(kind):
            self.fields[CATEGORY] = _category_field(state)
        self.slots = tuple(self._slots(kind))

    def clean(self) -> dict[str, Any]:
        for name, sentence in self.says.items():
            self.add_error(name if name in self.fields else None, sentence)
        return self.cleaned_data

    def _slots(self, kind: Kind) -> Iterator[Slot]:
        for fact in kind.facts:
            name = FACT + fact.key
            yield Slot(name, self[name] if name in self.fields else None, fact, self.says.get(name, ""))
        if CATEGORY in self.fields:
            yield Slot(CATEGORY, self[CATEGORY], None, self.says.get(CATEGORY, ""))


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one field on the page. It stays there, empty, while the field is not asked for."""

    name: str
    field: Any
    fact: Fact | None
    says: str

    @property
    def asked(self) -> bool:
        return self.field is not None

    @property
    def comes_and_goes(self) -> bool:
        return self.fact is not None and bool(self.fact.needed_when)

    @property
    def unit(self) -> str:
        return self.fact.unit if self.fact else ""

    @property
    def optional(self) -> bool:
        return self.fact is not None and not self.fact.required and not self.fact.needed_when

    @property
    def short(self) -> bool:
        return self.fact is not None and self.fact.type in ("integer", "decimal", "hours", "date", "when")


def _field(fact: Fact, says: Mapping[str, str]) -> forms.Field:
    name = FACT + fact.key
    return forms.CharField(
        label=fact.name,
        required=False,
        help_text=fact.hint,
        widget=_widget(fact, _attributes(name, bool(fact.hint), name in says)),
    )


def _attributes(name: str, has_hint: bool, is_wrong: bool) -> dict[str, str]:
    described = [f"id_{name}_helptext"] if has_hint else []
    attributes = {"aria-describedby": " ".join([*described, f"says-{name}"])}
    return attributes | {"aria-invalid": "true"} if is_wrong else attributes


def _widget(fact: Fact, attributes: dict[str, str]) -> forms.Widget:
    choices = [(choice.key, choice.name) for choice in fact.choices]
    if fact.type == "flag":
        return forms.RadioSelect(choices=YES_NO)
    if fact.type == "choice" and len(choices) <= MOST_RADIOS:
        return forms.RadioSelect(choices=choices)
    if fact.type == "choice":
        return forms.Select(choices=[("", "请选择"), *choices], attrs=attributes)
    if fact.type == "date":
        return DayInput(attributes)
    # What is typed letter by letter is worked out while one types; the rest when it has changed.
    attributes |= {"autocomplete": "off", "class": "typed"}
    if fact.type == "sessions":
        return forms.Textarea(attrs={**attributes, "rows": 2, "maxlength": 1000})
    if fact.type == "when":
        return forms.TextInput(attrs={**attributes, "placeholder": "2024-05-01 或 2024", "maxlength": 20})
    if fact.type == "text":
        return forms.TextInput(attrs={**attributes, "maxlength": 200})
    mode = "numeric" if fact.type == "integer" else "decimal"
    return forms.TextInput(attrs={**attributes, "inputmode": mode, "maxlength": 10})


def _category_field(state: State) -> forms.Field:
    choices = [(category.key, category.name) for category in state.policy.categories]
    widget = forms.RadioSelect(choices=choices)
    return forms.CharField(label="计入科目", required=False, help_text="按所学内容选择", widget=widget)
