"""Filing sessions: entered and changed by the provincial bureau only, always on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet

import rules
from applications.models import FilingSession, SessionChange
from applications.queries import SESSION_FIELDS
from applications.services import session_changes
from cehours.lib import clock
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale

ANOTHER = "该政策在这一年度已有申报期。需要延长或者补报的，请修改该申报期的申报截止日和审核截止日。"
FREE = {"name"}  # what one administrator may change of a session that has begun
NO_SESSION = "没有找到该申报期。"
# Which input a named constraint speaks of.
SPEAKS_OF = {"opens_at": "opens", "closes_at": "closes", "review_until": "review_until"}


@dataclass(frozen=True)
class SessionInput:
    """A window in calendar days of Asia/Shanghai. All three days belong to it (policy decision A62)."""

    name: str
    policy: str
    year: int
    opens: date
    closes: date
    review_until: date
    grace_days: int
    other_year: bool = False  # confirmed: the policy is of another year than the session
    as_last_year: bool = False  # confirmed: what the policy still has of the year before is right


def start_of(day: date) -> datetime:
    """The first moment of a day on Chinese clocks."""
    return datetime.combine(day, time.min, tzinfo=clock.SHANGHAI)


def end_of(day: date) -> datetime:
    """The first moment that is no longer that day."""
    return start_of(day + timedelta(days=1))


def last_day_before(moment: datetime) -> date:
    """The last day that lies wholly before `moment`'s end: the reverse of `end_of`."""
    return clock.local(moment - timedelta(microseconds=1)).date()


def sessions_kept_by(actor: Actor) -> QuerySet[FilingSession]:
    """All sessions, for the provincial bureau to read. Raises NotYours for everybody else."""
    if not actor.is_province_bureau:
        raise NotYours(NO_SESSION)
    return FilingSession.objects.all()


def sessions_changed_by(actor: Actor) -> QuerySet[FilingSession]:
    """All sessions, for who may change them: the provincial bureau's administrators. Raises NotYours."""
    if not actor.is_unit_admin:
        raise NotYours(NO_SESSION)
    return sessions_kept_by(actor)


def kept_session(actor: Actor, pk: UUID, *, lock: bool = False) -> FilingSession:
    """One session, for the provincial bureau's administrators. Raises NotYours."""
    sessions = sessions_changed_by(actor)
    if lock:
        sessions = sessions.select_for_update(of=("self",))
    session = sessions.filter(pk=pk).first()
    if session is None:
        raise NotYours(NO_SESSION)
    return session


@transaction.atomic
def add_session(*, actor: Actor, data: SessionInput) -> FilingSession:
    """Opens a filing session to come. Raises NotYours, NotAllowed naming the field."""
    sessions_changed_by(actor)
    session = FilingSession()
    _fill(session, data, province_of(actor))
    session.save(force_insert=True)
    audit.record(
        actor,
        "session_added",
        session,
        **digests.told({name: getattr(session, name) for name in SESSION_FIELDS}, texts=("name",)),
        digest=digests.one("applications_filingsession", session.pk),
    )
    return session


@transaction.atomic
def change_session(
    *, actor: Actor, session_id: UUID, seen: int, data: SessionInput, reason: str = ""
) -> SessionChange | None:
    """Changes a session; `seen` is the length of its trail when the form was opened.

    Of one that has begun, dates and policy are only asked for, with the reason: the request that now waits for a
    second administrator is returned. Raises NotYours, Stale, NotNow, NotAllowed naming the field.
    """
    session = kept_session(actor, session_id, lock=True)
    if session.audit_seq != seen:
        raise Stale("该申报期刚刚被其他人修改过，您的修改没有保存。请核对最新内容后再保存。")
    if (data.policy, data.year) != (session.policy, session.year) and session_changes.is_in_use(session):
        raise NotAllowed("已有人在该申报期申报，政策和工作年度不能再改；时间可以调整。", field="policy")
    before = {name: getattr(session, name) for name in SESSION_FIELDS}
    _fill(session, data, province_of(actor))
    changed = _changes(session, before)
    if not changed.keys() <= FREE:
        stands = FilingSession.objects.get(pk=session.pk)
        if session_changes.needs_two(stands):
            return session_changes.ask(actor=actor, session=stands, values=changed, reason=reason)
    if changed:
        session.save(update_fields=list(SESSION_FIELDS))
        digest = digests.one("applications_filingsession", session.pk)
        said = digests.told(changed, texts=("name",))
        audit.record(actor, "session_changed", session, **said, digest=digest)
    return None


