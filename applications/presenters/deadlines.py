"""Until when a case can be submitted, in words and to the second, on Asia/Shanghai clocks (A32, A62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import rules
from applications.filed.window import submit_until
from applications.models import Application, FilingSession
from cehours.lib import clock

CONTACT = "如有疑问，请联系单位人事部门或当地人社部门。"
LAST_DAYS = timedelta(days=7)  # from here on the countdown asks for attention
MIDNIGHT = datetime.min.time()


class Phase(StrEnum):
    """`GRACE`: the window is over, but this returned case may still come back."""

    BEFORE = "before"
    OPEN = "open"
    GRACE = "grace"
    OVER = "over"


@dataclass(frozen=True)
class Deadline:
    """When one case, or any case of a session, can be submitted. `until` is the first moment at which it cannot."""

    session: FilingSession
    until: datetime
    now: datetime

    @property
    def phase(self) -> Phase:
        if self.now < self.session.opens_at:
            return Phase.BEFORE
        if self.now >= self.until:
            return Phase.OVER
        return Phase.GRACE if self.now >= self.session.closes_at else Phase.OPEN

    @property
    def can_submit(self) -> bool:
        return self.phase in (Phase.OPEN, Phase.GRACE)

    @property
    def soon(self) -> bool:
        return self.can_submit and self.until - self.now <= LAST_DAYS

    @property
    def target(self) -> datetime | None:
        """The moment the countdown runs to; None when nothing is left to wait for."""
        if self.phase is Phase.OVER:
            return None
        return self.session.opens_at if self.phase is Phase.BEFORE else self.until

    @property
    def milliseconds_left(self) -> int:
        """How long until `target` by the server's clock, so that the reader's clock does not matter."""
        return max(int((self.target - self.now) / timedelta(milliseconds=1)), 0) if self.target else 0

    @property
    def target_milliseconds(self) -> int:
        """`target` since 1970, for a page that asks the server again what time it is."""
        return int(self.target.timestamp() * 1000) if self.target else 0

    @property
    def left(self) -> str:
        """The countdown as it stands when the page is made; js/countdown.js goes on from here."""
        if self.target is None:
            return ""
        word = "距开始还有" if self.phase is Phase.BEFORE else "还有"
        return f"{word} {span_in_words(self.target - self.now)}"

    @property
    def last_moment(self) -> str:
        """The last moment in words."""
        return in_words(self.until)

    @property
    def says(self) -> str:
        """The plain sentence, with date and time."""
        opens, until = beginning_in_words(self.session.opens_at), in_words(self.until)
        return {
            Phase.BEFORE: f"申报将于 {opens} 开始。现在可以先填写、上传附件和核对，开始后再提交。",
            Phase.OPEN: f"申报截止：{until}（北京时间）。",
            Phase.GRACE: f"申报期已截止；这份申报被退回，可以在 {until}（北京时间）前重新提交。",
            Phase.OVER: f"申报已于 {until} 截止，不能再提交；填写的内容仍可查看、修改和保存。{CONTACT}",
        }[self.phase]


def of(case: Application, now: datetime | None = None) -> Deadline:
    """The deadline of one case: the window, or after a return what is longer, the window or the grace days."""
    return Deadline(case.session, submit_until(case), now or clock.now())


def in_words(moment: datetime) -> str:
    """2025年7月20日24时 for a midnight that ends the day, else to the second: 2025年7月25日09:00:00."""
    local = clock.local(moment)
    if local.time() == MIDNIGHT:
        return f"{local - timedelta(days=1):%Y年%-m月%-d日}24时"
    return f"{local:%Y年%-m月%-d日%H:%M:%S}"


def window_in_words(session: FilingSession) -> str:
    """申报 2025年5月20日起至 2025年7月20日24时；核认 2020—2024 年. What tells sessions apart that are open together."""
    span = rules.load_policy(session.policy).span.years
    begins = f"{clock.local(session.opens_at):%Y年%-m月%-d日}"
    return f"申报 {begins}至 {in_words(session.closes_at)}；核认 {span[0]}—{span[-1]} 年"


def beginning_in_words(moment: datetime) -> str:
    """2025年5月20日0时: the same midnight, where something begins."""
    local = clock.local(moment)
    return f"{local:%Y年%-m月%-d日}0时" if local.time() == MIDNIGHT else f"{local:%Y年%-m月%-d日%H:%M:%S}"


def span_in_words(span: timedelta) -> str:
    """3 天 4 小时 · 4 小时 12 分 · 12 分 30 秒: two units are enough to act on."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} 天 {hours} 小时"
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {seconds} 秒"
