"""新增申报年度明细信息 (annex 3, step 7): a year with at least one line on each side, and its sum."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

import rules
from applications.forms.items import ItemForm
from applications.forms.records import Records
from applications.forms.rows import WHOLE, Line, Rows, count_in
from applications.models import Activity
from applications.services import ActivityInput
from applications.services.years import MOST_ACTIVITIES


class WhichYear(forms.Form):
    """年度 as a select of the years that are still missing; another year is the service's to refuse.

    `counted` is the year the lines are counted for: what is typed is that one, or no year of the policy.
    """

    use_required_attribute = False
    year = forms.IntegerField(
        label="年度",
        widget=forms.Select,
        error_messages={"required": "请选择“年度”。", "invalid": "请选择“年度”。"},
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
    """公需 or 专业: the lines of one category and what the year asks of it; or what completes the year (WHOLE)."""

    key: str
    category: rules.Category
    minimum: Decimal
    items: list[ItemForm]

    @property
    def count_name(self) -> str:
        return f"{self.key}-count"

    @property
    def landing(self) -> str:
        """The line that takes what is chosen next: the first blank one, else a new one."""
        blank = next((item.prefix for item in self.items if item.is_left_out), None)
        return str(blank or f"{self.key}-{len(self.items)}")

    @property
    def chips(self) -> list[str]:
        """Hours to be tapped: what the year asks for, and no other figure."""
        return [rules.number_text(self.minimum)] if self.minimum else []

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
                category.key,
                category,
                minimums.by_category.get(category.key, Decimal(0)),
                self._items(category.key, category, data, rows),
            )
            for category in policy.categories
        )
        first = policy.categories[0]
        self.whole = Side(WHOLE, first, Decimal(0), self._items(WHOLE, first, data, rows))
        self.says: list[str] = []

    def _items(self, side: str, category: rules.Category, data: Any, rows: Rows | None) -> list[ItemForm]:
        options: dict[str, Any] = {"policy": self.policy, "category": category, "year": self.year}
        usual: list[Line] = [{}] * count_in({}, side)
        lines = (rows or {}).get(side, usual) if data is None else [{}] * count_in(data, side)
        return [
            ItemForm(data, initial=line, prefix=f"{side}-{place}", **options)
            for place, line in enumerate(lines)
        ]

    @property
    def items(self) -> list[ItemForm]:
        """Every line of the page, also the blank ones."""
        return [item for side in (self.whole, *self.sides) for item in side.items]

    @property
    def filled(self) -> list[ItemForm]:
        """The lines somebody typed something into: only these are claimed."""
        return [item for item in self.items if not item.is_left_out]

    @property
    def is_untouched(self) -> bool:
        return not (self.filled or self.locked or self.records.taken)

    def __iter__(self) -> Iterator[forms.Form]:
        if self.which:
            yield self.which
        yield from self.items

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self]  # every form, so that every error shows at once
        if self.records.unknown:
            self.says.append("所选的学时记录已被撤销或已变动，请去掉后重新选择。")
        if self.is_untouched:
            self.says.append("请至少填写一项：选择您参加的活动，或直接填写公需科目、专业科目。")
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
        return [item.activity() for item in self.filled]

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


def _typed_year(policy: rules.Policy, data: Any, otherwise: int) -> int:
    """The year typed if the policy says what it asks, else `otherwise`."""
    typed = str(data.get("year", "")) if data is not None else ""
    year = int(typed) if re.fullmatch(r"(19[5-9]|20)[0-9]{1,2}", typed) and len(typed) == 4 else otherwise
    try:
        policy.minimums_of(year)
    except rules.RuleInputError:
        return otherwise
    return year
