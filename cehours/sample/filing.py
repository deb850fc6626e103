"""What the people of the sample file, and how their cases move: every step through the services."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from applications import services as filing
from applications.models import Application, FilingSession
from applications.services import ActivityInput
from cehours.lib import clock
from cehours.sample import papers
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Nature, Region, Unit

YEARS = (2020, 2021, 2022, 2023, 2024)
LOST = "部分纸质材料在单位搬迁时遗失，可由单位人事部门出具证明。"
THEMES = {
    2020: "突发公共卫生事件应对与心理调适",
    2021: "学习党史与职业道德建设",
    2022: "数字经济与专业技术人才发展",
    2023: "科学家精神与科研诚信",
    2024: "新质生产力与高质量发展",
}


@dataclass(frozen=True)
class Portfolio:
    """How somebody learned in a year, and the papers they keep of it."""

    activities: Callable[[int, str], list[ActivityInput]]
    papers: tuple[str, ...]
    note: str = ""


def _online(year: int, hours: int = 30) -> ActivityInput:
    return ActivityInput("public", THEMES[year], Decimal(hours), "03")


def _distance(year: int, specialty: str) -> list[ActivityInput]:
    return [
        _online(year),
        ActivityInput("professional", f"{specialty}新理论新技术网络课程", Decimal(60), "03"),
    ]


def _class(year: int, specialty: str) -> list[ActivityInput]:
    days = {"days": "8", "ended_on": f"{year}-09-20"}
    return [
        _online(year, 32),
        ActivityInput(
            "professional", f"{specialty}骨干研修班", Decimal(64), "01", kind="training", facts=days
        ),
    ]


def _papers(year: int, specialty: str) -> list[ActivityInput]:
    first, second = (
        {"serial": "cn", "author": author, "published_on": f"{year}-{month}"}
        for author, month in (("first", "03"), ("corresponding", "10"))
    )
    return [
        ActivityInput("public", f"{THEMES[year]}系列讲座", Decimal(32), "04"),
        ActivityInput("professional", f"论文：{specialty}实践研究", Decimal(30), "06", "paper", first),
        ActivityInput("professional", f"论文：{specialty}进展综述", Decimal(30), "06", "paper", second),
    ]


def _lectures(year: int, specialty: str) -> list[ActivityInput]:
    return [
        ActivityInput("public", f"{THEMES[year]}系列讲座", Decimal(30), "04"),
        ActivityInput("professional", f"{specialty}学术年会及专题研讨", Decimal(64), "04"),
    ]


PORTFOLIOS = (
    Portfolio(_distance, ("course_duration", "completion")),
    Portfolio(_lectures, ("contact_list",)),
    Portfolio(_class, ("course_duration", "completion", "signin")),
    Portfolio(_lectures, ("contact_list",)),
    Portfolio(_distance, ("course_duration", "completion")),
    Portfolio(_papers, ("contact_list", "journal_cover", "serial_number", "paper_contents")),
    Portfolio(_distance, ("completion",), LOST),  # reviewers see the warning and the note
)


@dataclass(frozen=True)
class Header:
    """What somebody fills in on the first page of the form."""

    unit: Unit | None
    region: Region
    series: str
    specialty: str
    education: str
    title: str

    def data(self, actor: Actor) -> dict[str, Any]:
        """Values for applications.filed.header.FIELDS."""
        return {
            "ethnicity": "汉族",
            "nature": self.unit.nature if self.unit else Nature.FREELANCE,
            "employer": self.unit,
            "target_title": self.title,
            "phone": actor.user.phone if actor.user else "",
            "education": self.education,
            "title_series": self.series,
            "specialty": self.specialty,
            "region": self.region,
        }


def draft(
    actor: Actor,
    session: FilingSession,
    header: Header,
    portfolio: Portfolio,
    *,
    years: Iterable[int] = YEARS,
    at: datetime,
) -> Application:
    """A case filled in for `years`, with the papers of each."""
    with clock.at(at), scope(actor):
        case = filing.start(actor=actor, session_id=session.pk)
        case = filing.save_header(
            actor=actor, application_id=case.pk, seen=case.version, data=header.data(actor)
        )
        version = case.version
        for year in years:
            filing.add_year(
                actor=actor,
                application_id=case.pk,
                seen=version,
                year=year,
                activities=portfolio.activities(year, header.specialty),
            )
            version += 1
            for kind in portfolio.papers:
                _attach(actor, case.pk, year, kind)
        return Application.objects.get(pk=case.pk)


def _attach(actor: Actor, pk: UUID, year: int, kind: str) -> None:
    filing.attach(
        actor=actor,
        application_id=pk,
        year=year,
        file=io.BytesIO(papers.bytes_of(kind)),
        filename=papers.filename_of(kind, year),
        kind=kind,
        stamped=papers.PAPERS[kind].sealed,
    )


def submit(actor: Actor, case: Application, *, note: str, at: datetime) -> Application:
    with clock.at(at), scope(actor):
        return filing.submit(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            declared_true=True,
            evidence_note=note,
        )
