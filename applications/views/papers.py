"""Evidence as files: whose they are, and their pages as pictures."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pypdfium2
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from applications import queries
from applications.models import Application, Evidence
from cehours.lib.evidence import Kind
from organizations.actor import Actor
from organizations.errors import NotYours

WIDEST = 1200  # pixels
TALLEST = 4000
THUMB = 240
GONE = "没有找到该附件，它可能已被删除。"

# PDFium keeps global state: one page at a time in a process.
_pdfium = threading.Lock()


@dataclass(frozen=True)
class Paper:
    """One evidence file somebody may see. `frozen`: seen by a reviewer, as it was submitted."""

    case: Application
    id: UUID
    filename: str
    kind: Kind
    pages: int
    sha256: str
    storage_key: str
    frozen: bool


def paper_for(actor: Actor, case_id: UUID, evidence_id: UUID) -> Paper:
    """The applicant's own file, or for a unit on the route one that was frozen with a submission.

    Raises NotYours: a file the applicant has not submitted (yet) does not exist for reviewers.
    """
    if actor.unit_id is None:
        own = queries.own(actor, case_id)
        live = own.evidence.filter(pk=evidence_id).first()
        if live is None:
            raise NotYours(GONE)
        return _paper(own, _facts_of(live), frozen=False)
    case = queries.visible_to(actor).filter(pk=case_id).exclude(revision=0).first()
    if case is None:
        raise NotYours(GONE)
    for revision in case.revisions.order_by("-number"):
        for year in json.loads(revision.content)["years"]:
            for paper in year["evidence"]:
                if paper["id"] == str(evidence_id):
                    return _paper(case, paper, frozen=True)
    raise NotYours(GONE)


def _facts_of(live: Evidence) -> dict[str, Any]:
    names = ("filename", "content_type", "pages", "sha256", "storage_key")
    return {"id": str(live.pk), **{name: getattr(live, name) for name in names}}


def _paper(case: Application, facts: dict[str, Any], *, frozen: bool) -> Paper:
    kind = next(kind for kind in Kind if facts["content_type"] in (kind.value, kind.content_type))
    return Paper(
        case,
        UUID(facts["id"]),
        facts["filename"],
        kind,
        facts["pages"],
        facts["sha256"],
        facts["storage_key"],
        frozen,
    )


def picture_of(paper: Paper, number: int, *, thumb: bool = False) -> tuple[bytes, str]:
    """Page `number` (from 1) as (bytes, content type): a PDF's page as PNG, a picture as it is.

    Drawn once, then kept beside the originals under the content's hash. Raises NotYours beyond the last page.
    """
    if not 1 <= number <= paper.pages:
        raise NotYours("该附件没有这一页。")
    if paper.kind is not Kind.PDF and not thumb:
        return _stored(paper.storage_key), paper.kind.content_type
    key = f"previews/{paper.sha256[:2]}/{paper.sha256}-{number}{'-thumb' if thumb else ''}.png"
    if default_storage.exists(key):
        return _stored(key), Kind.PNG.content_type
    drawn = _draw(_stored(paper.storage_key), paper.kind, number, THUMB if thumb else WIDEST)
    default_storage.save(key, ContentFile(drawn))
    return drawn, Kind.PNG.content_type


def _stored(key: str) -> bytes:
    with default_storage.open(key) as file:
        content: bytes = file.read()
    return content


def _draw(content: bytes, kind: Kind, number: int, width: int) -> bytes:
    picture = _page_of_pdf(content, number, width) if kind is Kind.PDF else Image.open(io.BytesIO(content))
    picture.thumbnail((width, TALLEST))
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()


def _page_of_pdf(content: bytes, number: int, width: int) -> Image.Image:
    with _pdfium:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[number - 1]
            scale = min(width / page.get_width(), TALLEST / page.get_height())
            picture: Image.Image = page.render(scale=scale).to_pil().copy()
            return picture
        finally:
            document.close()
