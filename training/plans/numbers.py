"""备案编号: counted by the unit that accepts and by year, as a paper register is."""

from __future__ import annotations

from django.db import connection

from organizations.models import Unit
from training.models import TrainingPlan

DIGITS = 4


def next_number(plan: TrainingPlan) -> str:
    """The next number of the plan's supervising unit: PX2025-717879999-0012, year, 组织机构代码, count.

    Within the act that accepts: the unit's other acceptances of that year wait until it has ended. All plans are
    looked at, also those that went on to another unit in a merger, so that no number is given twice.
    """
    assert plan.supervisor is not None  # as the act made sure
    stem = f"PX{plan.year}-{_code(plan.supervisor)}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"training.number {stem}"])
        cursor.execute("SELECT plan_numbers_given(%s)", [stem])
        return f"{stem}{cursor.fetchone()[0] + 1:0{DIGITS}d}"


def _code(unit: Unit) -> str:
    """组织机构代码, the 9th to 17th character of the 统一社会信用代码; of a unit without one, its key's beginning."""
    return unit.uscc[8:17] or unit.pk.hex[:9].upper()
