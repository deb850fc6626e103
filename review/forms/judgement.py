"""What is typed on a case page: an opinion, and a mark for every year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

import rules
from cehours.lib import hours
from cehours.lib.refusal import Refusal
from review.cases.assessing import YearMark

FORM = "decision"  # id of the form at the foot; the marks stand beside their years and belong to it
IN_ORDER, NOT_IN_ORDER = "yes", "no"
READY_REASONS = (
    "材料模糊，无法辨认，请重新上传清晰的扫描件或照片。",
    "缺少材料，请按所填继续教育形式的要求补齐。",
    "学时折算有误，请按折算细则更正。",
    "信息不一致，请与证件、职称申报信息核对后更正。",
    "材料未加盖公章，请盖章后重新上传。",
    "材料与所填科目或年度不符，请更正。",
)


class OpinionForm(forms.Form):
    """The opinion that goes with any of the three acts; the service says when it is required."""

    ready = forms.ChoiceField(
        label="常用意见", required=False, choices=[("", "不使用"), *((text, text) for text in READY_REASONS)]
    )
    opinion = forms.CharField(
        label="意见",
        required=False,
        max_length=500,
        help_text="退回修改和审核不通过必须写明原因（不少于 5 个字），申报人会看到。",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        error_messages={"max_length": "审核意见不能超过 500 个字，请精简后再提交。"},
    )

    def clean(self) -> dict[str, Any]:
        """Puts the sentence chosen from the list, offered where no script runs, before the typed text."""
        typed = self.cleaned_data
        ready, opinion = typed.get("ready", ""), typed.get("opinion", "")
        if ready and ready not in opinion:
            typed["opinion"] = f"{ready}\n{opinion}".strip()
        return typed


class YearMarkForm(forms.Form):
    """规范 / 不规范 with a remark, and hours recognised below the claim, for one year.

    `limits` are the hours that can be recognised at most, by category: claimed, or what the hop before left.
    """

    in_order = forms.ChoiceField(
        label="本年度材料",
        choices=[(IN_ORDER, "规范"), (NOT_IN_ORDER, "不规范")],
        initial=IN_ORDER,
        required=False,
        widget=forms.RadioSelect(attrs={"form": FORM}),
    )
    remark = forms.CharField(
        label="说明",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"form": FORM, "maxlength": 300, "placeholder": "说明（申报人会看到）"}),
        error_messages={"max_length": "说明不能超过 300 个字，请精简。"},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        year: int,
        categories: Sequence[rules.Category],
        limits: Mapping[str, Decimal],
        unit: rules.HourUnit,
    ) -> None:
        super().__init__(data, prefix=f"y{year}")
        self.year, self.limits, self.unit = year, limits, unit
        self.categories = tuple(categories)
        for category in categories:
            self.fields[category.key] = forms.CharField(
                label=f"{category.short}认定",
                required=False,
                max_length=12,
                widget=forms.TextInput(
                    attrs={
                        "form": FORM,
                        "inputmode": "decimal",
                        "placeholder": rules.number_text(limits[category.key]),
                        "autocomplete": "off",
                    }
                ),
            )

    def hours_fields(self) -> Iterator[forms.BoundField]:
        return (self[category.key] for category in self.categories)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        for category in self.categories:
            if typed.get(category.key):
                self._clean_hours(category, typed[category.key])
        lowered = any(value < self.limits[key] for key, value in self._recognised().items())
        if lowered and not typed.get("remark"):
            self.add_error("remark", f"{self.year} 年核减了{self.unit.word}，请写明核减原因，申报人会看到。")
        elif typed.get("in_order") == NOT_IN_ORDER and not typed.get("remark"):
            self.add_error("remark", f"请写明 {self.year} 年哪里不规范，申报人会看到。")
        return typed

    def _clean_hours(self, category: rules.Category, text: str) -> None:
        try:
            value = hours.parse(text, word=self.unit.word, also=(self.unit.heading, *hours.ALSO))
        except Refusal as refusal:
            self.add_error(category.key, refusal.says)
            return
        limit = self.limits[category.key]
        if value > limit:
            self.add_error(
                category.key,
                f"{self.year} 年{category.name}最多可认定 {self.unit.text(limit)}，请改小，或退回修改。",
            )
        self.cleaned_data[category.key] = value

    def _recognised(self) -> dict[str, Decimal]:
        values = {category.key: self.cleaned_data.get(category.key) for category in self.categories}
        return {key: value for key, value in values.items() if isinstance(value, Decimal)}

    def mark(self) -> YearMark:
        return YearMark(
            in_order=self.cleaned_data.get("in_order") != NOT_IN_ORDER,
            remark=self.cleaned_data.get("remark", ""),
            recognised=self._recognised(),
        )

    def is_open(self) -> bool:
        """Whether the lowering of hours should be unfolded: something is typed there or wrong."""
        return any(field.value() or field.errors for field in self.hours_fields())


class Judgement:
    """Everything typed on a case page: the opinion and one mark per year, checked together."""

    def __init__(
        self,
        *,
        policy: rules.Policy,
        limits: Mapping[int, Mapping[str, Decimal]],
        data: QueryDict | None = None,
    ) -> None:
        self.policy = policy
        self.opinion = OpinionForm(data)
        self.years = {
            year: YearMarkForm(
                data, year=year, categories=policy.categories, limits=limits[year], unit=policy.hours
            )
            for year in sorted(limits)
        }
        self.refusals: list[tuple[str, str]] = []
        self._data: Mapping[str, Any] = data or {}

    @property
    def seen(self) -> int:
        """The version of the case the page showed; -1, which fits none, when it is not a number."""
        typed = str(self._data.get("version", ""))
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1

    def is_valid(self) -> bool:
        return all([self.opinion.is_valid(), *(form.is_valid() for form in self.years.values())])

    def text(self) -> str:
        """The opinion; what was typed of it when it is too long to be taken."""
        if self.opinion.is_valid():
            return str(self.opinion.cleaned_data["opinion"])
        return str(self.opinion["opinion"].value() or "")

    def marks(self) -> dict[int, YearMark]:
        return {year: form.mark() for year, form in self.years.items()}

    def below_minimum(self) -> list[tuple[str, str]]:
        """(sentence, link) for each year that the lowered hours take below its minimum: return it then."""
        found = []
        for year, form in self.years.items():
            recognised = {**form.limits, **form.mark().recognised}
            items = [rules.Item(category=key, hours=value) for key, value in recognised.items()]
            result = rules.assess_year(self.policy, year, items)
            if not result.met:
                says = f"{year} 年核减后不达标（{result.says.rstrip('。')}），不能审核通过，请改为退回修改。"
                found.append((says, f"#y{year}"))
        return found

    def problems(self) -> list[tuple[str, str]]:
        """(sentence, link) for everything that is wrong, for the summary on top."""
        found = list(self.refusals)
        for form in [self.opinion, *self.years.values()]:
            if not form.is_bound:
                continue
            for name, errors in form.errors.items():
                found += [
                    (str(error), f"#{form[name].id_for_label or form[name].auto_id}") for error in errors
                ]
        return found

    def refuse(self, says: str, field: str | None) -> None:
        """Takes a service's refusal; a reason that is missing is shown at the opinion."""
        if field in ("reason", "opinion"):
            self.opinion.add_error("opinion", says)
        else:
            self.refusals.append((says, ""))

    def carried(self) -> Iterator[tuple[str, str]]:
        """Name and value of every mark that was filled in, to travel on to the second step unseen."""
        for form in self.years.values():
            for field in form:
                value = field.value()
                if form.is_bound and value:
                    yield field.html_name, value

    def typed(self) -> list[tuple[str, str]]:
        """What was written, as (label, text), for a page from which it can be copied."""
        found = [("意见", self.text())]
        for year, form in self.years.items():
            for field in form:
                value = str(field.value() or "") if form.is_bound else ""
                if value and value != IN_ORDER:
                    found.append((f"{year} 年 · {field.label}", "不规范" if value == NOT_IN_ORDER else value))
        return [(label, text) for label, text in found if text]
