"""Starting, filling in the header, discarding and copying an application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from applications import queries
from applications.editing import open_for_edit, touch
from applications.header import FIELDS
from applications.models import Activity, Application, Evidence, FilingSession, YearEntry
from applications.states import State
from cehours.lib import clock
from cehours.lib.idnumbers import IdKind, gender
from organizations import audit, identity
from organizations.actor import Actor
from organizations.errors import NotAllowed, NotNow
from organizations.models import Person


@transaction.atomic
def start(*, actor: Actor, session_id: UUID, copied_from: Application | None = None) -> Application:
    """新增学时核认申报: an empty draft with the person's identity filled in.

    Drafts may be started outside the window; only submitting needs it. Raises NotAllowed when the person
    already has a live application in the session (A59).
    """
    if not actor.is_applicant or actor.person_id is None:
        raise NotAllowed("请先切换到个人身份，再新增申报。")
    session = FilingSession.objects.filter(pk=session_id).first()
    if session is None:
        raise NotAllowed("没有找到该申报期，请返回列表重新选择。")
    if clock.now() >= session.review_until:
        raise NotNow(f"「{session}」已经结束，不能再新增申报。")
    if queries.live_in(session, actor):
        raise NotAllowed("您在本申报期已有一份申报，请在原申报上修改，不必重复新增。")
    person = Person.objects.get(pk=actor.person_id)
    number = identity.number_of(person)
    case = Application(
        session=session,
        person=person,
        name=person.name,
        id_kind=person.id_kind,
        id_index=bytes(person.id_index),
        gender=gender(number) if person.id_kind == IdKind.RESIDENT else "",
        phone=actor.user.phone if actor.user else "",
        copied_from=copied_from,
    )
    case.id_cipher = identity.seal(number, table="application", pk=case.pk)
    case.save(force_insert=True)
    audit.record(actor, "started", case)
    return case


@transaction.atomic
def save_header(*, actor: Actor, application_id: UUID, seen: int, data: Mapping[str, Any]) -> Application:
    """下一步: saves the header as far as it is filled in; `data` holds values for header.FIELDS.

    Completeness is the form's and `submit`'s question (header.problems), so a draft is never lost.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    for field in FIELDS:
        if field in data:
            setattr(case, field, data[field])
    case.version += 1
    case.save(update_fields=[*(field for field in FIELDS if field in data), "version"])
    audit.record(actor, "header_saved", case, version=case.version)
    return case


@transaction.atomic
def discard(*, actor: Actor, application_id: UUID) -> None:
    """删除: a draft that was never submitted disappears with its years and evidence rows.

    Raises NotNow once anybody may have seen it. Stored bytes are shared by content and stay.
    """
    case = open_for_edit(actor, application_id)
    if case.state != State.DRAFT or case.revision:
        raise NotNow("该申报已经提交过，需保留审核记录，不能删除；可以修改后重新提交。")
    audit.record(actor, "deleted", case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT discard_draft(%s)", [case.pk])


@transaction.atomic
def copy_rejected(*, actor: Actor, application_id: UUID) -> Application:
    """审核不通过后重新新增: a new draft with the rejected one's header, years, activities and evidence."""
    rejected = queries.own(actor, application_id)
    if rejected.state != State.REJECTED:
        raise NotNow("只有「审核不通过」的申报需要重新新增；其他状态请直接在原申报上修改。")
    case = start(actor=actor, session_id=rejected.session_id, copied_from=rejected)
    for field in FIELDS:
        setattr(case, field, getattr(rejected, field))
    case.save(update_fields=list(FIELDS))
    for entry in rejected.years.prefetch_related("activities", "evidence"):
        _copy_year(entry, case)
    touch(case)
    audit.record(actor, "copied", case, source=rejected.pk)
    return case


def _copy_year(entry: YearEntry, case: Application) -> None:
    activities, evidence = list(entry.activities.all()), list(entry.evidence.all())
    copy = YearEntry(application=case, year=entry.year)
    copy.save(force_insert=True)
    rows: list[Activity | Evidence] = [*activities, *evidence]
    for row in rows:
        row.pk = type(row)._meta.pk.get_default()
        row._state.adding = True
        row.application, row.year_entry = case, copy
        row.save(force_insert=True)
