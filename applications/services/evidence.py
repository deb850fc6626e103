"""Evidence: files are checked first, stored under their content's hash, and tied to what they prove."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from applications import queries
from applications.filed import facts
from applications.filed.folder import tied
from applications.files import store
from applications.files.scan import SCAN, scanner
from applications.models import Application, Evidence, Scan
from applications.services import ties
from applications.services.editing import open_for_edit
from cehours.lib import clock, limits, uploads
from organizations import audit, digests, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours

MOST_FILES_A_YEAR = limits.MOST_FILES_A_YEAR
MOST_BYTES = limits.MOST_BYTES_AN_APPLICATION
TOO_MUCH = "整份申报的附件合计不能超过 300 MB，请压缩图片或删除多余附件后再上传。"
GONE = "没有找到该附件，它可能已被删除。"


@dataclass(frozen=True)
class Label:
    """What a file is said to be."""

    kind: str
    stamped: bool
    prior_span: tuple[int, int] | None
    confirmed: bool = True


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
    proves: Sequence[UUID] | None = None,
    confirmed: bool = True,
    replaces: UUID | None = None,
) -> Evidence:
    """上传附件: one file for one year. Raises uploads.Refused or NotAllowed with what to do instead.

    `prior_span` is the first and last year of an earlier 学时认定单, which proves only the years inside it.
    `proves`: the activities it is there for, of any year; None: those of the year that ask for its kind. `confirmed`:
    a person said so; else it completes nothing until somebody looked at it (`relabel`, `confirm`).
    `replaces` names a file of the same year that goes in the same transaction; the new one takes its place, and
    with an empty `kind` all it is said to be but its seal, which `stamped` says of the new one.

    The file is read before the application is locked. Its bytes are stored before the row commits; if it does
    not commit, `applications.tasks.tidy_storage` removes them.
    """
    case = queries.own(actor, application_id)
    old = _one_of(case, replaces, year) if replaces else None
    label = _label_of(old, stamped) if old and not kind else Label(kind, stamped, prior_span, confirmed)
    if old and not kind:
        proves = tied(old)
    _check_label(case, label)
    taken = examined(actor, case, year, file, filename)
    return keep(actor, application_id, year, taken, label, proves, replaces)


def examined(actor: Actor, case: Application, year: int, file: IO[bytes], filename: str) -> uploads.Accepted:
    """The file as it will be kept; nothing is locked yet. Raises uploads.Refused; a virus is put on record."""
    try:
        return uploads.examine(file, filename, scanner=scanner())
    except uploads.Infected as found:
        audit.record(actor, "evidence_infected", case, year=year, sha256=found.sha256, threat=found.threat)
        raise


@transaction.atomic
def detach(*, actor: Actor, application_id: UUID, evidence_id: UUID) -> int:
    """删除附件; returns its year. Frozen revisions keep their digest and the stored bytes."""
    case = open_for_edit(actor, application_id)
    paper = _one_of(case, evidence_id)
    year = paper.year_entry.year
    removed = gone([paper])
    paper.delete()
    audit.record(actor, "evidence_removed", case, year=year, sha256=paper.sha256, removed=removed)
    return year


def gone(papers: Iterable[Evidence]) -> dict[str, str]:
    """What the trail keeps of files that are taken out: their rows' digests by key."""
    keys = [paper.pk for paper in papers]
    return {str(key): digest for key, digest in digests.of("applications_evidence", keys).items()}


@transaction.atomic
def reorder(*, actor: Actor, application_id: UUID, year: int, order: Sequence[UUID]) -> None:
    """The year's files in this order. Raises NotAllowed when `order` does not name each of them once."""
    case = open_for_edit(actor, application_id)
    papers = {paper.pk: paper for paper in queries.year_of(case, year).evidence.all()}
    if sorted(order) != sorted(papers):
        raise NotAllowed("附件刚刚有变动，顺序没有保存。请刷新页面后重新调整。")
    for position, pk in enumerate(order):
        papers[pk].position = position
    Evidence.objects.bulk_update(papers.values(), ["position"])
    audit.record(actor, "evidence_reordered", case, year=year)


@transaction.atomic
def relabel(
    *,
    actor: Actor,
    application_id: UUID,
    evidence_id: UUID,
    kind: str,
    stamped: bool,
    prior_span: tuple[int, int] | None = None,
    proves: Sequence[UUID] | None = None,
) -> None:
    """Says anew what a file is and what it proves (None: what asks for its kind, in its year).

    Raises NotYours or NotAllowed.
    """
    case = open_for_edit(actor, application_id)
    paper = _one_of(case, evidence_id)
    label = Label(kind, stamped, prior_span)
    _check_label(case, label)
    _put_on(paper, label)
    paper.save(update_fields=["kind", "stamped", "prior_from", "prior_to", "confirmed"])
    ties.put(case, paper, proves)
    audit.record(
        actor, "evidence_relabelled", case, year=paper.year_entry.year, sha256=paper.sha256, kind=kind
    )


