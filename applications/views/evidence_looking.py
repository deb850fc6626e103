"""Looking at evidence: all years of an application at once, and one file page by page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from applications.filed import facts
from applications.filed.folder import Folder
from applications.files.papers import inside_of, paper_for
from applications.models import Application, Evidence
from applications.presenters.evidence_tiles import Tile, address, more_pictures, names_of, tiles_of
from applications.presenters.refusals import open_years
from applications.views import access
from organizations.acting.actor import ActorRequest


@dataclass(frozen=True)
class Shelf:
    """One year of the overview: its files, and for each activity what it still lacks."""

    year: int
    tiles: list[Tile]
    gaps: tuple[facts.Gap, ...]


@require_GET
def overview(request: ActorRequest, pk: UUID) -> HttpResponse:
    """佐证材料 of every year: what is there and what is missing."""
    case = access.own_case(request, pk)
    policy, names = facts.policy_of(case), names_of(case)
    folder = Folder.of(case, policy)
    shelves = [
        Shelf(
            entry.year,
            tiles_of(folder.of_year(entry), names, folder, entry),
            facts.find_year(policy, entry, folder).evidence,
        )
        for entry in case.years.prefetch_related("activities__recognised")
    ]
    return access.page(
        request,
        "evidence_overview",
        case,
        shelves=shelves,
        lacking=[shelf.year for shelf in shelves if shelf.gaps],
        files=len(folder.papers),
        unanswered=open_years(case),
        unlooked=[paper.pk for paper in folder.papers if not paper.confirmed],
    )


@require_GET
def evidence_view(request: ActorRequest, pk: UUID, evidence_id: UUID, number: int = 1) -> HttpResponse:
    """One's own file, page by page, in the viewer; its neighbours are the other files of the year."""
    case = access.own_case(request, pk)
    paper = access.paper_of(case, evidence_id)
    papers = list(case.evidence.filter(year_entry=paper.year_entry))
    tile = next(each for each in tiles_of(papers, names_of(case)) if each.evidence.pk == paper.pk)
    if not 1 <= number <= paper.pages or not tile.open:
        raise Http404
    year = paper.year_entry.year
    back = address(case, year) if case.is_editable else reverse("applications:papers", args=[case.pk])
    place = papers.index(paper)
    inside = inside_of(paper_for(request.actor, case.pk, paper.pk))
    return access.page(
        request,
        "evidence_view",
        case,
        trail=access.trail(case, (f"{year} 年度佐证材料", back)),
        paper=paper,
        document=tile.name,
        number=number,
        inside=inside,
        more=more_pictures(case.pk, paper.pk, number, inside),
        place=place + 1,
        papers=len(papers),
        earlier=_page_url(case, paper, number - 1),
        later=_page_url(case, paper, number + 1),
        previous=_neighbour(case, papers[:place][::-1]),
        following=_neighbour(case, papers[place + 1 :]),
        back=back,
    )


def _page_url(case: Application, paper: Evidence, number: int) -> str:
    """The address of one page; empty beyond the first and the last."""
    if not 1 <= number <= paper.pages:
        return ""
    return reverse("applications:evidence_view", args=[case.pk, paper.pk, number])


def _neighbour(case: Application, papers: list[Evidence]) -> str:
    """The first page of the nearest file that can be looked at."""
    return next((_page_url(case, tile.evidence, 1) for tile in tiles_of(papers, {}) if tile.open), "")
