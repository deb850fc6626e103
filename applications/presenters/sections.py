"""The sections of an application that are typed into: what is saved of each, and what a draft holds, in words."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Protocol

from django.urls import reverse

from applications import queries
from applications.filed import facts, records
from applications.forms import HeaderForm
from applications.forms.records import TAKE, Records
from applications.forms.rows import Line, Rows, count_in, rows_carried, rows_of, rows_typed, side_keys
from applications.forms.typed import Answer, Typed, answers_of, as_data, digest, typed_from, typed_of
from applications.forms.year import YearSheet
from applications.models import Activity, Application, YearEntry
from applications.services.filing import HEADER
from applications.services.years import section_of
from organizations.acting.actor import Actor

NEW_YEAR = "year:new"


class Section(Protocol):
    """`saved`: what the form would send if nobody changed it. `digest`: names what is saved now."""

    key: str
    title: str
    url: str

    @property
    def saved(self) -> Typed: ...

    @property
    def digest(self) -> str: ...

    def typed(self, data: Any) -> Typed: ...

    def answers(self, typed: Typed) -> dict[str, Answer]: ...


class HeaderSection:
    """基本信息."""

    key, title = HEADER, "基本信息"

    def __init__(self, case: Application) -> None:
        self.case, self.policy = case, facts.policy_of(case)
        self.url = reverse("applications:header", args=[case.pk])

    @cached_property
    def saved(self) -> Typed:
        form = HeaderForm(case=self.case, policy=self.policy)
        return typed_from({name: form[name].value() for name in form.fields if name != "employer_name"})

    @property
    def digest(self) -> str:
        return digest(self.saved)

    def typed(self, data: Any) -> Typed:
        return typed_of(data, lambda name: name in HeaderForm.base_fields and name != "employer_name")

    def answers(self, typed: Typed) -> dict[str, Answer]:
        blank = dict.fromkeys(self.saved, "")
        initial = {**blank, **{name: values[-1] for name, values in typed.items()}}
        form = HeaderForm(case=self.case, policy=self.policy, initial=initial)
        found = answers_of(form)
        employer = form.chosen_employer()
        return {**found, "employer": Answer(found["employer"].label, employer.name if employer else "")}


class YearSection:
    """One year that is there, or (entry None) the year being added."""

    def __init__(self, actor: Actor, case: Application, entry: YearEntry | None, *, wanted: int = 0) -> None:
        self.actor, self.case, self.entry, self.policy = actor, case, entry, facts.policy_of(case)
        self.year = entry.year if entry else wanted
        self.key = section_of(self.year)
        self.title = f"{entry.year} 年度" if entry else "新增年度"
        self.url = (
            reverse("applications:year", args=[case.pk, entry.year])
            if entry
            else f"{reverse('applications:year_add', args=[case.pk])}?year={self.year}"
        )

    @cached_property
    def activities(self) -> list[Activity]:
        return list(self.entry.activities.all()) if self.entry else []

    @cached_property
    def saved(self) -> Typed:
        if self.entry is None:
            return {"year": [str(self.year)], **self._flat({})}
        kept = [str(each.recognised_id) for each in self.activities if each.recognised_id]
        typed = [each for each in self.activities if each.basis not in facts.NEEDS_NO_EVIDENCE]
        return {**self._flat(rows_of(self.policy, typed)), **({TAKE: kept} if kept else {})}

    @cached_property
    def model(self) -> tuple[int, Rows] | None:
        """The nearest year filled in, here or in the person's last application, as far as it can be carried over."""
        for case in (self.case, queries.last_filed(self.case)):
            entries = list(case.years.prefetch_related("activities")) if case else []
            for entry in sorted(entries, key=lambda entry: abs(entry.year - self.year)):
                if rows := rows_carried(self.policy, entry.year, entry.activities.all()):
                    return entry.year, rows
        return None

    @property
    def digest(self) -> str:
        return digest(self.saved if self.entry else "not there")

    def typed(self, data: Any) -> Typed:
        keys = "|".join(side_keys(self.policy))
        pattern = re.compile(rf"({keys})-(count|[0-9]{{1,2}}-[a-z_]+[a-z0-9_-]*)")
        mine = {TAKE} if self.entry else {TAKE, "year"}
        typed = typed_of(data, lambda name: name in mine or bool(pattern.fullmatch(name)))
        # A computed line has its kind's form: whether the page sent it along says nothing.
        computed = {name[: -len("-kind")] for name in typed if name.endswith("-kind")}
        return {name: values for name, values in typed.items() if name.removesuffix("-form") not in computed}

    def answers(self, typed: Typed) -> dict[str, Answer]:
        data = as_data(typed)
        sheet = YearSheet(self.policy, year=self.year, rows=rows_typed(self.policy, data))
        found = {"year": Answer("年度", typed["year"][-1])} if "year" in typed else {}
        for side in (sheet.whole, *sheet.sides):
            for place, item in enumerate(side.items, start=1):
                several = f"第 {place} 项 " if len(side.items) > 1 else ""
                found |= answers_of(item, prefix=several)
        taken = self.records(data.getlist(TAKE)).taken
        if taken:
            found[TAKE] = Answer("已选学时记录", "；".join(f"{line.title} {line.number}" for line in taken))
        return found

    def records(self, ticked: list[str] | None = None) -> Records:
        """The hours on record for this year; `ticked` None: as they are saved."""
        return Records(
            self.policy,
            offered=records.offered(self.actor, self.policy, self.case, self.year),
            withheld=records.withheld(self.actor, self.policy, self.case, self.year),
            saved=[each for each in self.activities if each.recognised_id],
            ticked=ticked,
        )

    def _flat(self, rows: Rows) -> Typed:
        sent = {}
        for key in side_keys(self.policy):
            usual: list[Line] = [] if self.entry else [{}] * count_in({}, key)
            lines = rows.get(key, usual)
            sent[f"{key}-count"] = str(len(lines))
            for place, line in enumerate(lines):
                sent |= {f"{key}-{place}-{name}": value for name, value in line.items()}
        return self.typed(as_data(typed_from(sent)))


def missing_years(case: Application) -> list[int]:
    filed = set(case.years.values_list("year", flat=True))
    return [each for each in facts.span_of(case).years if each not in filed]


def first_missing(case: Application, typed: str) -> int:
    """The year that is meant if it can be added, else the first that can."""
    choices = missing_years(case) or list(facts.span_of(case).years)
    return next((year for year in choices if typed == str(year)), choices[0])
