"""导出: a filtered list as a spreadsheet, written by a worker, kept for a week, for whoever asked for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import IO, Any
from uuid import UUID

import structlog
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from applications.filed.header import EXPORTED
from cehours.lib import clock
from cehours.lib.workbooks import Cell, write_table
from certificates import queries as certificates
from certificates.queries import IssuedCriteria
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow
from organizations.acting.scope import scope
from organizations.models import Membership, User
from review import queries
from review.lists import queries as list_queries
from review.lists import rows as listing
from review.lists import sealed_number
from review.lists.criteria import ListCriteria
from review.models import ExportJob, ExportKind, ExportState, ListKind

WRITE = "review.write_export"
MOST_ROWS = 50_000
MOST_AT_ONCE = 2  # waiting files of one person
CHUNK = 500
BUSY = f"您已有 {MOST_AT_ONCE} 个文件正在生成，请等其中一个完成后再导出。"
NO_FILE = "该文件暂时取不到，问题已记录，请重新导出。"
RIGHT_LOST = "您已不能代表该单位办理，文件没有生成。"
OF_THE_CASE = (*(field.label for field in EXPORTED), "申报年度")
HEADINGS: dict[ListKind, tuple[str, ...]] = {
    ListKind.INBOX: (*OF_THE_CASE, "学时", "待核对警示", "审核状态", "提交时间", "到达本单位时间", "等待"),
    ListKind.HANDLED: (
        *OF_THE_CASE, "审核结果", "意见", "经办人", "审核时间", "现在状态", "现在办理单位",
    ),
    ListKind.WITHDRAWN: (*OF_THE_CASE, "离开待办的原因", "撤销时间", "现在状态", "现在办理单位"),
}  # fmt: skip
OF_CERTIFICATES = (
    "登记证书编号", "姓名", "单位", "起始年度", "结束年度", "出具时间", "状态", "失效时间", "失效原因",
)  # fmt: skip
log = structlog.get_logger(__name__)


@transaction.atomic
def ask_for_export(
    *, actor: Actor, kind: ExportKind, criteria: ListCriteria | IssuedCriteria, conditions: str = ""
) -> ExportJob:
    """Asks for the file; a worker writes it. `conditions` is the filter in words, identity numbers masked.

    Raises NotAllowed when too many of this person's files are being written already.
    """
    assert actor.user and actor.unit  # the lists themselves ask for a unit's hat
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.user.pk)  # counted one at a time
    if queries.exports_of(actor).filter(state=ExportState.WAITING).count() >= MOST_AT_ONCE:
        raise NotAllowed(BUSY)
    if isinstance(criteria, ListCriteria) and criteria.number:
        criteria = replace(criteria, number=sealed_number.seal(actor, criteria.number))
    job = ExportJob(
        user=actor.user,
        unit=actor.unit,
        kind=kind,
        asked=asdict(criteria),
        conditions=conditions[:400],
    )
    job.save(force_insert=True)
    audit.record(actor, "export_asked", job, kind=kind.value)
    outbox.ring(WRITE, job.pk)
    return job


def write_export(key: str) -> None:
    """The work of the outbox row: writes the file as the person who asked, with the rights they have by now."""
    job = ExportJob.objects.select_for_update(of=("self",)).get(pk=UUID(key))
    if job.state != ExportState.WAITING:
        return
    membership = (
        Membership.objects.select_related("unit", "user")
        .filter(user_id=job.user_id, unit_id=job.unit_id, unit__active=True, user__is_active=True)
        .first()
    )
    if membership is None:
        _end(job, ExportState.FAILED, says=RIGHT_LOST)
        return
    actor = Actor.of(membership.user, membership)
    with tempfile.TemporaryFile() as file:
        with scope(actor):
            _write(job, actor, file)
        file.seek(0)
        default_storage.delete(job.storage_key)  # of an attempt that died after storing and before committing
        default_storage.save(job.storage_key, File(file))
    _end(job, ExportState.DONE)
    cache.delete(_progress_key(job))


def progress_of(job: ExportJob) -> tuple[int, int]:
    """(rows written, rows there are) while the file is being written; a guess is better than nothing."""
    found: tuple[int, int] = cache.get(_progress_key(job)) or (0, 0)
    return found


@transaction.atomic
def fetch_export(*, actor: Actor, job_id: UUID) -> IO[bytes]:
    """The file, for whoever asked; goes on record. Raises NotYours, NotNow."""
    job = queries.export_for(actor, job_id, lock=True)
    if job.state == ExportState.EXPIRED:
        raise NotNow("该文件已超过 7 天，系统已自动删除，请重新导出。")
    if not job.is_ready:
        raise NotNow("该文件还没有生成，请稍后再下载。")
    try:
        file: IO[bytes] = default_storage.open(job.storage_key)
    except FileNotFoundError as missing:
        log.error("export_file_missing", export=str(job.pk))
        raise NotNow(NO_FILE) from missing
    audit.record(actor, "export_downloaded", job)
    return file


@transaction.atomic
def delete_old_exports(actor: Actor) -> int:
    """Deletes files older than ExportJob.KEPT, as the task; what was asked stays on record."""
    edge = clock.now() - ExportJob.KEPT
    due = ExportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=ExportState.DONE, done_at__lt=edge
    )
    jobs = list(due)
    for job in jobs:
        job.state = ExportState.EXPIRED
        job.save(update_fields=["state"])
        audit.record(actor, "export_deleted", job)
        transaction.on_commit(lambda key=job.storage_key: default_storage.delete(key))  # type: ignore[misc]
    return len(jobs)


def _end(job: ExportJob, state: ExportState, *, says: str = "") -> None:
    job.state, job.says, job.done_at = state, says, clock.now()
    job.save(update_fields=["state", "says", "done_at", "rows", "is_cut"])
    audit.record(Actor.system(WRITE), f"export_{state.value}", job, rows=job.rows)


def _write(job: ExportJob, actor: Actor, file: IO[bytes]) -> None:
    if job.kind == ExportKind.ISSUED:
        _write_certificates(job, actor, file)
        return
    asked = ListCriteria(**job.asked)
    if asked.number:
        asked = replace(asked, number=sealed_number.unseal(actor, asked.number))
    kind = ListKind(job.kind)
    cells = _cells(kind, actor, _counted(job, _rows(kind, actor, asked)))
    write_table(file, title=kind.label, headings=HEADINGS[kind], rows=_told(job, cells))


def _counted(job: ExportJob, found: QuerySet[Any, Any]) -> Iterator[Any]:
    """The rows that are written; puts on the job how many, and whether there are more."""
    there_are = found.order_by()[: MOST_ROWS + 1].count()
    job.rows, job.is_cut = min(there_are, MOST_ROWS), there_are > MOST_ROWS
    return found[:MOST_ROWS].iterator(chunk_size=CHUNK)


def _write_certificates(job: ExportJob, actor: Actor, file: IO[bytes]) -> None:
    found = certificates.issued_matching(actor, IssuedCriteria(**job.asked)).order_by("-number")
    cells = (
        (
            row.number,
            row.application.name,
            row.application.employer.name if row.application.employer else "自由职业",
            row.from_year,
            row.to_year,
            _moment(row.issued_at),
            row.get_state_display(),
            _moment(row.ended_at),
            row.ended_reason,
        )
        for row in _counted(job, found)
    )
    write_table(file, title="已出具的认定单", headings=OF_CERTIFICATES, rows=_told(job, cells))


def _rows(kind: ListKind, actor: Actor, criteria: ListCriteria) -> QuerySet[Any, Any]:
    if kind == ListKind.INBOX:
        return list_queries.inbox_rows(actor, criteria, EXPORTED)
    if kind == ListKind.HANDLED:
        return list_queries.handled_rows(actor, criteria, EXPORTED)
    return list_queries.withdrawn_rows(actor, criteria, EXPORTED)


def _told(job: ExportJob, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """Tells how far it is. In the cache: what the transaction writes is seen only at its end."""
    for number, row in enumerate(rows, start=1):
        if number % CHUNK == 1:
            cache.set(_progress_key(job), (number - 1, job.rows), timeout=600)
        yield row


def _progress_key(job: ExportJob) -> str:
    return f"export:{job.pk}"


def _cells(kind: ListKind, actor: Actor, found: Iterable[Any]) -> Iterator[Sequence[Cell]]:
    if kind == ListKind.INBOX:
        for line in listing.rows(actor, found, EXPORTED):
            case = line.case
            yield (
                *(text for _, text in line.cells),
                case.session__year,
                "各年度达标" if case.years_met else "有年度未达标",
                case.warnings,
                line.state,
                _moment(case.submitted_at),
                _moment(case.arrived_at),
                line.waiting.says,
            )
        return
    for past in listing.past(found, EXPORTED):
        row = past.row
        yield (
            *(text for _, text in past.cells),
            row.application__session__year,
            past.result,
            *_act(kind, row),
            past.state,
            past.where,
        )


def _act(kind: ListKind, row: Any) -> tuple[str, ...]:
    if kind == ListKind.WITHDRAWN:
        return (_moment(row.withdrawn_at),)
    return (row.opinion, row.reviewer_name, _moment(row.decided_at))


def _moment(value: Any) -> str:
    return f"{clock.local(value):%Y-%m-%d %H:%M}" if value else ""
