"""A change of a session that waits for its second administrator, in words: what stands now, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import rules
from applications.models import FilingSession, SessionChange
from cehours.lib import clock
from organizations.acting.actor import Actor

MOMENT = timedelta(microseconds=1)  # the ends are the first moments that no longer count
LABELS = {
    "name": "名称",
    "policy": "政策",
    "year": "工作年度",
    "opens_at": "申报开始日",
    "closes_at": "申报截止日",
    "review_until": "审核截止日",
    "grace_days": "退回后可重新提交天数",
}


@dataclass(frozen=True)
class Difference:
    """One line: what it is, how it stands, how it is to be."""

    label: str
    now: str
    then: str


@dataclass(frozen=True)
class Line:
    """A request in the list. `mine`: asked for by whoever looks."""

    change: SessionChange
    what: str
    mine: bool


def differences(change: SessionChange) -> list[Difference]:
    """What the change would alter in the session as it stands."""
    session = change.session
    return [
        Difference(label, _said(session, name), _said(change, name))
        for name, label in LABELS.items()
        if getattr(session, name) != getattr(change, name)
    ]


def line(change: SessionChange, actor: Actor) -> Line:
    """The request as one line of the list."""
    what = "、".join(each.label for each in differences(change)) or "没有不同"
    return Line(change, what, change.requested_by_id == actor.person_id)


def _said(of: FilingSession | SessionChange, name: str) -> str:
    if name == "policy":
        return _document(of.policy)
    if name == "opens_at":
        return _day(of, name)
    if name in ("closes_at", "review_until"):
        return _day(of, name, before=MOMENT)
    return f"{of.grace_days} 天" if name == "grace_days" else str(getattr(of, name))


def _day(of: FilingSession | SessionChange, name: str, before: timedelta = timedelta(0)) -> str:
    day = clock.local(getattr(of, name) - before).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _document(key: str) -> str:
    """A policy by its 文号; one that is gone by its key."""
    try:
        policy = rules.load_policy(key)
    except rules.PolicyError:
        return key
    return f"{policy.year} 年度 · {policy.document}"
