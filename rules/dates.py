"""Calendar facts: dates known to the day, month or year, days of a course, and counting in months."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rules.errors import RuleInputError
from rules.hours import LONGEST, folded

FIRST_YEAR, LAST_YEAR = 1950, 2100
HALF, WHOLE = Decimal("0.5"), Decimal(1)
MOST_SESSIONS = 366  # a course of more days than a year has is listed as several
MOMENT = re.compile(
    r"([0-9]{4}) *(?:[-/.年] *([0-9]{1,2}) *(?:[-/.月] *([0-9]{1,2}) *[日号]?|月?)|年?)|([0-9]{4})([0-9]{2})([0-9]{2})",
    re.ASCII,
)
SESSION = re.compile(r"(.*?)(?:[*×](1|0\.5)|(半天|上午|下午|半日))?")
TOO_MANY = f"{{name}}最多列 {MOST_SESSIONS} 天，请分成几项填写。"
BETWEEN_SESSIONS = re.compile(r"[\s,、;]+")


@dataclass(frozen=True, slots=True)
class When:
    """A moment as precisely as the paper states it: an issue of a journal may have a year only."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year}年"]
        if self.month:
            parts.append(f"{self.month}月")
        if self.day:
            parts.append(f"{self.day}日")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Session:
    """One day (1) or half day (0.5) of a course."""

    day: date
    length: Decimal


def read_year(key: str, name: str, value: object) -> int:
    """A calendar year between 1950 and 2100, from a number or four digits. Raises RuleInputError."""
    text = _typed(value).removesuffix("年度").removesuffix("年").strip()
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise RuleInputError(key, f"{name}应为四位年份，例如 2024。")
    return int(text)


def _typed(value: object) -> str:
    """What was typed, full-width digits made plain; "" for what is no text, no whole number, or endless."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    if isinstance(value, int):
        return str(value) if 0 <= value <= 10**8 else ""
    return folded(value) if len(value) <= LONGEST else ""


def read_when(key: str, name: str, value: object) -> When:
    """A date, a month or a year: 2024-05-01, 2024-05, 2024, 20240501, also with 年月日 and blanks between.

    Raises RuleInputError.
    """
    if isinstance(value, When):
        return value
    if isinstance(value, date):
        return When(value.year, value.month, value.day)
    match = MOMENT.fullmatch(_typed(value))
    if match is None:
        raise RuleInputError(key, f"{name}应为日期，例如 2024-05-01、2024年5月，或只写 2024。")
    year = int(match[1] or match[4])
    month, day = (int(part) if part else None for part in (match[2] or match[5], match[3] or match[6]))
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise RuleInputError(key, f"{name}不是有效的日期。") from None
    read_year(key, name, year)
    return When(year, month, day)


def read_date(key: str, name: str, value: object) -> date:
    """A date known to the day. Raises RuleInputError."""
    when = read_when(key, name, value)
    if when.month is None or when.day is None:
        raise RuleInputError(key, f"{name}须写到日，例如 2024-05-01。")
    return date(when.year, when.month, when.day)


def read_sessions(key: str, name: str, value: object) -> tuple[Session, ...]:
    """Days of a course: `2024-12-31、2025-01-01半天`, or a list of such. Raises RuleInputError."""
    if not isinstance(value, str | list | tuple):
        raise RuleInputError(key, f"{name}应逐日列出，例如 2024-12-31、2025-01-01半天。")
    # An endless text or list is refused for its length, before it is taken apart.
    if len(value) > MOST_SESSIONS * (LONGEST if isinstance(value, str) else 1):
        raise RuleInputError(key, TOO_MANY.format(name=name))
    if isinstance(value, str):
        parts = [part for part in BETWEEN_SESSIONS.split(folded(value)) if part]
    else:
        parts = [_typed(part) for part in value]
    if len(parts) > MOST_SESSIONS:
        raise RuleInputError(key, TOO_MANY.format(name=name))
    sessions = tuple(_session(key, name, part) for part in parts)
    if len({session.day for session in sessions}) != len(sessions):
        raise RuleInputError(key, f"{name}中同一天只能列一次。")
    return sessions


def _session(key: str, name: str, part: str) -> Session:
    match = SESSION.fullmatch(part)
    if match is None or not MOMENT.fullmatch(match[1]):
        raise RuleInputError(key, f"{name}应逐日列出，例如 2024-12-31、2025-01-01半天。")
    half = match[3] is not None or match[2] == "0.5"
    return Session(read_date(key, name, match[1]), HALF if half else WHOLE)


def last_day_after(start: date, months: int) -> date:
    """The day on which the `months`-th full month of a stay that begins on `start` is complete.

    A stay from 1 January has completed six months on 30 June.
    """
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    length = monthrange(year, month + 1)[1]
    if start.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, start.day) - timedelta(days=1)


def months_text(start: date, end: date) -> str:
    """The length of a stay in words: 7 个月, 7 个月零 3 天."""
    months = 0
    while last_day_after(start, months + 1) <= end:
        months += 1
    rest = (end - last_day_after(start, months)).days if months else (end - start).days + 1
    if not months:
        return f"{rest} 天"
    return f"{months} 个月零 {rest} 天" if rest else f"{months} 个月"
