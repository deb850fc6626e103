"""What every page of an applicant shares: the access line, the version seen, how a refusal looks."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications import queries
from applications.filed import facts
from applications.models import Application, Evidence, YearEntry
from applications.presenters import sections
from applications.presenters.sections import NEW_YEAR, HeaderSection, Section, YearSection
from applications.services.editing import why_closed
from applications.services.filing import HEADER
from applications.services.years import section_of
from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotYours, Stale

NO_VERSION = -1  # a page that shows no version is always an old one


def own_case(request: ActorRequest, pk: UUID) -> Application:
    """The actor's own application, or 404."""
    try:
        return queries.own(request.actor, pk)
    except NotYours:
        raise Http404 from None


def seen(request: ActorRequest) -> int:
    """The version of the application that the page showed which sends this form."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else NO_VERSION


def section(request: ActorRequest, case: Application, key: str) -> Section:
    """A section by its name in the address; 404 for one that does not exist.

    "year:new" is the year that the request says, as the page sends it in which a year is added.
    """
    if key == HEADER:
        return HeaderSection(case)
    typed = (request.POST.get("year") or request.GET.get("year", "")) if key == NEW_YEAR else key[5:]
    year = int(typed) if re.fullmatch(r"[0-9]{4}", typed) else 0
    entry = case.years.filter(year=year).first()
    if entry is not None and key in (NEW_YEAR, section_of(year)):
        return YearSection(request.actor, case, queries.year_of(case, year))
    if key == NEW_YEAR:
        return YearSection(request.actor, case, None, wanted=sections.first_missing(case, typed))
    if key == section_of(year) and year in sections.missing_years(case):
        return YearSection(request.actor, case, None, wanted=year)
    raise Http404


def entry_of(case: Application, year: int) -> YearEntry:
    try:
        return queries.year_of(case, year)
    except NotYours:
        raise Http404 from None


def paper_of(case: Application, evidence_id: UUID) -> Evidence:
    """One file of the case, or 404."""
    paper = case.evidence.select_related("year_entry").filter(pk=evidence_id).first()
    if paper is None:
        raise Http404
    return paper


def seen_in(request: ActorRequest, case: Application, part: Section) -> int:
    """The version for the service: the present one where this section is as the page showed it.

    So only a change of the same section makes a page stale, not an upload or another year in another tab.
    """
    if request.POST.get("opened") == part.digest:
        return case.version
    return seen(request)


def status_of(refusal: Refusal) -> int:
    """409 when somebody else was quicker, 422 for what the person can put right."""
    if isinstance(refusal, NotYours):
        raise Http404
    return 409 if isinstance(refusal, Stale) else 422


def closed(request: ActorRequest, case: Application) -> HttpResponse | None:
    """The answer when an application cannot be edited (R191), or None when it can."""
    if case.is_editable:
        return None
    says = why_closed(case)
    if request.method != "POST":
        messages.warning(request, says)
        return redirect("applications:detail", case.pk)
    return refused(request, Stale(says), back=url_of(case))


def refused(request: ActorRequest, refusal: Refusal, *, back: str) -> HttpResponse:
    """The page for acts that are a single button: nothing was changed, why, and the way back."""
    context = {"says": refusal.says, "back": back}
    return render(request, "applications/refused.html", context, status=status_of(refusal))


def url_of(case: Application) -> str:
    return reverse("applications:detail", args=[case.pk])


def trail(case: Application, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb of a page below the list: the list, the application, and what lies between."""
    return [
        ("学时核认申报", reverse("applications:list")),
        (str(case.session), url_of(case)),
        *more,
    ]


def page(
    request: ActorRequest, name: str, case: Application, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of one application."""
    context.setdefault("trail", trail(case))
    context.setdefault("hour_unit", facts.policy_of(case).hours)
    return render(request, f"applications/{name}.html", {"case": case, **context}, status=status)
