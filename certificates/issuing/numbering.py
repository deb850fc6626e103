"""Numbers without gaps: ten digits, the year of issue and a six-digit serial, province-wide (A39).

The highest number is also kept beside the database, as the name of an object in the file storage
(`numbers/2026/000137`): when an older database is restored, counting goes on above it and the numbers in
between are on record as lost (恢复时丢失), never given out a second time.
"""

from __future__ import annotations

import time
from contextlib import suppress

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from cehours.lib import clock
from certificates.models import NumberCounter
from organizations import outbox
from organizations.acting.errors import NotNow

FIND_LOST_PRINTS = "certificates.find_lost_prints"  # what was sealed under the numbers that are lost
ASK_AGAIN = 60.0  # seconds that a process trusts what it read from the storage
UNREADABLE = "暂时不能出具认定单：文件存储没有应答。请稍后再试，或联系系统管理员。"
TAKE = """
INSERT INTO certificates_numbercounter (year, last) VALUES (%(year)s, %(count)s)
ON CONFLICT (year) DO UPDATE SET last = certificates_numbercounter.last + %(count)s
RETURNING last
"""
JUMP = """
INSERT INTO certificates_numbercounter (year, last) VALUES (%(year)s, 0) ON CONFLICT DO NOTHING;
WITH behind AS (
    SELECT last FROM certificates_numbercounter WHERE year = %(year)s AND last < %(floor)s FOR UPDATE
)
UPDATE certificates_numbercounter c SET last = %(floor)s FROM behind WHERE c.year = %(year)s RETURNING behind.last
"""
# The timeline is that of the next record written: the control file still names the former one for a while after a
# promotion. A dump restored into the running cluster brings the counter's table anew, or at least its file.
WHERE = """
SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                 left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), pg_postmaster_start_time(),
                 (SELECT oid FROM pg_database WHERE datname = current_database()),
                 pg_relation_filenode('certificates_numbercounter')),
       (pg_current_wal_insert_lsn() - '0/0')::bigint
"""
_known: dict[int, tuple[float, int]] = {}  # year: (when it was read, highest kept)


log = structlog.get_logger(__name__)


class _Place:
    """The database this process last took a number in; `identity` "" before the first."""

    identity = ""
    position = 0  # bytes of write-ahead log


_last = _Place()


def take(year: int) -> int:
    """The next serial of `year`, in the caller's transaction: rolled back with it, so no number is lost.

    The counter's row is the last lock an approval takes; do no I/O after it. Raises IntegrityError
    `serial_has_six_digits` after 999,999, NotNow while what was kept cannot be read.
    """
    return take_many(year, 1)[0]


def take_many(year: int, count: int) -> range:
    """The next `count` serials of `year` at once, as `take` takes one."""
    floor = _floor(year)
    with connection.cursor() as cursor:
        if floor:
            _jump(year, floor)
        cursor.execute(TAKE, {"year": year, "count": count})
        last: int = cursor.fetchone()[0]
    transaction.on_commit(lambda: _note(year, last))
    return range(last - count + 1, last + 1)


def keep(year: int) -> None:
    """Writes the highest number of `year` beside the database, before a certificate becomes visible.

    The number is the object's name, so writers need no lock and a half-written object does no harm.
    """
    last = NumberCounter.objects.values_list("last", flat=True).filter(pk=year).first() or 0
    read_at, highest = _known.get(year, (float("-inf"), 0))
    if highest >= last and time.monotonic() - read_at < ASK_AGAIN:
        return
    kept = _kept(year)
    if last not in kept:
        default_storage.save(_key(year, last), ContentFile(b"kept\n"))
    _known[year] = (time.monotonic(), max([last, *kept]))
    for lower in kept:
        if lower < last:
            with suppress(OSError):  # another writer was first; a lower number left behind does no harm
                default_storage.delete(_key(year, lower))


def _note(year: int, last: int) -> None:
    """Keeps a number before the answer of whoever took it leaves; one that fails is kept with the print (`keep`)."""
    try:
        if not default_storage.exists(_key(year, last)):
            default_storage.save(_key(year, last), ContentFile(b"kept\n"))
    except Exception as error:  # each storage has its own ways to fail; the approval stands
        log.warning("number_not_kept_yet", year=year, last=last, error=type(error).__name__)


def _look_where_we_are() -> None:
    """Forgets what was read from the storage when this is not the database it was read for, as it then was."""
    with connection.cursor() as cursor:
        cursor.execute(WHERE)
        identity, position = cursor.fetchone()
    if (identity, max(position, _last.position)) != (_last.identity, position):
        _known.clear()
        _last.identity = identity
    _last.position = position


def _floor(year: int) -> int:
    _look_where_we_are()
    read_at, highest = _known.get(year, (float("-inf"), 0))
    if time.monotonic() - read_at < ASK_AGAIN:
        return highest
    try:
        highest = max([highest, *_kept(year)])
    except Exception as error:  # each storage has its own ways to fail; none may cost a number
        raise NotNow(UNREADABLE) from error
    _known[year] = (time.monotonic(), highest)
    return highest


def _kept(year: int) -> list[int]:
    try:
        _, names = default_storage.listdir(f"numbers/{year}")
    except FileNotFoundError:
        return []
    return [int(name) for name in names if name.isdecimal()]


def _key(year: int, last: int) -> str:
    return f"numbers/{year}/{last:06d}"


def _jump(year: int, floor: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(JUMP, {"year": year, "floor": floor})
        behind = cursor.fetchone()
    if behind is not None:
        lose(year, behind[0] + 1, floor)
        outbox.ring(FIND_LOST_PRINTS, year)


def lose(year: int, first: int, last: int) -> None:
    """Puts on record that nobody was given these numbers, which the counter has passed; the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers_are_lost(%s, %s, %s, %s)", [year, first, last, clock.now()])
