"""Starting an application, filling in its header, discarding it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from applications import queries
from applications.filed import facts
from applications.filed.header import FIELDS, anchor_of
from applications.models import Application, FilingSession
from applications.services import drafts
from applications.services.editing import open_for_edit
from applications.states import State
from cehours.lib import clock
from cehours.lib.idnumbers import IdKind, gender
from cehours.lib.pinyin import name_keys
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow
from organizations.models import Person
from organizations.registry import identity

ALREADY = "您在本申报期已有一份申报，请在原申报上修改，不必重复新增。"
ONE_LIVE = "one_live_application_per_session"
HEADER = "header"  # the section of drafts
NAMED = ("name", "pinyin", "initials")  # as the person's row has them by now
CARRIED = tuple(name for name in FIELDS if name not in ("remark", "span_exception"))


@transaction.atomic
def start(*, actor: Actor, session_id: UUID, copied_from: Application | None = None) -> Application:
    """新增学时核认申报: a draft with the person's identity, and what the account and their last one know, filled in.

    Drafts may be started outside the window; only submitting needs it. Raises NotAllowed when the person
    already has a live application in the session (A59).
    """
    if not actor.is_applicant or actor.person_id is None:
        raise NotAllowed("请先切换到个人身份，再新增申报。")
    session = FilingSession.objects.filter(pk=session_id).first()
    if session is None:
        raise NotAllowed("没有找到该申报期，请返回列表重新选择。")
    if clock.now() >= session.review_until:
        raise NotNow(f"“{session}”已经结束，不能再新增申报。")
    if queries.live_in(session, actor):
        raise NotAllowed(ALREADY)
    person = Person.objects.get(pk=actor.person_id)
    number = identity.number_of(person)
    keys = name_keys(person.name)
    case = Application(
        session=session,
        person=person,
        name=person.name,
        pinyin=keys.full,
        initials=keys.initials,
        id_kind=person.id_kind,
        id_index=bytes(person.id_index),
        gender=gender(number) if IdKind(person.id_kind).tells_gender else "",
        phone=actor.user.phone if actor.user else "",
        copied_from=copied_from,
    )
    case.id_cipher = identity.seal(number, table="application", pk=case.pk)
    _fill_in(actor, case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        if ONE_LIVE not in str(error):
            raise
        raise NotAllowed(ALREADY) from None  # clicked twice: the other one was there first
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
    case.region_anchor = anchor_of(case, facts.policy_of(case))
    case.name = Person.objects.values_list("name", flat=True).get(pk=case.person_id)
    case.pinyin, case.initials = name_keys(case.name)
    case.version += 1
    typed = {field for field in FIELDS if field in data}
    case.save(update_fields=[*typed, *({"region_anchor"} - typed), *NAMED, "version"])
    drafts.clear(case, HEADER)
    audit.record(actor, "header_saved", case, version=case.version)
    return case


@transaction.atomic
def discard(*, actor: Actor, application_id: UUID) -> None:
    """删除: a draft that was never submitted disappears with its years and evidence rows.

    Raises NotNow once anybody may have seen it. Stored bytes are shared by content: those that
    nothing names any more are deleted a day later (applications.files.tidy).
    """
    case = open_for_edit(actor, application_id)
    if case.state != State.DRAFT or case.revision:
        raise NotNow("该申报已经提交过，需保留审核记录，不能删除；可以修改后重新提交。")
    audit.record(actor, "deleted", case, removed=digests.one("applications_application", case.pk))
    drafts.clear(case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT discard_draft(%s)", [case.pk])


def _fill_in(actor: Actor, case: Application) -> None:
    """The header as the person filed it last, as far as it still holds; the rest stays to be chosen."""
    last = queries.mine(actor).select_related("region").first()
    if last is None:
        return
    for field in CARRIED:
        setattr(case, field, getattr(last, field) or getattr(case, field))
    policy = facts.policy_of(case)
    for field, choices in (("target_title", policy.target_titles), ("education", policy.educations)):
        if getattr(case, field) not in {choice.key for choice in choices}:
            setattr(case, field, "")
    if case.title_series not in {series.name for series in policy.title_series}:
        case.title_series = case.specialty = ""
    if case.employer is not None and not case.employer.active:
        case.employer = case.region = None
        case.nature = ""
