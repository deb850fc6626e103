"""Two administrators change a session that has begun: one asks, another confirms, or the change does not happen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse

from applications import queries
from applications.models import FilingSession, SessionChange, SessionChangeState
from cehours.lib import clock, visible
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.messaging import notices
from organizations.messaging.work import Work, wanting

TABLE = "applications_filingsession"
NO_REASON = "请填写修改理由，确认的管理员需要知道为什么修改。"
OPEN = "该申报期已有一项待确认的修改，请先由另一位管理员确认，或者由申请人收回。"
DECIDED = "这项修改已经处理过，请刷新页面查看结果。"
SAME_PERSON = "修改须由另一位管理员确认，申请人本人不能确认。"
MOVED = "提出修改以后，该申报期又有变动，不能确认。请点击“不同意”，由申请人核对最新内容后重新提出。"
IN_USE = "已有人在该申报期申报，政策和工作年度不能再改，请点击“不同意”。"
ALONE = (
    "申报期开始以后，修改政策、工作年度和时间须由本局另一位管理员确认，但本局没有其他管理员。"
    "请先在“人员”中邀请一位管理员，再来修改。"
)


@transaction.atomic
def ask(*, actor: Actor, session: FilingSession, values: dict[str, Any], reason: str) -> SessionChange:
    """A first administrator asks; `values` are what the session's columns are to be, where they differ.

    The caller locked the session and checked the values. Raises NotNow, NotAllowed for a missing reason.
    """
    assert actor.unit_id  # as whoever keeps sessions
    if actor.person_id is None or not queries.who_may_confirm(actor):
        raise NotNow(ALONE)
    if session.changes.filter(state=SessionChangeState.REQUESTED).exists():
        raise NotNow(OPEN)
    if not visible.shown(reason):
        raise NotAllowed(NO_REASON, field="reason")
    asked = SessionChange(
        session=session,
        unit_id=actor.unit_id,
        before=digests.one(TABLE, session.pk),
        reason=reason.strip(),
        requested_by_id=actor.person_id,
        requested_name=actor.display_name,
        **{name: getattr(session, name) for name in queries.SESSION_FIELDS} | values,
    )
    asked.save(force_insert=True)
    audit.record(
        actor, "session_change_requested", session, change=asked.pk, **digests.told(values, texts=("name",))
    )
    says = f"{actor.display_name}提出修改“{session.name}”，须由本局另一位管理员确认后生效。"
    told = wanting(queries.who_may_confirm(actor), asked.unit_id, Work.SESSIONS)
    _tell(asked, told, "session_waiting", "有一项申报期修改待您确认", says)
    return asked


@transaction.atomic
def confirm(*, actor: Actor, change_id: UUID) -> FilingSession:
    """A second administrator confirms, and the session is as asked at once.

    Raises NotYours, NotAllowed for who asked, NotNow, Stale when the session changed since.
    """
    asked, session = _open(actor, change_id)
    if asked.requested_by_id == actor.person_id:
        raise NotAllowed(SAME_PERSON)
    if asked.before != digests.one(TABLE, session.pk):
        raise Stale(MOVED)
    if (asked.policy, asked.year) != (session.policy, session.year) and is_in_use(session):
        raise NotNow(IN_USE)
    before = {name: getattr(session, name) for name in queries.SESSION_FIELDS}
    for name in queries.SESSION_FIELDS:
        setattr(session, name, getattr(asked, name))
    _decide(actor, asked, SessionChangeState.CONFIRMED)
    session.save(update_fields=list(queries.SESSION_FIELDS))
    changed = {name: getattr(session, name) for name in before if getattr(session, name) != before[name]}
    digest = digests.one(TABLE, session.pk)
    said = digests.told(changed, texts=("name",))
    audit.record(actor, "session_changed", session, change=asked.pk, **said, digest=digest)
    _tell_who_asked(actor, asked)
    return session


@transaction.atomic
def decline(*, actor: Actor, change_id: UUID) -> SessionChange:
    """It does not happen: another administrator does not agree, or who asked takes it back. Raises NotYours, NotNow."""
    asked, session = _open(actor, change_id)
    mine = asked.requested_by_id == actor.person_id
    _decide(actor, asked, SessionChangeState.WITHDRAWN if mine else SessionChangeState.DECLINED)
    audit.record(actor, f"session_change_{asked.state}", session, change=asked.pk)
    _tell_who_asked(actor, asked)
    return asked


def is_in_use(session: FilingSession) -> bool:
    """Whether anybody filed in it; the provincial bureau itself sees only cases that reached it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_is_in_use(%s)", [session.pk])
        return bool(cursor.fetchone()[0])


def needs_two(session: FilingSession) -> bool:
    """Whether dates and policy take a second administrator: the session has begun, or somebody filed in it."""
    return session.opens_at <= clock.now() or is_in_use(session)


def _open(actor: Actor, change_id: UUID) -> tuple[SessionChange, FilingSession]:
    """Locks the session and then the request, in the order in which asking does."""
    found = queries.session_change(actor, change_id)
    session = FilingSession.objects.select_for_update(of=("self",)).get(pk=found.session_id)
    asked = SessionChange.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if actor.person_id is None:
        raise NotYours(queries.NO_CHANGE)
    if asked.state != SessionChangeState.REQUESTED:
        raise NotNow(DECIDED)
    return asked, session


def _decide(actor: Actor, asked: SessionChange, state: SessionChangeState) -> None:
    asked.state, asked.decided_at = state, clock.now()
    asked.decided_by_id, asked.decided_name = actor.person_id, actor.display_name
    asked.save(update_fields=["state", "decided_at", "decided_by", "decided_name"])


def _tell_who_asked(actor: Actor, asked: SessionChange) -> None:
    if asked.requested_by_id != actor.person_id:
        says = f"“{asked.session.name}”的修改：{asked.get_state_display()}。处理人：{actor.display_name}。"
        _tell(asked, [asked.requested_by_id], "session_decided", "您提出的申报期修改已处理", says)


def _tell(asked: SessionChange, people: list[UUID], kind: str, title: str, says: str) -> None:
    """Tells persons of the bureau."""
    words = notices.Words(kind, title, says, reverse("applications:session_change", args=[asked.pk]))
    notices.tell_many("session", [(person, asked.session_id, words) for person in people])
