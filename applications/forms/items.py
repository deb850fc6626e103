"""One learned thing as typed: title, hours and form, or a kind whose facts the rules turn into hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms

import rules
from applications.models import Activity
from applications.services import ActivityInput
from cehours.lib import hours
from cehours.lib.hours import BadHours

CHOOSE = ("", "请选择")
FACT = "fact-"


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
    """One line of a side (公需 or 专业) of a year; `kind` decides which facts are asked for."""

    use_required_attribute = False
    title = forms.CharField(max_length=120)
    hours = HoursField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    form = forms.ChoiceField()
    kind = forms.ChoiceField(label="按折算细则计算", required=False)
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
        super().__init__(data, initial=dict(initial or {}), **kwargs)
        self.policy, self.category, self.year = policy, category, year
        self.credit: rules.Credit | None = None
        typed = self["kind"].value() or ""
        self.chosen = next((kind for kind in policy.kinds if kind.key == typed), None)
        self._label()
        self._fill_choices()
        if self.chosen:
            for fact in self.chosen.facts:
                self.fields[FACT + fact.key] = _fact_field(fact)

    def _label(self) -> None:
        name, unit = self.category.name, self.policy.hours
        title, figure, way = self.fields["title"], self.fields["hours"], self.fields["form"]
        title.label, figure.label, way.label = (
            f"{name}名称",
            f"{name}折算{unit.heading}",
            f"{name}继续教育形式",
        )
        figure.unit = unit  # type: ignore[attr-defined]
        for field in (title, figure, way):
            field.required = True
        if self.chosen:  # the rules may give the figure
            figure.required, figure.help_text = False, f"留空则按细则折算的{unit.word}填报。"
        title.error_messages = {
            "required": f"请填写「{name}名称」。",
            "max_length": f"「{name}名称」请控制在 120 字以内。",
        }
        figure.error_messages["required"] = f"请填写「{name}折算{unit.heading}」，例如 30 或 7.5。"
        way.error_messages = dict.fromkeys(("required", "invalid_choice"), f"请选择「{name}继续教育形式」。")
        if self.policy.themes(self.year) and asks_for_themes(self.policy, self.category):
            title.widget.attrs["list"] = "themes"
        figure.widget.attrs["data-hours"] = self.category.key

    def _fill_choices(self) -> None:
        now = self.initial.get("form")
        forms_ = [
            form for form in self.policy.forms if needs_papers(self.policy, form.key) or form.key == now
        ]
        self.fields["form"].choices = [CHOOSE, *((form.key, form.short) for form in forms_)]  # type: ignore[attr-defined]
        if self.chosen:
            self.fields["form"].required = False
        groups = []
        for form in forms_:
            kinds = [
                (kind.key, kind.name)
                for kind in self.policy.kinds
                if kind.form == form.key and kind.category in (None, self.category.key)
            ]
            if kinds:
                groups.append((form.short, kinds))
        kind = self.fields["kind"]
        kind.choices = [("", f"不计算，直接填写{self.policy.hours.word}"), *groups]  # type: ignore[attr-defined]
        kind.error_messages["invalid_choice"] = f"该活动不能计入{self.category.name}，请重新选择。"

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
                    f"细则没有给出{self.policy.hours.word}，请按证书或证明填写「{self.fields['hours'].label}」。",
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


def row_of(activity: Activity) -> dict[str, Any]:
    """A saved activity as initial values of the form."""
    return {
        "title": activity.title,
        "hours": rules.number_text(Decimal(activity.claimed)),
        "form": activity.form,
        "kind": activity.kind,
        "over_reason": activity.over_reason,
        **{FACT + key: value for key, value in activity.facts.items()},
    }


def facts_in(typed: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(FACT): str(value).strip()
        for name, value in typed.items()
        if name.startswith(FACT) and value not in (None, "")
    }


def needs_papers(policy: rules.Policy, form: str) -> bool:
    """Forms that need no papers are hours another system recognised: they arrive, nobody types them."""
    return not rules.evidence_gap(policy, form=form).sufficient


def asks_for_themes(policy: rules.Policy, category: rules.Category) -> bool:
    return category.key == policy.categories[0].key  # themes are those of the common subjects, listed first


def _fact_field(fact: rules.Fact) -> forms.Field:
    """A fact of the policy as a form field; the rules read what is typed and explain what is wrong."""
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
        field = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"type": "date"}), **options)
    else:
        typed_as = "decimal" if fact.type in ("decimal", "integer", "hours") else "text"
        example = {"when": "例如 2024-05-20，或 2024-05"}.get(fact.type, "")
        widget = forms.TextInput(attrs={"inputmode": typed_as, "placeholder": example, "autocomplete": "off"})
        field = forms.CharField(max_length=400, widget=widget, **options)
    field.error_messages |= {
        "required": f"请填写「{fact.name}」。",
        "invalid_choice": f"请从列表中选择「{fact.name}」。",
        "max_length": f"「{fact.name}」填写得过长，请精简。",
    }
    return field
