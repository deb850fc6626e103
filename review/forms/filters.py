"""Which part of a list is shown. A filter lives in the address; what is not one of ours counts as not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

import rules
from applications.filed import receipt
from applications.filed.header import BY_KEY
from applications.models import FilingSession, Outcome
from applications.states import State
from cehours.lib import masking
from organizations.acting.actor import Actor
from organizations.models import Region
from organizations.models.region import shared_prefix
from review.lists import sealed_number
from review.lists.criteria import NO_SUCH_NUMBER, ListCriteria
from review.lists.name_keys import number_in
from review.lists.queries import FRESH

SEARCH = forms.TextInput({"type": "search", "autocomplete": "off"})
NAMES = (
    "name", "number", "unit", "step", "view", "region", "series", "year", "mark", "outcome",
)  # in the address, in this order  # fmt: skip
NAME, NUMBER, RECEIPT = BY_KEY["name"].label, BY_KEY["id_index"].label, "受理编号"
Chip = tuple[str, str, str]
Choices = list[tuple[str, str]]


class CaseFilter(forms.Form):
    """What all lists can be asked for; `find` is the one box for names, identity numbers and 受理编号.

    `asked` reads an address, or what was typed above a list; `address()` says what to ask then.
    """

    MARKS = [
        ("", "全部"),
        ("mine", "分派给我的"),
        ("again", "退回或撤销后重新提交"),
        ("flagged", "前面环节标为不规范"),
        ("reduced", "前面环节核减过学时"),
    ]

    find = forms.CharField(label=f"{NAME}、{NUMBER}或{RECEIPT}", required=False, max_length=60, widget=SEARCH)
    name = forms.CharField(required=False, max_length=60)
    number = forms.CharField(required=False, max_length=200)
    unit = forms.CharField(label=BY_KEY["employer"].label, required=False, max_length=60, widget=SEARCH)
    region = forms.ChoiceField(label=BY_KEY["region"].label, required=False)
    series = forms.ChoiceField(label=BY_KEY["title_series"].label, required=False)
    year = forms.TypedChoiceField(label="申报年度", required=False, coerce=int, empty_value=None)
    mark = forms.ChoiceField(label="标记", required=False, choices=MARKS)

    @classmethod
    def asked(cls, typed: MultiValueDict[str, str], actor: Actor) -> Self:
        """What was asked for, as far as it is understood: a wrong value in an address is nobody's mistake."""
        choices = _choices(actor)
        form = cls(actor, choices, data={name: typed.get(name, "") for name in cls.base_fields})
        form.full_clean()
        kept = {name: form.cleaned_data.get(name) or "" for name in cls.base_fields}
        box = str(kept.pop("find")).strip()
        if box:  # it holds the one or the other; numbers are sealed at once
            number = "" if receipt.read(box) else number_in(box)
            kept["name"] = "" if number else box
            kept["number"] = sealed_number.seal(actor, number) if number else ""
        return cls(actor, choices, kept=kept)

    def __init__(
        self,
        actor: Actor,
        choices: Mapping[str, Choices],
        *,
        data: Mapping[str, str] | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """A form to be read (`data`), or one that shows what is `kept`; `choices` of what differs by place and time."""
        self.actor, self._kept = actor, kept or {}
        super().__init__(data, initial={**self._kept, "find": self._kept.get("name", "")})
        for name, open_ones in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "全部"), *open_ones]
        self.criteria = self._understood()

    def _understood(self) -> ListCriteria:
        kept: dict[str, Any] = {name: self._kept.get(name, "") for name in NAMES}
        number = kept.pop("number")
        return ListCriteria(
            text=kept.pop("name").strip(),
            number=sealed_number.unseal(self.actor, number) if number else "",
            unit=kept.pop("unit").strip(),
            year=kept.pop("year") or None,
            **kept,
        )

    def without_tabs(self) -> ListCriteria:
        """The conditions but for those that the tabs above the list set."""
        return replace(self.criteria, view="", step="", outcome="")

    @property
    def is_set(self) -> bool:
        return any(value for name, value in self._kept.items() if name != "sort_by")

    @property
    def has_several_years(self) -> bool:
        """Whether there are sessions of more than one year to tell apart."""
        field = self.fields["year"]
        assert isinstance(field, forms.ChoiceField)
        return len(list(field.choices)) > 2  # type: ignore[arg-type]  # never callable; beside 全部

    @property
    def has_more(self) -> bool:
        """Whether one of the conditions that are folded away is set."""
        return any(self._kept[name] for name in ("region", "series", "year", "mark"))

    def address(self, **instead: str) -> str:
        """The part after the question mark, "" when nothing is asked; `instead` replaces or drops values."""
        asked = QueryDict(mutable=True)
        for name, value in {**self._kept, **instead}.items():
            if value:
                asked[name] = str(value)
        return asked.urlencode()

    @property
    def asked_for(self) -> list[tuple[str, str]]:
        """Name and value of everything that the address says."""
        return [(name, str(value)) for name, value in self._kept.items() if value]

    @property
    def chips(self) -> list[Chip]:
        """(label, value, address without it) of every condition that is set."""
        return [
            (self._label(name), self._shown(name), f"?{self.address(**{name: ''})}")
            for name in NAMES
            if self._kept.get(name) and name in self.fields
        ]

    def _label(self, name: str) -> str:
        if name == "name" and receipt.read(self.criteria.text):
            return RECEIPT
        return {"name": NAME, "number": NUMBER}.get(name) or str(self.fields[name].label)

    def _shown(self, name: str) -> str:
        if name == "number":
            number = self.criteria.number
            return "已失效，请重新输入" if number == NO_SUCH_NUMBER else masking.mask_id(number)
        field, value = self.fields[name], self._kept[name]
        if isinstance(field, forms.ChoiceField) and name != "year":
            return str(dict(field.choices).get(value) or value)  # type: ignore[arg-type]  # never grouped
        return f"{value} 年" if name == "year" else str(value)


