"""Requests about one's own data: asking for a copy or a correction, and settling both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from cehours.lib import clock, names
from cehours.lib.idnumbers import IdKind, validate
from organizations import audit, outbox
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale
from organizations.messaging import notices
from organizations.messaging.notices import Words
from organizations.models import DataRequest, Person, RequestKind, RequestState
from organizations.registry import data_requests as queries
from organizations.registry import identity

EXPORT = "my_data.export"  # the task that gathers the archive
LIFE = timedelta(days=7)
WAS, WANTED = "data_request", "data_request_wanted"  # what the two numbers are sealed to
NOBODY = "请先切换到个人身份，再办理。"
UNDER_WAY = "您已申请导出，正在准备文件，完成后会通知您，不必重复申请。"
ALREADY = "您的更正申请正在办理，办结后会通知您，不必重复申请。"
SETTLED = "该申请刚刚已由其他人员办结，您的操作没有执行。请查看办理结果。"
ALREADY_SOMEBODY = "更正后的证件号码已登记在另一人名下，不能更正。请核实后选择“不同意”，并告知申请人。"
ADVICE = (
    "已出具的学时认定单、已提交的申报仍是原来的信息；需要的，请联系出具认定单的人社部门。"
    "未提交的申报已一并更正。"
)


@dataclass(frozen=True)
class Identity:
    """Name and identity document, the number in clear; "" where nothing is to change."""

    name: str = ""
    id_kind: str = ""
    id_number: str = ""


@transaction.atomic
def ask_export(*, actor: Actor) -> DataRequest:
    """复制: asks for one archive of everything kept about the person; a worker makes it. Raises NotNow, NotAllowed."""
    request = _begun(actor, RequestKind.EXPORT)
    _enter(request, UNDER_WAY)
    audit.record(actor, "export_asked", request)
    outbox.ring(EXPORT, request.pk)
    return request


@transaction.atomic
def ask_correction(*, actor: Actor, wanted: Identity, reason: str) -> DataRequest:
    """更正申请: name or identity document are changed by the provincial bureau, for a reason.

    Raises BadIdNumber, NotNow while another one is pending, NotAllowed when nothing would change.
    """
    request = _begun(actor, RequestKind.CORRECTION)
    person = Person.objects.get(pk=request.person_id)
    number = identity.number_of(person)
    name = " ".join(wanted.name.split())
    request.reason = reason.strip()
    request.name, request.id_kind = person.name, person.id_kind
    request.id_cipher = identity.seal(number, table=WAS, pk=request.pk)
    if name and name not in (person.name, person.spelling):
        request.wanted_name = name
    if wanted.id_number:
        valid = validate(IdKind(wanted.id_kind), wanted.id_number)
        if (wanted.id_kind, valid) != (person.id_kind, number):
            request.wanted_id_kind = wanted.id_kind
            request.wanted_cipher = identity.seal(valid, table=WANTED, pk=request.pk)
    if not request.wanted_name and not request.wanted_cipher:
        raise NotAllowed("填写的内容与已登记的一致，没有需要更正的。请核对后再提交。", field="name")
    _enter(request, ALREADY)
    audit.record(actor, "correction_asked", request)
    return request


def registered(request: DataRequest) -> Identity:
    """What was registered when the correction was asked for. Callers put the look on record."""
    number = identity.shown(request.id_cipher, table=WAS, pk=request.pk) if request.id_cipher else ""
    return Identity(request.name, request.id_kind, number)


def wanted_by(request: DataRequest) -> Identity:
    """What it should be; "" where nothing changes. Callers put the look on record."""
    sealed = request.wanted_cipher
    number = identity.shown(sealed, table=WANTED, pk=request.pk) if sealed else ""
    return Identity(request.wanted_name, request.wanted_id_kind, number)


@transaction.atomic
def settle_correction(
    *, actor: Actor, request_id: UUID, granted: bool, answer: str
) -> tuple[DataRequest, Identity]:
    """办结: grants or declines a correction and tells the person. Returns it with what was changed.

    Granted, the person's row and the names of their accounts change in the same transaction; the numbers kept
    with the request are emptied either way. Raises NotYours, Stale, and NotAllowed when it cannot be done.
    """
    request = queries.correction(actor, request_id, lock=True)
    if request.state != RequestState.PENDING:
        raise Stale(SETTLED)
    if not granted and not answer.strip():
        raise NotAllowed("请填写不同意的理由，申请人需要知道怎样补正。", field="answer")
    wanted = wanted_by(request) if granted else Identity()
    if wanted.id_number == identity.DAMAGED:
        raise NotAllowed(
            "申请更正的证件号码已损坏，不能同意。请写明原因退回，由申请人重新申请。", field="answer"
        )
    if granted:
        _correct(request, wanted)
    request.state = RequestState.DONE if granted else RequestState.DECLINED
    request.settled_at, request.settled_by, request.answer = clock.now(), actor.unit, answer.strip()
    _empty(request)
    request.save(update_fields=["state", "settled_at", "settled_by", "answer", "id_cipher", "wanted_cipher"])
    audit.record(actor, "correction_granted" if granted else "correction_declined", request)
    _tell(request, granted)
    return request, wanted


@transaction.atomic
def finish_export(*, actor: Actor, request: DataRequest, key: str, size: int) -> None:
    """The archive lies in storage: from now on it can be downloaded for LIFE. As the task."""
    now = clock.now()
    request.state, request.settled_at = RequestState.DONE, now
    request.file_key, request.size, request.expires_at = key, size, now + LIFE
    request.save(update_fields=["state", "settled_at", "file_key", "size", "expires_at"])
    audit.record(actor, "export_made", request, size=size)
    until = f"{clock.local(request.expires_at):%Y年%-m月%-d日 %H:%M}"
    body = (
        f"文件包含系统保存的您的全部个人信息，请在 {until} 前下载，过后自动删除。请妥善保管，不要转发给他人。"
    )
    _notify(request, Words("data_export", "您申请导出的个人信息可以下载了", body, link="/my-data/"))


@transaction.atomic
def expire_export(*, actor: Actor, request: DataRequest) -> None:
    """The archive was deleted from storage. As the task, or as the person whose account closes."""
    request.state, request.file_key, request.size = RequestState.EXPIRED, "", 0
    request.settled_at = request.settled_at or clock.now()
    request.save(update_fields=["state", "file_key", "size", "settled_at"])
    audit.record(actor, "export_deleted", request)


def _begun(actor: Actor, kind: RequestKind) -> DataRequest:
    if not actor.is_applicant or actor.person_id is None or actor.user is None:
        raise NotAllowed(NOBODY)
    return DataRequest(person_id=actor.person_id, user=actor.user, kind=kind)


def _enter(request: DataRequest, when_there_is_one: str) -> None:
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise NotNow(when_there_is_one) from None


def _correct(request: DataRequest, wanted: Identity) -> None:
    """Changes the person's row, which no bureau can see or touch itself, and the names of their accounts."""
    name: list[Any] = [None, None]
    number: list[Any] = [None, None, None]
    if wanted.name:
        name = [names.tidy(wanted.name), names.spelling(wanted.name)]
    if wanted.id_number:
        sealed = identity.seal(wanted.id_number, table="person", pk=request.person_id)
        number = [wanted.id_kind, sealed, identity.index_of(wanted.id_kind, wanted.id_number)]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT person_is_corrected(%s, %s, %s, %s, %s, %s)", [request.pk, *name, *number])
    except IntegrityError:
        raise NotAllowed(ALREADY_SOMEBODY) from None


def _empty(request: DataRequest) -> None:
    request.id_cipher = request.wanted_cipher = b""


def _tell(request: DataRequest, granted: bool) -> None:
    if granted:
        words = Words(
            "data_request",
            "您的更正申请已办结，信息已更正",
            f"{request.answer} {ADVICE}".strip(),
            "/my-data/",
        )
    else:
        body = f"理由：{request.answer} 补正后可以重新申请。"
        words = Words("data_request", "您的更正申请未获同意", body, "/my-data/")
    _notify(request, words)


def _notify(request: DataRequest, words: Words) -> None:
    notices.tell(person_id=request.person_id, subject=DataRequest.SUBJECT, subject_id=request.pk, words=words)
