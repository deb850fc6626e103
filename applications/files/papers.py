"""Evidence as files: whose they are, and their pages as pictures."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from applications import queries
from applications.files import store
from applications.models import Application, Evidence, Scan
from cehours.lib import uploads
from cehours.lib.evidence import Kind
from cehours.lib.fence import Broken
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours

WIDEST = 1200  # pixels
TALLEST = 4000
THUMB = 240
DRAWER = 3  # raised when pages are drawn or kept otherwise: what an earlier drawer left is not shown any more
GONE = "没有找到该附件，它可能已被删除。"
UNSHOWN = "这一页暂时不能预览，请下载文件后查看。"


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

    Raises NotYours: a file the applicant has not submitted (yet) does not exist for reviewers, and what the virus
    scanner has not passed can be opened by nobody.
    """
    if actor.unit_id is None:
        own = queries.own(actor, case_id)
        live = own.evidence.filter(pk=evidence_id, scan=Scan.CLEAN).first()
        if live is None:
            raise NotYours(GONE)
        return _paper(own, _facts_of(live), frozen=False)
    case = queries.visible_to(actor).filter(pk=case_id).exclude(revision=0).first()
    if case is None:
        raise NotYours(GONE)
    if case.evidence.filter(pk=evidence_id).exclude(scan=Scan.CLEAN).exists():
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


@dataclass(frozen=True)
class Inside:
    """What a viewer has to know of a file: how many pictures each page is cut into, and what it holds besides pages."""

    parts: tuple[int, ...]
    holds: tuple[str, ...] = ()

    def of_page(self, number: int) -> int:
        return self.parts[number - 1] if 1 <= number <= len(self.parts) else 1


def inside_of(paper: Paper) -> Inside:
    """Looked at once, behind the fence, then kept beside the pictures. A file that cannot be looked at has no facts."""
    if paper.kind is not Kind.PDF:
        return Inside((1,))
    key = _key(paper, "inside.json")
    try:
        with suppress(FileNotFoundError):
            return _inside(json.loads(store.drawn(key)))
        found, _ = uploads.PARSERS.run("look", original_of(paper), widest=WIDEST, tallest=TALLEST)
    except (Broken, store.Damaged):
        return Inside(())
    store.put_drawn(key, json.dumps(found, ensure_ascii=False).encode())
    return _inside(found)


def _inside(found: dict[str, Any]) -> Inside:
    return Inside(tuple(found["parts"]), tuple(found["holds"]))


def original_of(paper: Paper) -> bytes:
    """The file as it was filed. Raises store.Damaged."""
    return store.original(paper.storage_key, paper.sha256)


def picture_of(paper: Paper, number: int, part: int = 1, *, thumb: bool = False) -> tuple[bytes, str]:
    """Page `number` (from 1) as (bytes, content type): a PDF's page as PNG, a picture as it is.

    A very long page comes in several parts (from 1, downwards). Drawn once, behind the fence, then kept beside the
    originals under the content's hash and the drawer's version. Raises NotYours beyond the last page or part,
    NotAllowed when the page cannot be drawn, store.Damaged when the file is gone or not what was filed: a page that
    was drawn before is not shown of it either.
    """
    if not 1 <= number <= paper.pages or (part != 1 and not 1 < part <= inside_of(paper).of_page(number)):
        raise NotYours("该附件没有这一页。")
    content = original_of(paper)
    if paper.kind is not Kind.PDF and not thumb:
        return content, paper.kind.content_type
    key = _key(paper, f"{number}{f'-{part}' if part > 1 else ''}{'-thumb' if thumb else ''}.png")
    with suppress(FileNotFoundError):
        return store.drawn(key), Kind.PNG.content_type
    shape = {"number": number, "part": part, "widest": THUMB if thumb else WIDEST, "tallest": TALLEST}
    try:
        _, drawn = uploads.PARSERS.run("draw", content, kind=paper.kind.value, **shape)
    except Broken:
        raise NotAllowed(UNSHOWN) from None
    store.put_drawn(key, drawn)
    return drawn, Kind.PNG.content_type


def _key(paper: Paper, name: str) -> str:
    return f"previews/{paper.sha256[:2]}/{paper.sha256}-v{DRAWER}-{name}"
