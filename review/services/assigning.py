"""分派: a head of desk gives cases to colleagues, evenly; deputies for days of absence. Nobody is barred (A78)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from applications.models import Application
from applications.states import IN_REVIEW
from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.models import Unit
from review import queries
from review.models import Absence

HEADS_ONLY = "分派由本单位管理员办理。"
NOBODY = "请选择分派给谁。"
NOT_A_COLLEAGUE = "所选人员已不是本单位的经办人，请重新选择。"
NOTHING = "所选申报都已不在本单位待办，没有可以分派的。"
# Joined with the cases as they are now: one that has just left the desk is no longer the unit's to give.
ASSIGN = """
INSERT INTO review_assignment (application_id, unit_id, user_id, assigned_by_id, at)
SELECT m.id, %(unit)s, m.who, %(by)s, %(now)s FROM unnest(%(cases)s::uuid[], %(users)s::bigint[]) AS m (id, who)
JOIN applications_application a ON a.id = m.id AND a.current_unit_id = %(unit)s ORDER BY m.id
ON CONFLICT ON CONSTRAINT a_case_is_assigned_once_in_a_unit DO UPDATE
SET user_id = excluded.user_id, assigned_by_id = excluded.assigned_by_id, at = excluded.at
"""


def must_be_head(actor: Actor) -> None:
    """Raises NotAllowed for whoever does not head the desk."""
    if actor.unit is None or not actor.is_unit_admin:
        raise NotAllowed(HEADS_ONLY)


@transaction.atomic
def assign(*, actor: Actor, cases: Sequence[UUID], to: Sequence[int]) -> int:
    """Shares the cases out among the colleagues (user ids), in turn from the longest waiting; returns how many.

    What does not lie on the desk any more is left out. Raises NotAllowed.
    """
    must_be_head(actor)
    if not to:
        raise NotAllowed(NOBODY, field="to")
    if not set(to) <= {member.user_id for member in queries.colleagues(actor)}:
        raise NotAllowed(NOT_A_COLLEAGUE, field="to")
    here = Application.objects.filter(current_unit_id=actor.unit_id, state__in=IN_REVIEW, pk__in=cases)
    found = list(here.order_by("arrived_at", "pk").values_list("pk", flat=True))
    if not found:
        raise NotAllowed(NOTHING)
    users = [to[turn % len(to)] for turn in range(len(found))]
    with connection.cursor() as cursor:
        cursor.execute(
            ASSIGN,
            {
                "cases": found,
                "users": users,
                "unit": actor.unit_id,
                "by": actor.user_id,
                "now": clock.now(),
            },
        )
        given = int(cursor.rowcount)
    if not given:
        raise NotAllowed(NOTHING)
    assert isinstance(actor.unit, Unit)
    audit.record(actor, "cases_assigned", actor.unit, cases=given, to=sorted(set(users)))
    return given


@transaction.atomic
def be_absent(*, actor: Actor, deputy: int, first_day: date, last_day: date) -> Absence:
    """From one day to another my cases are in the deputy's 我的 too. Raises NotAllowed naming the field."""
    if actor.unit_id is None or actor.user_id is None:
        raise NotYours
    if deputy == actor.user_id or deputy not in {each.user_id for each in queries.colleagues(actor)}:
        raise NotAllowed("请选择本单位的另一位经办人。", field="deputy")
    if last_day < first_day:
        raise NotAllowed("最后一天不能早于第一天。", field="last_day")
    if last_day < clock.today():
        raise NotAllowed("这段时间已经过去，请核对日期。", field="last_day")
    absence = Absence(
        unit_id=actor.unit_id,
        user_id=actor.user_id,
        deputy_id=deputy,
        first_day=first_day,
        last_day=last_day,
    )
    absence.save(force_insert=True)
    assert actor.unit is not None
    audit.record(actor, "absence_entered", actor.unit, deputy=deputy, first=first_day, last=last_day)
    return absence


@transaction.atomic
def be_back(*, actor: Actor, absence_id: int) -> None:
    """Takes one's own absence out again. Raises NotYours."""
    gone, _ = queries.absences(actor).filter(pk=absence_id, user_id=actor.user_id or 0).delete()
    if not gone:
        raise NotYours("没有找到该项请假。")
    assert actor.unit is not None
    audit.record(actor, "absence_ended", actor.unit)
