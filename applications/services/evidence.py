"""Evidence: files are checked first, stored under their content's hash, and listed with one year."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from applications import facts, queries
from applications.editing import open_for_edit
from applications.models import Application, Evidence
from cehours.lib import uploads
from organizations import audit
from organizations.actor import Actor
from organizations.errors import NotAllowed, NotYours

MOST_FILES_A_YEAR = 30  # A56
MOST_BYTES = 300 * 1024 * 1024


@transaction.atomic
def attach(
    *,
    actor: Actor,
    application_id: UUID,
    year: int,
    file: IO[bytes],
    filename: str,
    kind: str,
    stamped: bool = False,
    prior_span: tuple[int, int] | None = None,
) -> Evidence:
    """上传附件: one file for one year. Raises uploads.Refused or NotAllowed with what to do instead.

    `prior_span` is the first and last year of an earlier 学时认定单, which proves only the years inside it.

    The bytes are stored before the row commits; if it does not, they lie unreferenced under their hash and
    the next upload of the same file uses them.
    """
    case = open_for_edit(actor, application_id)
    entry = queries.year_of(case, year)
    policy = facts.policy_of(case)
    if kind not in {document.key for document in policy.documents}:
        raise NotAllowed("请选择材料种类。", field="kind")
    if kind == policy.prior_document and (prior_span is None or prior_span[0] > prior_span[1]):
        raise NotAllowed("请填写学时认定单上的起始年度和结束年度。", field="prior_from")
    if entry.evidence.count() >= MOST_FILES_A_YEAR:
        raise NotAllowed(f"每个年度最多上传 {MOST_FILES_A_YEAR} 个文件，请合并为 PDF 后上传。")
    taken = uploads.examine(file, filename)
    _check_room(case, taken.size)
    key = _store(taken)
    paper = Evidence(
        application=case,
        year_entry=entry,
        kind=kind,
        stamped=stamped,
        filename=taken.clean_name,
        content_type=taken.kind.content_type,
        size=taken.size,
        pages=taken.pages,
        sha256=taken.sha256,
        storage_key=key,
        prior_from=prior_span[0] if prior_span else None,
        prior_to=prior_span[1] if prior_span else None,
        position=entry.evidence.count(),
    )
    paper.save(force_insert=True)
    audit.record(actor, "evidence_added", case, year=year, sha256=taken.sha256)
    return paper


@transaction.atomic
def detach(*, actor: Actor, application_id: UUID, evidence_id: UUID) -> int:
    """删除附件; returns its year. Frozen revisions keep their digest and the stored bytes."""
    case = open_for_edit(actor, application_id)
    paper = case.evidence.select_related("year_entry").filter(pk=evidence_id).first()
    if paper is None:
        raise NotYours("没有找到该附件，它可能已被删除。")
    year = paper.year_entry.year
    paper.delete()
    audit.record(actor, "evidence_removed", case, year=year, sha256=paper.sha256)
    return year


def _check_room(case: Application, size: int) -> None:
    used = case.evidence.aggregate(total=Sum("size"))["total"] or 0
    if used + size > MOST_BYTES:
        raise NotAllowed("整份申报的附件合计不能超过 300 MB，请压缩图片或删除多余附件后再上传。")


def _store(taken: uploads.Accepted) -> str:
    key = f"evidence/{taken.sha256[:2]}/{taken.sha256}"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(taken.content))
    return key
