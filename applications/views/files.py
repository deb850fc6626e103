"""Evidence files and their pages, for the applicant and for the units on the route."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from applications.files.papers import Paper, original_of, paper_for, picture_of
from applications.files.store import Damaged
from organizations import audit
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours

Answer = TypeVar("Answer", bound=HttpResponseBase)
SEALED_OFF = "sandbox; default-src 'none'; img-src 'self'"


@require_GET
def evidence_file(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """The file as it was uploaded, always as a download: nothing of it runs inside our pages."""
    paper = _paper(request, pk, evidence_id)
    try:
        content = original_of(paper)
    except Damaged:
        return _damaged(request, paper)
    _on_record(request, paper)
    response = HttpResponse(content, content_type=paper.kind.content_type)
    response["Content-Disposition"] = content_disposition_header(True, paper.filename) or "attachment"
    return _sealed(response)


@require_GET
def evidence_page(request: ActorRequest, pk: UUID, evidence_id: UUID, number: int) -> HttpResponse:
    """One page as a picture, at most 1200 pixels wide; of a very long page the part that is asked for."""
    paper = _paper(request, pk, evidence_id)
    try:
        response = _picture(paper, number, _part(request.GET.get("part", "")))
    except Damaged:
        return _damaged(request, paper)
    _on_record(request, paper, page=number)
    return response


@require_GET
def evidence_thumb(request: ActorRequest, pk: UUID, evidence_id: UUID) -> HttpResponse:
    """The first page as a small picture: too small to read, so looking at it is not put on record."""
    paper = _paper(request, pk, evidence_id)
    try:
        return _picture(paper, 1, thumb=True)
    except Damaged:
        return _damaged(request, paper)


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
    except NotAllowed:
        raise Http404 from None
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = "inline"
    return _sealed(response)


def _damaged(request: ActorRequest, paper: Paper) -> HttpResponse:
    """The store gave something else than what was filed: nothing of it is shown."""
    return render(request, "applications/evidence_damaged.html", {"paper": paper}, status=503)


def _on_record(request: ActorRequest, paper: Paper, **facts: Any) -> None:
    if paper.frozen:
        audit.record(request.actor, "evidence_viewed", paper.case, evidence=str(paper.id), **facts)


def _sealed(response: Answer) -> Answer:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SEALED_OFF
    return response