@transaction.atomic
def confirm(*, actor: Actor, application_id: UUID, papers: Sequence[UUID]) -> int:
    """核对无误: what the system labelled these files is right; returns how many there were to look at."""
    case = open_for_edit(actor, application_id)
    looked_at = case.evidence.filter(pk__in=papers, confirmed=False)
    count = len(ids := list(looked_at.values_list("pk", flat=True)))
    Evidence.objects.filter(pk__in=ids).update(confirmed=True)
    audit.record(actor, "evidence_confirmed", case, files=count)
    return count


def refuse_unchecked(case: Application) -> None:
    """Submitting waits for the virus scan, and an infected file goes first. Raises NotAllowed."""
    held = case.evidence.exclude(scan=Scan.CLEAN).select_related("year_entry").order_by("scan")
    for paper in held:
        where = f"{paper.year_entry.year} 年的附件“{paper.filename}”"
        if paper.scan == Scan.INFECTED:
            raise NotAllowed(f"{where}发现病毒，不能提交。请删除该附件，从原处重新导出或拍照后再上传。")
        raise NotAllowed(
            f"{where}正在等待安全检查，通过后才能提交。一般几分钟内完成，请稍后再试；填写的内容已保存。"
        )


@transaction.atomic
def keep(
    actor: Actor,
    application_id: UUID,
    year: int,
    taken: uploads.Accepted,
    label: Label,
    proves: Sequence[UUID] | None,
    replaces: UUID | None = None,
) -> Evidence:
    """Writes an examined file down, in one transaction with what else its caller does."""
    case = open_for_edit(actor, application_id)  # holds the row: what 30 uploads at once count is the truth
    entry = queries.year_of(case, year)
    old = _one_of(case, replaces, year) if replaces else None
    _check_room(case, year, taken.size, old)
    last = entry.evidence.aggregate(last=Max("position"))["last"]
    paper = Evidence(
        application=case,
        year_entry=entry,
        filename=taken.clean_name,
        content_type=taken.kind.content_type,
        size=taken.size,
        pages=taken.pages,
        sha256=taken.sha256,
        storage_key=store.evidence_key(taken.sha256),
        position=old.position if old else 0 if last is None else last + 1,
        scan=Scan.WAITING if taken.scan is uploads.Scan.WAITING else Scan.CLEAN,
        scanned_at=clock.now() if taken.scan is uploads.Scan.PASSED else None,
    )
    paper.warning = taken.warning
    _put_on(paper, label)
    store.put(paper.storage_key, taken.content)
    facts_of = {"replaces": old.sha256, "removed": gone([old])} if old else {}
    if old:
        old.delete()
    paper.save(force_insert=True)
    ties.put(case, paper, proves)
    audit.record(
        actor,
        "evidence_replaced" if old else "evidence_added",
        case,
        year=year,
        evidence=paper.pk,
        sha256=taken.sha256,
        **facts_of,
    )
    if paper.scan == Scan.WAITING:
        outbox.ring(SCAN, paper.pk)
    return paper


def _one_of(case: Application, evidence_id: UUID, year: int | None = None) -> Evidence:
    papers = case.evidence.select_related("year_entry").filter(pk=evidence_id)
    paper = (papers.filter(year_entry__year=year) if year else papers).first()
    if paper is None:
        raise NotYours(GONE)
    return paper


def _label_of(paper: Evidence, stamped: bool) -> Label:
    span = (paper.prior_from, paper.prior_to) if paper.prior_from and paper.prior_to else None
    return Label(paper.kind, stamped, span, paper.confirmed)


def _put_on(paper: Evidence, label: Label) -> None:
    paper.kind, paper.stamped, paper.confirmed = label.kind, label.stamped, label.confirmed
    paper.prior_from, paper.prior_to = label.prior_span or (None, None)


def _check_label(case: Application, label: Label) -> None:
    policy = facts.policy_of(case)
    if label.kind not in {document.key for document in policy.documents}:
        raise NotAllowed("请选择材料种类。", field="kind")
    span = label.prior_span
    if label.kind == policy.prior_document and (span is None or span[0] > span[1]):
        raise NotAllowed("请填写学时认定单上的起始年度和结束年度。", field="prior_from")


def _check_room(case: Application, year: int, size: int, old: Evidence | None) -> None:
    others = case.evidence.exclude(pk=old.pk) if old else case.evidence.all()
    if others.filter(year_entry__year=year).count() >= MOST_FILES_A_YEAR:
        raise NotAllowed(f"每个年度最多上传 {MOST_FILES_A_YEAR} 个文件，请合并为 PDF 后上传。")
    if (others.aggregate(total=Sum("size"))["total"] or 0) + size > MOST_BYTES:
        raise NotAllowed(TOO_MUCH)
