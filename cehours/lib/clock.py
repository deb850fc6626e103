"""The one clock. Everything that asks for the time asks here, so tests and replays can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
DECEMBER = 12  # the State Council tells the next year's holidays in November
_FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}

# Process-wide, not per context: a live server's threads must see the moment a test has set.
_set_moment: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set_moment or datetime.now(UTC)


def today() -> date:
    """The calendar day in China, whatever the machine's time zone."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """`moment` on Asia/Shanghai clocks. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime: which moment this is depends on the reader")
    return moment.astimezone(SHANGHAI)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware) inside the block; nests, and restores the former clock."""
    global _set_moment
    former, _set_moment = _set_moment, local(moment).astimezone(UTC)
    try:
        yield
    finally:
        _set_moment = former


def is_workday(day: date) -> bool:
    """Whether offices work: the State Council's calendar, and in years that it does not cover yet Monday to Friday
    but for the holidays whose date is fixed (全国年节及纪念日放假办法, 2024)."""
    if is_covered(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS


def next_workday() -> date:
    """The first working day after today."""
    day = today() + timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def is_covered(year: int) -> bool:
    """Whether the State Council's calendar of a year is known here."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def calendar_missing() -> int | None:
    """The year whose holidays should be known by now and are not: the present one, and from December the next."""
    now = today()
    years = [now.year, now.year + 1] if now.month == DECEMBER else [now.year]
    return next((year for year in years if not is_covered(year)), None)


def workdays_between(start: datetime, end: datetime) -> int:
    """Workdays after the day of `start` up to and including the day of `end`, both on Chinese calendars.

    The day of receipt does not count (民法典第二百零一条). Negative when `end` lies before `start`.
    """
    if end < start:
        return -workdays_between(end, start)
    first, last = local(start).date(), local(end).date()
    days = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(is_workday(day) for day in days)
