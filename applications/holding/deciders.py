"""Who can decide a case now, and if nobody, why: one statement for any number of cases.

Reads the registry and the decisions as the system, because whoever cures a case, and whoever filed it, see neither
the accounts of the unit nor each other. `review.permissions` says the same of one account; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Membership, Unit

TASK = "applications.holding"


class Why(models.TextChoices):
    """Why nobody can take a case further."""

    OVER = "over", "审核期已结束，未办结"
    CLOSED = "closed", "单位已停用"
    NO_ACCOUNT = "no_account", "单位没有可用的账号"
    NO_IDENTITY = "no_identity", "单位账号都没有登记身份证号码"
    OWN = "own", "单位只有申报人本人一个账号"
    DECIDED = "decided", "单位其他人员在前面环节已审核过"
    NO_NEXT = "no_next", "下一审核单位不存在或已停用"


# Rows: case, unit, parent of the unit, region of the unit, its affiliation and level, reason. Persons count, not
# accounts. At most the applicant and one person per earlier hop are kept out, so units with more people than that
# are passed over without a look at each case. %(only)s narrows the cases.
STUCK = """
WITH able AS (
    SELECT m.unit_id, count(DISTINCT us.person_id) AS people, count(*) AS accounts
      FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
     WHERE m.unit_id IN (
        SELECT a.current_unit_id FROM applications_application a
         WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND {only})
     GROUP BY m.unit_id
), held AS (
    SELECT a.id, a.current_unit_id AS unit, coalesce(a.standing_for_id, a.current_unit_id) AS place, a.person_id,
           a.revision, a.hop, a.arrived_at, a.region_id, a.steps[a.step + 1] AS here, a.steps[a.step + 2] AS next,
           u.active, u.parent_id, u.region_id AS unit_region, u.affiliation, u.bureau_level,
           coalesce(able.people, 0) AS people, coalesce(able.accounts, 0) AS accounts,
           NOT (s.opens_at <= %(now)s AND %(now)s < s.review_until) AS over
      FROM applications_application a
      JOIN organizations_unit u ON u.id = a.current_unit_id
      JOIN applications_filingsession s ON s.id = a.session_id
      LEFT JOIN able ON able.unit_id = a.current_unit_id
     WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND {only}
), ways AS (
    SELECT w.*, CASE
        WHEN (w.here = 'department' AND p.parent_id IS NOT NULL AND NOT p.top_level) OR w.next = 'department'
            THEN EXISTS (SELECT FROM organizations_unit o WHERE o.id = p.parent_id AND o.active)
        WHEN w.next LIKE 'bureau:%%' THEN EXISTS (
            SELECT FROM organizations_unit o WHERE o.active AND o.bureau_level = split_part(w.next, ':', 2)
               AND o.region_id IN (w.region_id, left(w.region_id, 4) || '00', left(w.region_id, 2) || '0000'))
        ELSE true END AS passable
      FROM (SELECT DISTINCT place, here, next, region_id FROM held) w
      JOIN organizations_unit p ON p.id = w.place
), reasons AS (
    SELECT h.*, CASE
        WHEN h.over THEN 'over'
        WHEN NOT h.active THEN 'closed'
        WHEN h.accounts = 0 THEN 'no_account'
        WHEN h.people = 0 THEN 'no_identity'
        WHEN h.people <= h.hop + 1 AND NOT EXISTS (
            SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
             WHERE m.unit_id = h.unit AND us.person_id <> h.person_id AND NOT EXISTS (
                SELECT FROM applications_decision d WHERE d.application_id = h.id AND d.revision = h.revision
                   AND d.person_id = us.person_id))
            THEN CASE WHEN EXISTS (
                SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
                 WHERE m.unit_id = h.unit AND us.person_id <> h.person_id) THEN 'decided' ELSE 'own' END
        WHEN NOT w.passable THEN 'no_next'
        END AS why
      FROM held h
      JOIN ways w ON (w.place, w.here, w.region_id) = (h.place, h.here, h.region_id)
                 AND w.next IS NOT DISTINCT FROM h.next
)
"""
THESE = "a.id = ANY (%(cases)s)"
ABLE = """
SELECT a.id, us.id FROM applications_application a
  JOIN organizations_unit u ON u.id = a.current_unit_id AND u.active
  JOIN applications_filingsession s ON s.id = a.session_id AND s.opens_at <= %(now)s AND %(now)s < s.review_until
  JOIN organizations_membership m ON m.unit_id = a.current_unit_id
  JOIN organizations_user us ON us.id = m.user_id AND us.is_active AND us.person_id <> a.person_id
 WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND a.id = ANY (%(cases)s)
   AND NOT EXISTS (SELECT FROM applications_decision d WHERE d.application_id = a.id AND d.revision = a.revision
                      AND d.person_id = us.person_id)
"""


@dataclass(frozen=True)
class Reach:
    """The accounts that may decide a case now (ids of users), and the reason why it goes no further, if any.

    With `Why.NO_NEXT` there are accounts: they can return or refuse it, and nobody can pass it on.
    """

    accounts: frozenset[int]
    why: Why | None


def of_cases(cases: Iterable[UUID], now: datetime | None = None) -> dict[UUID, Reach]:
    """Who can decide each of these cases now; those that are not in review are left out. Two statements."""
    values = {"cases": list(cases), "now": now or clock.now()}
    with scope(Actor.system(TASK)):
        why = dict(_rows(f"{STUCK.format(only=THESE)} SELECT id, why FROM reasons", values))  # noqa: S608 -- ours
        accounts: dict[UUID, set[int]] = {}
        for case, user in _rows(ABLE, values):
            accounts.setdefault(case, set()).add(user)
    return {
        case: Reach(frozenset(accounts.get(case, ())), Why(reason) if reason else None)
        for case, reason in why.items()
    }


def why_not_at(unit: Unit, person_id: UUID) -> Why | None:
    """Why nobody at an active unit could decide what this person is about to file; None where somebody could.

    Those reasons of `STUCK` that hang on its accounts alone, asked before there is a case. One statement.
    """
    with scope(Actor.system(TASK)):
        living = Membership.objects.filter(unit=unit, user__is_active=True)
        people = list(living.values_list("user__person_id", flat=True))
    if not people:
        return Why.NO_ACCOUNT
    known = {person for person in people if person is not None}
    if not known:
        return Why.NO_IDENTITY
    return Why.OWN if known == {person_id} else None


def why_not(cases: Iterable[UUID]) -> dict[UUID, Why]:
    """Why nobody can take these cases further; those that somebody can, and those not in review, are left out."""
    asked = list(cases)
    if not asked:
        return {}
    rows = ask("SELECT id, why FROM reasons WHERE why IS NOT NULL", THESE, {"cases": asked})
    return {case: Why(why) for case, why in rows}


def of_case(case: UUID, now: datetime | None = None) -> Reach | None:
    """The same for one case; None when it is not in review."""
    return of_cases([case], now).get(case)


def ask(wanted: str, only: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of `wanted`, SQL over the table `reasons`, of the cases that `only` leaves: fragments of our own."""
    with scope(Actor.system(TASK)):
        return _rows(STUCK.format(only=only) + wanted, {"now": clock.now(), **values})


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
