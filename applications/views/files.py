"""Evidence files and their pages, for the applicant and for the units on the route."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from applications.files.papers import Paper, paper_for, picture_of
from organizations import audit
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours

Answer = TypeVar("Answer", bound=HttpResponseBase)
SEALED_OFF = "sandbox; default-src 'none'; img-src 'self'"


@require_GET
def evidence_file(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponseBase:
    """The file as it was uploaded, always as a download: nothing of it runs inside our pages."""
    paper = _paper(request, pk, evidence_id)
    try:
        stored = default_storage.open(paper.storage_key)
    except FileNotFoundError:
        raise Http404 from None
    _on_record(request, paper)
    response = FileResponse(
        stored,
        as_attachment=True,
        filename=paper.filename,
        content_type=paper.kind.content_type,
    )
    return _sealed(response)


@require_GET
def evidence_page(request: ActorRequest, pk: UUID, evidence_id: UUID, number: int) -> HttpResponse:
    """One page as a picture, at most 1200 pixels wide; of a very long page the part that is asked for."""
    paper = _paper(request, pk, evidence_id)
    response = _picture(paper, number, _part(request.GET.get("part", "")))
    _on_record(request, paper, page=number)
    return response


@require_GET
def evidence_thumb(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """The first page as a small picture: too small to read, so looking at it is not put on record."""
    return _picture(_paper(request, pk, evidence_id), 1, thumb=True)


def _paper(request: ActorRequest, pk: UUID, evidence_id: UUID) -> Paper:
    try:
        return paper_for(request.actor, pk, evidence_id)
    except NotYours:
        raise Http404 from None


def _part(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


def _picture(paper: Paper, number: int, part: int = 1, *, thumb: bool = False) -> HttpResponse:
    try:
        content, content_type = picture_of(paper, number, part, thumb=thumb)
    except (NotAllowed, FileNotFoundError):
        raise Http404 from None
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = "inline"
    return _sealed(response)


def _on_record(request: ActorRequest, paper: Paper, **facts: Any) -> None:
    if paper.frozen:
        audit.record(request.actor, "evidence_viewed", paper.case, evidence=str(paper.id), **facts)


def _sealed(response: Answer) -> Answer:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    return response
