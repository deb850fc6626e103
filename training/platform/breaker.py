"""Whether the platform is asked at all just now: after several faults in a row it is left alone, longer each time.

Kept in the cache for all workers; if it is lost, the platform is asked once more than it need be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from cehours.lib import clock

FAULTS = 3  # in a row, whoever was asked for
FIRST, LONGEST = 30, 600  # seconds
ONE_TRY = 60  # seconds in which one worker tries, after a pause
KEPT = 2 * 24 * 3600
KEY, TRY = "learning_platform:faults", "learning_platform:try"


@dataclass(frozen=True)
class State:
    faults: int = 0
    until: datetime | None = None


def state() -> State:
    found = cache.get(KEY)
    return found if isinstance(found, State) else State()


def closed_until() -> datetime | None:
    """Until when nothing is asked; None: ask. After a pause one worker is let through, the others wait for it."""
    now, known = clock.now(), state()
    if known.until is None:
        return None
    if known.until > now:
        return known.until
    return None if cache.add(TRY, 1, timeout=ONE_TRY) else now + timedelta(seconds=FIRST)


def is_trying() -> bool:
    """Whether this is the one try after a pause: the health question goes first."""
    return state().until is not None


def note_fault(wait: int | None = None) -> None:
    """One more; `wait` (seconds) where the platform asked for it, which counts at once."""
    faults = state().faults + 1
    pause = wait or (min(FIRST * 2 ** min(faults - FAULTS, 10), LONGEST) if faults >= FAULTS else 0)
    until = clock.now() + timedelta(seconds=pause) if pause else None
    cache.set(KEY, State(faults, until), timeout=KEPT)
    cache.delete(TRY)


def note_answer() -> None:
    cache.delete_many([KEY, TRY])
