"""What somebody types into the pages of an application."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from applications.models import Application


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(f"applications:{name}", args=[case.pk, *more])


def text_of(response: Any) -> str:
    return str(response.content.decode())


def header_of(case: Application, **changes: Any) -> dict[str, Any]:
    """The header form as the page shows it for a filled-in draft."""
    filled = {
        "version": case.version,
        "ethnicity": case.ethnicity,
        "employer": case.employer_id or "",
        "nature": case.nature,
        "target_title": case.target_title,
        "phone": case.phone,
        "education": case.education,
        "title_series": case.title_series,
        "specialty": case.specialty,
        "region": case.region_id or "",
        "region_anchor": case.region_anchor,
        "act": "next",
    }
    return {**filled, **changes}


def year_of(case: Application, **changes: Any) -> dict[str, Any]:
    """The plain row of the notice, as typed."""
    typed = {
        "version": case.version,
        "public-count": "1",
        "public-0-title": "公需课程",
        "public-0-hours": "30",
        "public-0-form": "03",
        "professional-count": "1",
        "professional-0-title": "专业课程",
        "professional-0-hours": "60",
        "professional-0-form": "01",
        "act": "save",
    }
    return {**typed, **changes}


def add_year(browser: Client, case: Application, **changes: Any) -> Any:
    return browser.post(url("year_add", case), year_of(case, **changes))