@transaction.atomic
def remove_session(*, actor: Actor, session_id: UUID) -> str:
    """Deletes a session in which nobody ever filed, for good; returns its name. Raises NotYours, NotNow."""
    session = kept_session(actor, session_id, lock=True)
    if session_changes.is_in_use(session):
        raise NotNow("已有人在该申报期申报，不能删除；不再受理的，请修改申报截止日和审核截止日。")
    audit.record(actor, "deleted", session, removed=digests.one("applications_filingsession", session.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_changes_go(%s)", [session.pk])
    session.delete()
    return session.name


def is_unused(session: FilingSession) -> bool:
    """Whether the session may be removed: no draft and no application is in it."""
    return not session_changes.is_in_use(session)


def province_of(actor: Actor) -> str:
    """The code of the province whose sessions the actor keeps; its policies carry the same."""
    return actor.unit.region_id if actor.unit else ""


def _fill(session: FilingSession, data: SessionInput, province: str) -> None:
    # What stands is not asked again: times can be moved though the policy is gone.
    if (data.policy, data.year) != (session.policy, session.year):
        check_policy(data, province)
    taken = FilingSession.objects.filter(policy=data.policy, year=data.year).exclude(pk=session.pk)
    if taken.exists():
        raise NotAllowed(ANOTHER, field="year")
    session.name = data.name.strip()
    session.policy, session.year, session.grace_days = data.policy, data.year, data.grace_days
    session.opens_at = start_of(data.opens)
    session.closes_at, session.review_until = end_of(data.closes), end_of(data.review_until)
    try:
        session.clean_fields()
        session.validate_constraints()
    except ValidationError as problem:
        field, sentence = _first(problem)
        raise NotAllowed(sentence, field=field) from None


def check_policy(data: SessionInput, province: str) -> None:
    """A session needs its own province's policy in force that can end in a certificate, of its year unless confirmed.

    Found out now, not at the last approval: after the first filing neither can be changed.
    """
    try:
        policy = rules.load_policy(data.policy)
    except rules.PolicyError:
        raise NotAllowed("请从列表中选择政策；草稿和有误的政策不能用于申报期。", field="policy") from None
    if policy.certificate is None:
        raise NotAllowed(
            "这份政策没有规定认定单的文字和编号，不能用于申报期，请选择其他政策。", field="policy"
        )
    if policy.region != province:
        raise NotAllowed("这是其他省的政策，请选择本省的政策。", field="policy")
    if policy.year != data.year and not data.other_year:
        raise NotAllowed(
            f"所选政策是 {policy.year} 年度的，工作年度填的是 {data.year}。"
            "请改选政策或工作年度；确实如此的，勾选“政策年度与工作年度不同，已核对”后保存。",
            field="other_year",
        )
    stayed = [] if data.as_last_year else stayed_from_before(policy)
    if stayed:
        raise NotAllowed(
            f"所选政策有与上年相同之处：{'；'.join(stayed)}。"
            "有误的，请先联系系统管理员更正政策文件；核对无误的，勾选“与上年相同之处已核对”后保存。",
            field="as_last_year",
        )


def stayed_from_before(policy: rules.Policy) -> list[str]:
    """What a policy still has of the latest one before it in the same province, in sentences without an end."""
    others = [rules.load_policy(key) for key in rules.available_policies()]
    before = [each for each in others if each.region == policy.region and each.year < policy.year]
    last = max(before, key=lambda each: each.year, default=None)
    if last is None:
        return []
    return [says.removeprefix("没有改：").removesuffix("，请核对") for says in rules.still_old(last, policy)]


def _first(problem: ValidationError) -> tuple[str | None, str]:
    """The first sentence of a failed validation and the input it is about."""
    name, sentences = next(iter(problem.message_dict.items()))
    return SPEAKS_OF.get(name, name), sentences[0]


def _changes(session: FilingSession, before: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(session, name) for name in SESSION_FIELDS if getattr(session, name) != before[name]}
