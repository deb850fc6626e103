"""What was typed into the sections of an application and is not part of it: named, and saved or given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from applications.models import Application, Draft
from applications.presenters.sections import HeaderSection, Section, YearSection, missing_years
from applications.services.filing import HEADER
from cehours.lib import clock
from organizations.acting.actor import Actor


@dataclass(frozen=True)
class Unsaved:
    """The newest unsaved content of one section.

    `clear`: it can be saved as it stands; otherwise the section was saved since, or another tab holds other content,
    and the versions have to be compared.
    """

    part: Section
    draft: Draft
    clear: bool
    settle_url: str
    compare_url: str

    @property
    def at(self) -> str:
        """14:03, with the day before it unless that is today."""
        local = clock.local(self.draft.saved_at)
        return f"{local:%H:%M}" if local.date() == clock.today() else f"{local:%-m月%-d日 %H:%M}"

    @property
    def title(self) -> str:
        """基本信息 · 2022 年度, also of a year that is not there yet."""
        return f"{self.part.year} 年度" if isinstance(self.part, YearSection) else self.part.title


def unsaved(actor: Actor, case: Application) -> list[Unsaved]:
    """Every section with content that differs from what is saved, in the order of the form.

    A year that lies outside the span by now has no page on which it could be saved, and is left out.
    """
    kept = sorted(case.drafts.all(), key=lambda draft: draft.section)
    found = [
        each
        for section, drafts in groupby(kept, key=lambda draft: draft.section)
        for each in _of_section(actor, case, section, list(drafts))
    ]
    return sorted(found, key=lambda each: (each.part.key != HEADER, each.part.key))


def _of_section(actor: Actor, case: Application, section: str, drafts: list[Draft]) -> Iterator[Unsaved]:
    part = _part(actor, case, section)
    differing = [draft for draft in drafts if part and draft.fields != part.saved]
    if part is None or not differing:
        return
    newest = max(differing, key=lambda draft: draft.saved_at)
    yield Unsaved(
        part,
        newest,
        clear=newest.opened == part.digest and all(draft.fields == newest.fields for draft in differing),
        settle_url=reverse("applications:draft_settle", args=[case.pk, section]),
        compare_url=reverse("applications:draft_compare", args=[case.pk, section]),
    )


def _part(actor: Actor, case: Application, section: str) -> Section | None:
    if section == HEADER:
        return HeaderSection(case)
    year = int(section.partition(":")[2])
    entry = case.years.filter(year=year).prefetch_related("activities__recognised").first()
    if entry is None and year not in missing_years(case):
        return None
    return YearSection(actor, case, entry, wanted=year)
