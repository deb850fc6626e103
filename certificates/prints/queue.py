"""How many certificates are printed before one, and how long that takes at the pace of the last minute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection

from cehours.lib import clock
from certificates.models import Certificate

RENDER = "certificates.render"
# What is asked for singly is printed at once, before all that waits; only what is older stands in the queue.
AT_ONCE = timedelta(seconds=10)
KEPT = 300  # seconds


@dataclass(frozen=True)
class Ahead:
    """`minutes` is None while nothing was printed lately."""

    count: int
    minutes: int | None

    @property
    def says(self) -> str:
        if not self.count:
            return "前面没有等待的认定单，马上轮到。"
        took = f"，约 {self.minutes} 分钟" if self.minutes else ""
        return f"前面还有 {self.count} 份{took}。"


def ahead_of(certificate: Certificate) -> Ahead | None:
    """What is printed before this one; None where it is just being printed, is printed, or has been given up.

    Counted by the database: the certificates of others are nobody's to see, how many there are is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked_at, ahead FROM prints_ahead(%s)", [certificate.pk])
        own = cursor.fetchone()
    if own is None or clock.now() - own[0] < AT_ONCE:
        return None
    count, pace = own[1], _pace()
    return Ahead(count, math.ceil(count / pace) if pace else None)


def note(count: int) -> None:
    """Remembers that so many were printed just now."""
    key = _key(clock.now())
    cache.add(key, 0, timeout=KEPT)
    cache.incr(key, count)


def _pace() -> int:
    """Prints in the last whole minute; 0 while it is not known."""
    return int(cache.get(_key(clock.now() - timedelta(minutes=1))) or cache.get(_key(clock.now())) or 0)


def _key(moment: datetime) -> str:
    return f"certificates-printed-{moment:%Y%m%d%H%M}"