class InboxFilter(CaseFilter):
    """Which part of 待办 is shown."""

    VIEWS = [
        ("", "全部"),
        ("clean", "达标且无警示"),
        ("warned", "有警示"),
        ("late", "等待较久"),
    ]
    STEPS = [
        ("", "全部"),
        (State.EMPLOYER_REVIEW.value, "待单位审核"),
        (State.DEPARTMENT_REVIEW.value, "待主管部门审核"),
        (State.BUREAU_REVIEW.value, "待人社部门审核"),
    ]
    MARKS = [*CaseFilter.MARKS, (FRESH, "上一工作日以来收到")]
    SORTS = [("", "等待"), ("submitted", "提交时间"), ("unit", "单位"), ("name", "姓名")]
    step = forms.ChoiceField(label="审核状态", required=False, choices=STEPS)
    sort_by = forms.ChoiceField(label="排序", required=False, choices=SORTS)
    view = forms.ChoiceField(label="分类", required=False, choices=VIEWS)
    mark = forms.ChoiceField(label="标记", required=False, choices=MARKS)

    @property
    def sort(self) -> str:
        """By what the list goes; "" by waiting. An order is no condition."""
        return str(self._kept.get("sort_by", ""))

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """(label, address, whether the list goes by it)."""
        return [(label, f"?{self.address(sort_by=key)}", key == self.sort) for key, label in self.SORTS]


class HandledFilter(CaseFilter):
    """Which decisions of the unit, or which withdrawn cases, are shown."""

    outcome = forms.ChoiceField(label="审核结果", required=False, choices=[("", "全部"), *Outcome.choices])


def _choices(actor: Actor) -> dict[str, Choices]:
    sessions = list(FilingSession.objects.order_by("-year", "policy").values_list("year", "policy"))
    return {
        "region": _regions(actor),
        "series": _series(dict.fromkeys(key for _, key in sessions)),
        "year": [(str(year), f"{year} 年") for year in dict.fromkeys(year for year, _ in sessions)],
    }


def _regions(actor: Actor) -> Choices:
    """The regions of a bureau's territory, by code. Other units know where their people are."""
    if actor.unit is None or not actor.is_bureau:
        return []
    own = actor.unit.region_id
    return list(Region.objects.filter(code__startswith=shared_prefix(own)).values_list("code", "name"))


def _series(policies: Iterable[str]) -> Choices:
    """申报大类 of every policy under which people file or filed here."""
    known = [rules.load_policy(key) for key in policies if key in rules.available_policies()]
    names = dict.fromkeys(choice.name for policy in known for choice in policy.title_series)
    return [(name, name) for name in names]
