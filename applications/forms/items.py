"""One learned thing as typed: title, hours and form, or a kind whose facts the rules turn into hours."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms

import rules
from applications.filed import carried
from applications.forms.fact_fields import CHOOSE, FACT, fact_field, facts_in
from applications.forms.rows import CARRIED, WHOLE
from applications.services import ActivityInput
from cehours.lib import hours
from cehours.lib.hours import BadHours


def parse(text: str, unit: rules.HourUnit | None) -> Decimal:
    """Hours as typed, in the unit of the policy. Raises BadHours."""
    if unit is None or unit.word == hours.WORD:
        return hours.parse(text)
    return hours.parse(text, word=unit.word, also=(unit.heading,))


class HoursField(forms.CharField):
    """Hours as people type them, in `unit`; cleans to a Decimal in steps of 0.5, or None."""

    unit: rules.HourUnit | None = None

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse(typed, self.unit)
        except BadHours as refusal:
            raise forms.ValidationError(refusal.says) from refusal


class ItemForm(forms.Form):
    """One line of a side (公需 or 专业) of a year; `kind` decides which facts are asked for.

    Nothing typed into it is no line: `is_left_out`. `whole`: it completes the year and belongs to no side; its
    category is the first one then, because a row needs one, and no page names it.
    """

    use_required_attribute = False
    title = forms.CharField(max_length=120)
    hours = HoursField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    form = forms.ChoiceField()
    kind = forms.ChoiceField(label="活动类型", required=False, widget=forms.HiddenInput)
    over_reason = forms.CharField(
        label="高于细则的理由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        policy: rules.Policy,
        category: rules.Category,
        year: int,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), empty_permitted=True, **kwargs)
        self.policy, self.category, self.year = policy, category, year
        self.whole = str(self.prefix).startswith(f"{WHOLE}-")
        self.credit: rules.Credit | None = None
        typed = self["kind"].value() or ""
        self.chosen = next((kind for kind in policy.kinds if kind.key == typed), None)
        self._label()
        self._fill_choices()
        if self.chosen:
            for fact in self.chosen.facts:
                self.fields[FACT + fact.key] = fact_field(fact)
            self.fields["hours"].widget.attrs["placeholder"] = self.given_text

    def _label(self) -> None:
        name, unit = "" if self.whole else self.category.name, self.policy.hours
        title, figure, way = self.fields["title"], self.fields["hours"], self.fields["form"]
        title.label = f"{name or '活动'}名称"
        figure.label = f"{name}折算{unit.heading}"
        way.label = f"{name}继续教育形式"
        figure.unit = unit  # type: ignore[attr-defined]
        for field in (title, figure, way):
            field.required = True
        title.widget.attrs["placeholder"] = self._example()
        if self.chosen:  # the rules may give the figure
            figure.required, figure.help_text = False, f"不填就按细则折算的{unit.word}申报。"
        title.error_messages = {
            "required": f"请填写“{title.label}”。",
            "max_length": f"“{title.label}”请控制在 120 字以内。",
        }
        figure.error_messages["required"] = f"请填写“{figure.label}”，例如 30 或 7.5。"
        way.error_messages = dict.fromkeys(("required", "invalid_choice"), f"请选择“{way.label}”。")
        if not self.chosen and self.policy.themes(self.year) and asks_for_themes(self.policy, self.category):
            title.widget.attrs["list"] = "themes"
        figure.widget.attrs["data-hours"] = self.category.key

    def _example(self) -> str:
        """What a title may look like, as annex 3 has it; it is never sent."""
        if self.chosen:
            return "写全称，与材料上的名称一致"
        themes = self.policy.themes(self.year) if asks_for_themes(self.policy, self.category) else ()
        return f"例如：{themes[0] if themes else f'{self.year}{self.category.name}'}"

    def _fill_choices(self) -> None:
        now = self.initial.get("form")
        forms_ = {
            form.key: form.short
            for form in self.policy.forms
            if needs_papers(self.policy, form.key) or form.key == now
        }
        self.fields["form"].choices = [CHOOSE, *forms_.items()]  # type: ignore[attr-defined]
        if self.chosen:
            self.fields["form"].required = False
        kind = self.fields["kind"]
        kind.choices = [  # type: ignore[attr-defined]
            (each.key, each.name)
            for each in self.policy.kinds
            if each.form in forms_ and each.category in (None, self.category.key)
        ]
        kind.error_messages["invalid_choice"] = f"该活动不能计入{self.category.name}，请重新选择。"

    @property
    def is_left_out(self) -> bool:
        """A line into which nobody typed anything; it is no error, and it is not saved."""
        if self.is_bound:
            return not self.has_changed()
        return not any(self[name].value() for name in self.fields)

    @property
    def carried(self) -> str:
        """`2023:60` as the page sends it: where the line was carried over from, until somebody saves it."""
        if self.is_bound:
            return str(self.data.get(self.add_prefix(CARRIED), ""))
        return str(self.initial.get(CARRIED, ""))

    @property
    def carried_says(self) -> str:
        year = self.carried.partition(":")[0]
        return carried.says(int(year)) if year.isascii() and year.isdecimal() and len(year) == 4 else ""

    @property
    def foreign_year(self) -> int | None:
        """Another year that the title names: to be looked at, never changed by itself."""
        return carried.foreign_year(str(self["title"].value() or ""), self.year)

    @property
    def ways(self) -> list[str]:
        """The papers that prove the chosen kind, one set a way."""
        if self.chosen is None:
            return []
        return [rules.way_text(self.policy, way) for way in self.policy.proof_of(self.chosen).ways]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.chosen and "kind" in cleaned:
            cleaned["form"] = self.chosen.form
            if not any(name.startswith(FACT) for name in self.errors):
                self._compute(cleaned)
        return cleaned

    def _compute(self, cleaned: dict[str, Any]) -> None:
        try:
            self.credit = self.credit_of(cleaned)
        except rules.RuleInputError as error:
            name = FACT + error.key
            self.add_error(name if name in self.fields else "kind", error.says)
            return
        given, claimed = self.credit.hours, cleaned.get("hours")
        if claimed is None and "hours" not in self.errors:
            if given is None:
                self.add_error(
                    "hours",
                    f"细则没有给出{self.policy.hours.word}，请按证书或证明填写“{self.fields['hours'].label}”。",
                )
            cleaned["hours"] = given
        elif given is not None and claimed is not None and claimed > given and not cleaned.get("over_reason"):
            self.add_error(
                "over_reason",
                f"申报的高于细则折算的 {self.policy.hours.text(given)}，请改小，或填写理由供审核单位核实。",
            )

    def credit_of(self, typed: Mapping[str, Any]) -> rules.Credit:
        """What the rules give for the facts typed here. Raises RuleInputError."""
        assert self.chosen is not None
        return rules.credit(
            self.policy,
            kind=self.chosen.key,
            year=self.year,
            facts=facts_in(typed),
            category=self.category.key,
        )

    def activity(self) -> ActivityInput:
        """The valid line as the service takes it."""
        cleaned = self.cleaned_data
        return ActivityInput(
            category=self.category.key,
            title=cleaned["title"],
            hours=cleaned["hours"],
            form=cleaned["form"],
            kind=cleaned["kind"],
            facts=facts_in(cleaned) if self.chosen else {},
            over_reason=cleaned["over_reason"],
        )

    def item(self) -> rules.Item | None:
        """The line as far as it can be counted now, for the meter; None when it cannot."""
        facts = {name: self[name].value() for name in self.fields}
        try:
            typed = parse(str(self["hours"].value() or ""), self.policy.hours)
        except BadHours:
            typed = None
        credit = self.credit_now
        if self.chosen and credit is not None:
            typed = credit.hours if typed is None else typed
            if typed is not None:
                title, told = str(self["title"].value() or ""), facts_in(facts)
                return rules.Item(self.category.key, typed, kind=self.chosen.key, facts=told, title=title)
        return None if typed is None else rules.Item(self.category.key, typed)

    @property
    def fact_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(FACT)]

    @property
    def form_name(self) -> str:
        """The form that the chosen kind belongs to."""
        return self.policy.form_of(self.chosen.form).short if self.chosen else ""

    @property
    def short_form(self) -> str:
        """The form chosen in a plain line, "" before: kinds of activity can be looked for by it."""
        typed = self["form"].value()
        return next((form.short for form in self.policy.forms if form.key == typed), "")

    @property
    def given_text(self) -> str:
        """The rules' own figure, as far as it can be told; "" before."""
        now = self.credit_now
        return "" if now is None or now.hours is None else rules.number_text(now.hours)

    @cached_property
    def _counted(self) -> tuple[rules.Credit | None, str]:
        """What the rules give for the facts typed so far, or why they cannot tell yet."""
        if self.chosen is None:
            return None, ""
        try:
            return self.credit_of({name: self[name].value() for name in self.fields}), ""
        except rules.RuleInputError as error:
            return None, error.says

    @property
    def credit_now(self) -> rules.Credit | None:
        return self._counted[0]

    @property
    def sum_text(self) -> str:
        """How the figure comes about, where that is more than the figure itself."""
        credit = self.credit_now
        if credit is None or credit.hours is None or credit.sum_text == self.policy.hours.text(credit.hours):
            return ""
        return credit.sum_text

    @property
    def cannot_count(self) -> str:
        """Said only once somebody began to fill in the facts."""
        begun = any(field.value() for field in self.fact_fields)
        return self._counted[1] if begun and not self.is_bound else ""

    @property
    def over(self) -> Decimal:
        """By how much the claim exceeds what the rules give; 0 where it does not, or where they give nothing."""
        given = self.credit_now.hours if self.credit_now else None
        try:
            claimed = parse(str(self["hours"].value() or ""), self.policy.hours)
        except BadHours:
            return Decimal(0)
        return max(claimed - given, Decimal(0)) if given is not None else Decimal(0)

    @property
    def asks_reason(self) -> bool:
        """A reason is asked for as soon as more is claimed than the rules give."""
        return bool(
            self.over or self["over_reason"].value() or (self.is_bound and "over_reason" in self.errors)
        )


def needs_papers(policy: rules.Policy, form: str) -> bool:
    """Forms that need no papers are hours another system recognised: they arrive, nobody types them."""
    return not rules.evidence_gap(policy, form=form).sufficient


def asks_for_themes(policy: rules.Policy, category: rules.Category) -> bool:
    return category.key == policy.categories[0].key  # themes are those of the common subjects, listed first
