"""What a unit's people have in hand, asked by who keeps them: a bureau is not of the unit. Numbers, and days away."""

# ruff: noqa: S608 -- fragments of our own, no input
from django.db import migrations

from organizations.walls import ME_UNIT, QUESTION

KEPT = f"({{unit}} = {ME_UNIT} OR unit_cures({ME_UNIT}, {{unit}}))"
IN_HAND = f"""
CREATE FUNCTION cases_assigned_at(wanted uuid) RETURNS TABLE (account bigint, cases bigint) {QUESTION} AS $$
    SELECT s.user_id, count(*) FROM review_assignment s JOIN applications_application a ON a.id = s.application_id
     WHERE s.unit_id = wanted AND a.current_unit_id = wanted AND {KEPT.format(unit="wanted")}
       AND a.state IN ('employer_review', 'department_review', 'bureau_review') GROUP BY s.user_id ORDER BY s.user_id
$$;

CREATE FUNCTION absences_at(wanted uuid, today date) RETURNS SETOF review_absence {QUESTION} AS $$
    SELECT b.* FROM review_absence b
     WHERE b.unit_id = wanted AND b.last_day >= today AND {KEPT.format(unit="wanted")}
$$;

CREATE FUNCTION cases_held_by(units uuid[]) RETURNS TABLE (unit uuid, cases bigint) {QUESTION} AS $$
    SELECT a.current_unit_id, count(*) FROM applications_application a
     WHERE a.current_unit_id IN (SELECT u.id FROM organizations_unit u
            WHERE u.id = ANY (units) AND {KEPT.format(unit="u.id")})
       AND a.state IN ('employer_review', 'department_review', 'bureau_review') GROUP BY a.current_unit_id
$$;
"""
BACK = """
DROP FUNCTION cases_held_by(uuid[]);
DROP FUNCTION absences_at(uuid, date);
DROP FUNCTION cases_assigned_at(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0080_system_role")]

    operations = [migrations.RunSQL(IN_HAND, BACK)]
