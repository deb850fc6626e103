"""工作提要: once a working day each person who works for a unit is told what waits there, if anything does.

The row that says "asked" and the outbox rows commit together, so a dead worker or broker delays the digest and
nobody gets two; what it says is counted when it is told.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import connection

from cehours.lib import clock
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import notices
from review.models import Digest
from review.telling import digests

ASK, TELL = "review.ask_digests", "review.tell_digest"
SUBJECT = "digest"
KEPT = timedelta(days=7)
ENTER = """
INSERT INTO review_digest (id, person_id, day)
SELECT gen_random_uuid(), staff.person_id, %(day)s FROM (
    SELECT DISTINCT us.person_id FROM organizations_membership m
      JOIN organizations_user us ON us.id = m.user_id JOIN organizations_unit u ON u.id = m.unit_id
     WHERE us.is_active AND u.active AND us.person_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM review_digest d WHERE d.person_id = us.person_id AND d.day = %(day)s)) AS staff
ON CONFLICT ON CONSTRAINT one_digest_a_person_a_day DO NOTHING RETURNING id
"""


def ask_if_due() -> int:
    """Asks for today's digests from STAFF_DIGEST_HOUR on, on working days; returns how many are new."""
    now = clock.local(clock.now())
    if now.hour < settings.STAFF_DIGEST_HOUR or not clock.is_workday(now.date()):
        return 0
    return ask(now.date())


def ask(day: date) -> int:
    """Asks for the digests of a day that were not asked for yet, and drops rows that are of no use any more."""
    with scope(Actor.system(ASK)):
        Digest.objects.filter(day__lt=day - KEPT).delete()
        with connection.cursor() as cursor:
            cursor.execute(ENTER, {"day": day})
            keys = [key for (key,) in cursor.fetchall()]
        if keys:
            outbox.ring_many(TELL, keys)
    return len(keys)


def tell(key: str) -> None:
    """The work of one outbox row. What comes a day late is left to the next day's."""
    digest = Digest.objects.filter(pk=key, day=clock.today()).first()
    if digest is None:
        return
    words = digests.words_of(digests.desks_of(digest.person_id, digest.day))
    if words is not None:
        notices.tell(person_id=digest.person_id, subject=SUBJECT, subject_id=digest.pk, words=words)
