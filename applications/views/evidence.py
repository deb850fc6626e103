"""上传附件 (annex 3, step 8): the files of one year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from applications import facts, queries, services
from applications.forms import EvidenceSheet
from applications.models import Application, Evidence, YearEntry
from applications.services.evidence import MOST_BYTES, MOST_FILES_A_YEAR
from applications.views import access
from applications.views.tasks import remarks_of_year
from cehours.lib import uploads
from cehours.lib.refusal import Refusal
from organizations.errors import NotYours

if TYPE_CHECKING:
    from cehours.middleware import ActorRequest

NOTHING_CHOSEN = "请先选择要上传的文件，再点击「上传」。"
MEGABYTE = 1024 * 1024


@require_http_methods(["GET", "POST"])
def evidence(request: ActorRequest, pk: UUID, year: int) -> HttpResponse:
    """The year's files. Each is taken or refused on its own, and the refused ones say why."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    entry = _entry(case, year)
    if request.method == "GET":
        return _page(request, case, entry)
    sheet = EvidenceSheet.typed(facts.policy_of(case), request.POST, request.FILES)
    refused = _attach(request, case, year, sheet) if sheet.chosen else [NOTHING_CHOSEN]
    if refused:
        return _page(request, case, _entry(case, year), 422, refused=refused, typed=sheet)
    return redirect("applications:evidence", case.pk, year)


def _attach(request: ActorRequest, case: Application, year: int, sheet: EvidenceSheet) -> list[str]:
    """Attaches what can be attached; returns a sentence for each file that was not."""
    refused, taken = [], 0
    for row in sheet.chosen:
        for file in row.files:
            try:
                services.attach(
                    actor=request.actor,
                    application_id=case.pk,
                    year=year,
                    file=file,
                    filename=file.name or "",
                    kind=row.kind,
                    stamped=row.stamped,
                    prior_span=row.prior_span,
                )
                taken += 1
            except NotYours:
                raise Http404 from None
            except Refusal as refusal:
                refused.append(f"{uploads.clean_name(file.name or '')}：{refusal.says}")
    if taken:
        messages.success(request, f"已上传 {taken} 个文件。")
    return refused


@require_http_methods(["GET", "POST"])
def evidence_delete(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """删除附件, asked once."""
    case = access.own_case(request, pk)
    if answer := access.closed(request, case):
        return answer
    paper = case.evidence.select_related("year_entry").filter(pk=evidence_id).first()
    if paper is None:
        raise Http404
    back = reverse("applications:evidence", args=[case.pk, paper.year_entry.year])
    if request.method == "POST":
        try:
            services.detach(actor=request.actor, application_id=pk, evidence_id=evidence_id)
        except Refusal as refusal:
            return access.refused(request, refusal, back=back)
        messages.success(request, f"已删除「{paper.filename}」。")
        return redirect(back)
    says = [f"{paper.filename}（{paper.year_entry.year} 年度）会从申报中删除，需要时可以重新上传。"]
    return access.page(request, "confirm", case, title="删除这个附件？", submit="删除", back=back, says=says)


@require_GET
def evidence_view(request: ActorRequest, pk: UUID, evidence_id: UUID, number: int = 1) -> HttpResponse:
    """One's own file, page by page, in the viewer."""
    case = access.own_case(request, pk)
    paper = case.evidence.select_related("year_entry").filter(pk=evidence_id).first()
    if paper is None or not 1 <= number <= paper.pages:
        raise Http404
    names = {document.key: document.name for document in facts.policy_of(case).documents}
    year = paper.year_entry.year
    back = reverse("applications:evidence", args=[case.pk, year])
    return access.page(
        request,
        "evidence_view",
        case,
        trail=access.trail(case, (f"{year} 年度佐证材料", back if case.is_editable else "")),
        paper=paper,
        document=names.get(paper.kind, paper.kind),
        number=number,
        previous=number - 1,
        following=number + 1 if number < paper.pages else 0,
        back=back if case.is_editable else access.url_of(case),
    )


@dataclass(frozen=True)
class Tile:
    """An uploaded file with where to look at it and how to remove it."""

    evidence: Evidence
    name: str
    view_url: str
    thumb_url: str
    delete_url: str


def _tile(case: Application, paper: Evidence, names: dict[str, str]) -> Tile:
    return Tile(
        paper,
        names.get(paper.kind, paper.kind),
        reverse("applications:evidence_view", args=[case.pk, paper.pk, 1]),
        reverse("applications:evidence_thumb", args=[case.pk, paper.pk]),
        reverse("applications:evidence_delete", args=[case.pk, paper.pk]),
    )


def _entry(case: Application, year: int) -> YearEntry:
    try:
        return queries.year_of(case, year)
    except NotYours:
        raise Http404 from None


def _page(
    request: ActorRequest,
    case: Application,
    entry: YearEntry,
    status: int = 200,
    *,
    refused: list[str] | None = None,
    typed: EvidenceSheet | None = None,
) -> HttpResponse:
    policy = facts.policy_of(case)
    names = {document.key: document.name for document in policy.documents}
    papers = list(entry.evidence.all())
    found = facts.find_year(policy, entry)
    sheet = EvidenceSheet.asking_for(policy, entry, found)
    if typed is not None:
        sheet = EvidenceSheet(policy, typed.rows, sheet.wanted)
    return access.page(
        request,
        "evidence",
        case,
        status,
        entry=entry,
        tiles=[_tile(case, paper, names) for paper in papers],
        found=found,
        remarks=remarks_of_year(case, entry.year),
        sheet=sheet,
        prior=policy.prior_document,
        refused=[(says, "#upload") for says in refused or []],
        limits={
            "file": uploads.MAX_BYTES // MEGABYTE,
            "files": MOST_FILES_A_YEAR,
            "all": MOST_BYTES // MEGABYTE,
        },
        years=list(case.years.values_list("year", flat=True)),
    )
