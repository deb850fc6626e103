"""A case on the screen is claimed for ten minutes (A78): colleagues see it, 下一件 skips it, nobody is barred."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotNow
from review import permissions, queries

MINUTES = 10
# Of two at the same moment one writes the row, and the other finds it taken.
TAKE = """
INSERT INTO review_claim (application_id, unit_id, user_id, name, since, until)
SELECT c.id, %(unit)s, %(user)s, %(name)s, %(now)s, %(until)s FROM applications_application c
WHERE c.id = ANY (%(cases)s) AND c.current_unit_id = %(unit)s ORDER BY c.id
ON CONFLICT ON CONSTRAINT one_claim_of_a_unit_on_a_case DO UPDATE
SET user_id = excluded.user_id, name = excluded.name, until = excluded.until,
    since = CASE WHEN review_claim.user_id = excluded.user_id AND review_claim.until > %(now)s
                 THEN review_claim.since ELSE excluded.since END
WHERE review_claim.user_id = excluded.user_id OR review_claim.until <= %(now)s OR %(over)s
"""
RELEASE = """
UPDATE review_claim SET until = %(now)s
WHERE unit_id = %(unit)s AND user_id = %(user)s AND application_id = ANY (%(cases)s) AND until > %(now)s
"""


@transaction.atomic
def claim(*, actor: Actor, case_id: UUID, take_over: bool = False) -> None:
    """开始审核, renewed while the case is looked at; `take_over` (接手): although a colleague has claimed it.

    Raises NotYours, NotAllowed when this person may not decide the case, NotNow while a colleague claims it.
    """
    case = queries.case_for(actor, case_id)
    permissions.must_be_allowed_to_decide(actor, case)
    other = queries.claimed_by_other(actor, case)
    if not _take(actor, [case_id], clock.now() + timedelta(minutes=MINUTES), over=take_over):
        who = other.name if other else "同事"
        raise NotNow(f"{who} 正在审核该申报。需要由您办理的，请点击“接手”。")
    if take_over and other is not None:
        audit.record(actor, "claim_taken_over", case)


def claim_for_batch(actor: Actor, cases: Sequence[UUID], until: datetime) -> None:
    """While a batch is held, its cases are its clerk's."""
    _take(actor, cases, until, over=True)


def release(actor: Actor, cases: Sequence[UUID]) -> None:
    """What was taken back from a held batch is nobody's again."""
    with connection.cursor() as cursor:
        cursor.execute(
            RELEASE,
            {"unit": actor.unit_id, "user": actor.user_id, "cases": list(cases), "now": clock.now()},
        )


def _take(actor: Actor, cases: Sequence[UUID], until: datetime, *, over: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "cases": list(cases),
                "unit": actor.unit_id,
                "user": actor.user_id,
                "name": actor.display_name,
                "now": clock.now(),
                "until": until,
                "over": over,
            },
        )
        return int(cursor.rowcount)
