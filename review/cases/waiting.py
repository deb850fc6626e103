"""How long a case has waited, in workdays and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cehours.lib import clock

LATE, VERY_LATE = 5, 10  # workdays after which a case should be looked at, and has waited too long


@dataclass(frozen=True)
class Waiting:
    """How long a case has waited: a word, and a tone that is never the only sign."""

    says: str
    tone: str


def waiting(arrived: datetime, now: datetime, review_until: datetime) -> Waiting:
    """After the end of the review nobody is told to hurry: nobody may decide any more (A76)."""
    if now >= review_until:
        return Waiting("审核期已结束，未办结", "wait")
    days = clock.workdays_between(arrived, now)
    if days <= 0:
        return Waiting("今天收到", "wait")
    if days < LATE:
        return Waiting(f"已 {days} 个工作日", "wait")
    if days < VERY_LATE:
        return Waiting(f"已 {days} 个工作日，请尽快", "look")
    return Waiting(f"已 {days} 个工作日，请立即办理", "block")


def waiting_since(workdays: int) -> datetime:
    """The moment before which a case must have arrived to have waited this many workdays by today."""
    day = clock.today()
    while workdays:
        workdays -= clock.is_workday(day)
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time.min, clock.SHANGHAI)


def last_workday_began() -> datetime:
    """When the last working day before today began: what arrived since then is new to whoever starts the day."""
    day = clock.today() - timedelta(days=1)
    while not clock.is_workday(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time.min, clock.SHANGHAI)
