"""新增申报年度明细信息 (annex 3, step 7): a year with at least one line on each side, and its sum."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

import rules
from applications.forms.items import FACT, ItemForm, asks_for_themes, row_of
from applications.forms.records import Records
from applications.models import Activity, Basis
from applications.services import ActivityInput
from applications.services.copying import title_for
from applications.services.years import MOST_ACTIVITIES

Rows = dict[str, list[dict[str, Any]]]


class WhichYear(forms.Form):
    """年度 as a select of the years that are still missing; another year is the service's to refuse.

    `counted` is the year the lines are counted for: what is typed is that one, or no year of the policy.
    """

    use_required_attribute = False
    year = forms.IntegerField(
        label="年度",
        widget=forms.Select,
        error_messages={"required": "请选择「年度」。", "invalid": "请选择「年度」。"},
    )

    def __init__(self, *args: Any, years: Sequence[int], counted: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted = counted
        self.fields["year"].widget.choices = [(year, f"{year} 年") for year in years]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year != self.counted:
            raise forms.ValidationError(self.fields["year"].error_messages["invalid"])
        return year


@dataclass
class Side:
    """公需 or 专业: the lines of one category and what the year asks of it."""

    category: rules.Category
    minimum: Decimal
    items: list[ItemForm]

    @property
    def count_name(self) -> str:
        return f"{self.category.key}-count"

    @property
    def full(self) -> bool:
        return len(self.items) >= MOST_ACTIVITIES


class YearSheet:
    """All lines of one year. `data` binds it; without, `rows` (category → lines) fill it in.

    `records`: the hours on record beside them. `locked`: what another system reported without a record of ours.
    """

    def __init__(
        self,
        policy: rules.Policy,
        *,
        year: int,
        data: Any = None,
        rows: Rows | None = None,
        choose_from: Sequence[int] = (),
        locked: Iterable[Activity] = (),
        records: Records | None = None,
    ) -> None:
        self.policy, self.locked = policy, tuple(locked)
        self.records = Records(policy) if records is None else records
        self.year = _typed_year(policy, data, year) if choose_from else year
        self.which = (
            WhichYear(data, years=choose_from, counted=self.year, initial={"year": year})
            if choose_from
            else None
        )
        minimums = policy.minimums_of(self.year)
        self.minimum_total = minimums.total
        self.sides = tuple(
            Side(
                category,
                minimums.by_category.get(category.key, Decimal(0)),
                self._items(category, data, rows or {}),
            )
            for category in policy.categories
        )
        self.says: list[str] = []

    def _items(self, category: rules.Category, data: Any, rows: Rows) -> list[ItemForm]:
        options: dict[str, Any] = {"policy": self.policy, "category": category, "year": self.year}
        lines = rows.get(category.key, [{}]) if data is None else [{}] * _count(data, category.key)
        return [
            ItemForm(data, initial=line, prefix=f"{category.key}-{place}", **options)
            for place, line in enumerate(lines)
        ]

    @property
    def items(self) -> list[ItemForm]:
        return [item for side in self.sides for item in side.items]

    def __iter__(self) -> Iterator[forms.Form]:
        if self.which:
            yield self.which
        yield from self.items

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self]  # every form, so that every error shows at once
        if self.records.unknown:
            self.says.append("所选的学时记录已被撤销或已变动，请去掉后重新选择。")
        if not self.items and not self.locked and not self.records.taken:
            self.says.append("请至少填写一项公需科目或专业科目。")
        return all(valid) and not self.says

    def refuse(self, says: str, field: str | None = None) -> None:
        """Puts a refusal of the service where it belongs: beside the year, or on top."""
        if field == "year" and self.which:
            self.which.add_error("year", says)
        else:
            self.says.append(says)

    # What the error summary asks of a formset.
    @property
    def non_form_errors(self) -> list[str]:
        return self.says

    @property
    def total_error_count(self) -> int:
        return len(self.says) + sum(len(form.errors) for form in self)

    errors = total_error_count

    def activities(self) -> list[ActivityInput]:
        return [item.activity() for item in self.items]

    @property
    def plain(self) -> bool:
        """Only titles, hours and forms: then the page itself can add up while somebody types."""
        shares = self.policy.minimums_of(self.year).shares.values()
        by_total = any(share.learnt for share in shares)  # then a minimum moves with the sum
        counted = self.locked or self.records.taken or any(item.chosen for item in self.items)
        return not (by_total or counted)

    def assessment(self) -> rules.YearAssessment:
        """The year as far as it can be counted now."""
        counted = [item for form in self.items if (item := form.item()) is not None]
        kept = [rules.Item(activity.category, activity.claimed) for activity in self.locked]
        return rules.assess_year(self.policy, self.year, [*self.records.items(), *kept, *counted])


@dataclass(frozen=True)
class Meter:
    """Hours against the minimum, of one category or (key "total") of the year."""

    key: str
    label: str
    value: Decimal
    minimum: Decimal
    gap: Decimal


def meters(policy: rules.Policy, result: rules.YearAssessment) -> list[Meter]:
    """公需, 专业 and 合计 of a year as the rules see it; a deemed year has no gaps because it is met."""
    nothing = Decimal(0)
    gaps = {gap.category: gap.missing for gap in result.gaps}
    own = [
        Meter(
            each.key,
            each.short,
            result.totals[each.key],
            result.minimums.get(each.key, nothing),
            gaps.get(each.key, nothing),
        )
        for each in policy.categories
    ]
    return [*own, Meter("total", "合计", result.total, result.minimum_total, gaps.get(None, nothing))]


def rows_of(activities: Iterable[Activity]) -> Rows:
    rows: Rows = {}
    for activity in activities:
        rows.setdefault(activity.category, []).append(row_of(activity))
    return rows


def rows_typed(policy: rules.Policy, data: Mapping[str, Any], act: str) -> Rows:
    """The lines as typed, after 再加一项 (`add:public`) or 去掉这一项 (`drop:public-1`)."""
    rows: Rows = {}
    for category in policy.categories:
        lines = []
        for place in range(_count(data, category.key)):
            prefix = f"{category.key}-{place}-"
            if act != f"drop:{category.key}-{place}":
                lines.append(
                    {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix)}
                )
        if act == f"add:{category.key}" and len(lines) < MOST_ACTIVITIES:
            lines.append({})
        rows[category.key] = lines
    return rows


def suggested_rows(policy: rules.Policy, year: int, like: tuple[int, Iterable[Activity]] | None) -> Rows:
    """A new year filled in like another year, else with that year's theme and the minimums (as in annex 3)."""
    if like is not None:
        other, activities = like
        rows = rows_of(activity for activity in activities if activity.basis == Basis.DECLARED)
        for line in (line for lines in rows.values() for line in lines):
            line["title"] = title_for(policy, line["title"], other, year)
        if rows:
            return rows
    minimums = policy.minimums_of(year).by_category
    return {
        category.key: [
            {
                "title": _usual_title(policy, category, year),
                "hours": rules.number_text(minimums.get(category.key, Decimal(0))),
            }
        ]
        for category in policy.categories
    }


