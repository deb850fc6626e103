"""Until when an application can be submitted, and whether it can be now (A32, A62)."""

from __future__ import annotations

from datetime import datetime

from applications.models import Application, Outcome
from applications.states import State


def submit_until(case: Application) -> datetime:
    """The first moment at which this application can no longer be submitted (A32, A62)."""
    return case.session.resubmit_until(_returned_at(case))


def can_submit_now(case: Application, now: datetime) -> bool:
    return case.session.opens_at <= now < submit_until(case)


def _returned_at(case: Application) -> datetime | None:
    if case.state != State.RETURNED:
        return None
    returns = [
        each for each in case.decisions.all() if each.outcome == Outcome.RETURNED
    ]  # lists prefetch them
    return max((each.decided_at for each in returns), default=None)
