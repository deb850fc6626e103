"""What units have in hand, for whoever keeps them: numbers and absences, nothing of the cases."""

# ruff: noqa: S608 -- fragments of our own, no input

from django.db import migrations

from organizations.walls import QUESTION

AT_WORK = f"""
CREATE FUNCTION cases_in_hand(wanted uuid[]) RETURNS TABLE (unit uuid, number bigint) {QUESTION} AS $$
    SELECT each, (SELECT count(*) FROM applications_application a WHERE a.current_unit_id = each
                     AND a.state IN ('employer_review', 'department_review', 'bureau_review'))
      FROM unnest(wanted) AS each WHERE unit_is_kept(each)
$$;

CREATE FUNCTION cases_assigned(wanted uuid) RETURNS TABLE (account bigint, number bigint) {QUESTION} AS $$
    SELECT g.user_id, count(*) FROM review_assignment g JOIN applications_application a ON a.id = g.application_id
     WHERE unit_is_kept(wanted) AND g.unit_id = wanted AND a.current_unit_id = wanted
       AND a.state IN ('employer_review', 'department_review', 'bureau_review') GROUP BY g.user_id
$$;

CREATE FUNCTION absences_ahead(wanted uuid, today date) RETURNS SETOF review_absence {QUESTION} AS $$
    SELECT b.* FROM review_absence b WHERE unit_is_kept(wanted) AND b.unit_id = wanted AND b.last_day >= today
$$;
"""
BACK = """
DROP FUNCTION absences_ahead(uuid, date);
DROP FUNCTION cases_assigned(uuid);
DROP FUNCTION cases_in_hand(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0080_system_role")]

    operations = [migrations.RunSQL(AT_WORK, BACK)]