def without_covered(rows: Rows, suggested: Rows, policy: rules.Policy, year: int, records: Records) -> Rows:
    """Leaves out what we suggested and nobody changed, where ticked records give the minimum already."""
    minimums = policy.minimums_of(year).by_category
    covered = {key for key, least in minimums.items() if least and records.hours_of(key) >= least}
    return {
        key: [line for line in lines if not (key in covered and _same(line, suggested.get(key, [])))]
        for key, lines in rows.items()
    }


def without_suggested_hours(rows: Rows, suggested: Rows) -> Rows:
    """Where a kind was just chosen, its hours are the rules' to say, not what we had suggested for a plain line."""
    for key, lines in rows.items():
        for line in lines:
            begun = any(name.startswith(FACT) for name in line)
            if line.get("kind") and not begun and _same(line, suggested.get(key, [])):
                line["hours"] = ""
    return rows


def _same(line: Mapping[str, Any], suggested: Iterable[Mapping[str, Any]]) -> bool:
    return any((line.get("title"), line.get("hours")) == (each["title"], each["hours"]) for each in suggested)


def _usual_title(policy: rules.Policy, category: rules.Category, year: int) -> str:
    themes = policy.themes(year) if asks_for_themes(policy, category) else ()
    return themes[0] if themes else f"{year}{category.name}"


def _count(data: Mapping[str, Any], category: str) -> int:
    typed = str(data.get(f"{category}-count", "1"))
    return min(int(typed), MOST_ACTIVITIES) if re.fullmatch(r"[0-9]{1,3}", typed) else 1


def _typed_year(policy: rules.Policy, data: Any, otherwise: int) -> int:
    """The year typed if the policy says what it asks, else `otherwise`."""
    typed = str(data.get("year", "")) if data is not None else ""
    year = int(typed) if re.fullmatch(r"(19[5-9]|20)[0-9]{1,2}", typed) and len(typed) == 4 else otherwise
    try:
        policy.minimums_of(year)
    except rules.RuleInputError:
        return otherwise
    return year
