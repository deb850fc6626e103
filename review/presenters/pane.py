"""The evidence in focus: one page of one file, and its neighbours in the order of the years."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from applications.files.papers import Inside, inside_of, paper_for
from applications.presenters.evidence_tiles import more_pictures
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from review.cases.dossier import Paper
from review.presenters.origin import Origin


@dataclass(frozen=True)
class Pane:
    """What the pane beside the case shows; the addresses of its neighbours are None at the ends.

    `more` are the pictures below the first of a very long page; `holds` is what the file carries besides its pages.
    """

    paper: Paper
    page: int
    number: int
    count: int
    image: str
    more: list[str]
    holds: tuple[str, ...]
    original: str
    previous: str | None
    next: str | None

    @property
    def title(self) -> str:
        return f"{self.paper.year} 年 · {self.paper.kind}"

    @property
    def position(self) -> str:
        pages = f"，第 {self.page} 页共 {self.paper.pages} 页" if self.paper.pages > 1 else ""
        return f"{self.number}/{self.count}{pages}"


def link(origin: Origin, case_id: UUID, paper_id: str, page: int = 1) -> str:
    """The case page with this page of evidence in focus."""
    place = {"page": page} if page > 1 else {}
    return f"{origin.case(case_id, paper=paper_id, **place)}#evidence"


def pane(actor: Actor, origin: Origin, case_id: UUID, papers: list[Paper], asked: QueryDict) -> Pane | None:
    """The page asked for in the address, else the first; None when nothing was uploaded."""
    if not papers:
        return None
    wanted = asked.get("paper", "")
    index = next((place for place, paper in enumerate(papers) if paper.id == wanted), 0)
    paper = papers[index]
    page = _page(asked.get("page", ""), paper.pages)
    inside = _inside(actor, case_id, paper)
    return Pane(
        paper=paper,
        page=page,
        number=index + 1,
        count=len(papers),
        image=reverse("applications:evidence_page", args=[case_id, paper.id, page]),
        more=more_pictures(case_id, UUID(paper.id), page, inside),
        holds=inside.holds,
        original=reverse("applications:evidence_file", args=[case_id, paper.id]),
        previous=_before(origin, case_id, papers, index, page),
        next=_after(origin, case_id, papers, index, page),
    )


def _inside(actor: Actor, case_id: UUID, paper: Paper) -> Inside:
    try:
        return inside_of(paper_for(actor, case_id, UUID(paper.id)))
    except NotYours:  # its picture is not shown either
        return Inside(())


def _page(typed: str, pages: int) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1
    return min(max(number, 1), pages)


def _before(origin: Origin, case_id: UUID, papers: list[Paper], index: int, page: int) -> str | None:
    if page > 1:
        return link(origin, case_id, papers[index].id, page - 1)
    if index == 0:
        return None
    return link(origin, case_id, papers[index - 1].id, papers[index - 1].pages)


def _after(origin: Origin, case_id: UUID, papers: list[Paper], index: int, page: int) -> str | None:
    if page < papers[index].pages:
        return link(origin, case_id, papers[index].id, page + 1)
    return link(origin, case_id, papers[index + 1].id) if index + 1 < len(papers) else None
