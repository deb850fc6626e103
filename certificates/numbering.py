"""Numbers without gaps: ten digits, the year of issue and a six-digit serial, province-wide (A39)."""

from __future__ import annotations

from django.db import connection

TAKE = """
INSERT INTO certificates_numbercounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = certificates_numbercounter.last + 1
RETURNING last
"""


def take(year: int) -> int:
    """The next serial of `year`, in the caller's transaction: rolled back with it, so no number is lost.

    The counter's row is the last lock an approval takes; do no I/O after it. Raises IntegrityError
    `serial_has_six_digits` after 999,999.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [year])
        serial: int = cursor.fetchone()[0]
    return serial
