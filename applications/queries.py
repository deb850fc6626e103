"""Reads. Each starts from the actor; what the actor has no part in answers like something missing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from applications.models import (
    Application,
    Draft,
    FilingSession,
    Participant,
    SessionChange,
    SessionChangeState,
    YearEntry,
)
from applications.states import FINAL, State
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.models import User
from organizations.models.user import Role

SESSION_FIELDS = ("name", "policy", "year", "opens_at", "closes_at", "review_until", "grace_days")
NO_CHANGE = "没有找到该申报期修改。"
LIVE = ~Q(state=State.REJECTED) & Q(
    revoked_at=None
)  # what keeps a person from another one in its session (A59)


def open_session(now: datetime | None = None) -> FilingSession | None:
    """The session whose window is open, of several the next to close; or None."""
    return next(iter(open_sessions(now)), None)


def open_sessions(now: datetime | None = None) -> list[FilingSession]:
    """The sessions whose window is open, the next to close first."""
    now = now or clock.now()
    return list(
        FilingSession.objects.filter(opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "pk")
    )


def nearest_session(now: datetime | None = None) -> FilingSession | None:
    """The open session, else the next to open, else the last one: what the deadline banner speaks of."""
    now = now or clock.now()
    is_open, is_coming = Q(opens_at__lte=now, closes_at__gt=now), Q(opens_at__gt=now)
    rank = Case(When(is_open, then=0), When(is_coming, then=1), default=2)
    soonest = Case(When(is_open, then="closes_at"), When(is_coming, then="opens_at"))
    return FilingSession.objects.order_by(rank, soonest, "-closes_at").first()


def mine(actor: Actor) -> QuerySet[Application]:
    """The applicant's own applications, newest first."""
    if not actor.is_applicant or actor.person_id is None:
        return Application.objects.none()
    return Application.objects.filter(person_id=actor.person_id).select_related("session", "employer")


def visible_to(actor: Actor) -> QuerySet[Application]:
    """Applications in which the actor takes part: their own, or those on their unit's desk now or before."""
    if actor.unit_id is not None:
        # EXISTS, not a join: a row locked FOR UPDATE must not be multiplied.
        part = Participant.objects.filter(unit_id=actor.unit_id)
        return Application.objects.filter(pk__in=part.values("application_id"))
    return mine(actor)


def own(actor: Actor, pk: UUID, *, lock: bool = False) -> Application:
    """One of the applicant's own applications. Raises NotYours; `lock` holds its row until the act is done."""
    cases = mine(actor)
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.filter(pk=pk).first()
    if case is None:
        raise NotYours
    return case


def year_of(case: Application, year: int) -> YearEntry:
    """One year of an application with its activities. Raises NotYours when it is not there."""
    entry = case.years.filter(year=year).prefetch_related("activities__recognised").first()
    if entry is None:
        raise NotYours("该申报中没有这一年度。")
    return entry


def live_in(session: FilingSession, actor: Actor) -> Application | None:
    """The application that keeps the person from starting another in this session (A59), or None."""
    return mine(actor).filter(LIVE, session=session).first()


def drafts_of(case: Application, section: str) -> list[Draft]:
    """What the applicant typed into a section and did not save, one for each tab, newest first."""
    return list(case.drafts.filter(section=section))


def draft_of_another_tab(case: Application, section: str, *, tab: str, since: datetime) -> Draft | None:
    """The newest draft of the section that another tab kept after `since`."""
    return case.drafts.filter(section=section, saved_at__gt=since).exclude(tab=tab).first()


def can_be_copied(case: Application, now: datetime | None = None) -> bool:
    """Whether 重新新增 or 重新申报 is still possible: in time, and nothing live in its session (A59)."""
    if not case.is_over or (now or clock.now()) >= case.session.review_until:
        return False
    others = Application.objects.filter(session_id=case.session_id, person_id=case.person_id)
    return not others.filter(LIVE).exists()


def last_filed(case: Application) -> Application | None:
    """The person's newest other application that came to an end: what a new one may be filled in from."""
    others = Application.objects.filter(person_id=case.person_id, state__in=FINAL).exclude(pk=case.pk)
    return others.select_related("session").first()


def session_changes(actor: Actor) -> QuerySet[SessionChange]:
    """What the province's administrators asked to change in sessions that have begun; none for anybody else."""
    if actor.unit_id is None or not (actor.is_province_bureau and actor.is_unit_admin):
        return SessionChange.objects.none()
    return SessionChange.objects.filter(unit_id=actor.unit_id).select_related("session")


def open_session_changes(actor: Actor) -> QuerySet[SessionChange]:
    """Those that wait for a second administrator, the oldest first."""
    return session_changes(actor).filter(state=SessionChangeState.REQUESTED).order_by("requested_at", "pk")


def session_changes_to_confirm(actor: Actor) -> QuerySet[SessionChange]:
    """Those of `open_session_changes` that this person may confirm."""
    if actor.person_id is None:
        return SessionChange.objects.none()
    return open_session_changes(actor).exclude(requested_by_id=actor.person_id)


def session_change(actor: Actor, pk: UUID) -> SessionChange:
    """One of `session_changes`. Raises NotYours."""
    found = session_changes(actor).filter(pk=pk).first()
    if found is None:
        raise NotYours(NO_CHANGE)
    return found


def who_may_confirm(actor: Actor) -> list[UUID]:
    """The other persons with a living administrator's account of the actor's unit."""
    others = User.objects.filter(
        Q(memberships__unit_id=actor.unit_id, memberships__role=Role.ADMIN) & ~Q(person_id=actor.person_id),
        is_active=True,
        person__isnull=False,
    )
    return list(others.order_by("person_id").values_list("person_id", flat=True).distinct())
