"""The achievement behind an activity, and what a bureau may learn of the same one elsewhere (decision A24)."""

from django.db import migrations, models

# Asked by the bureau that has the case, and only while its rows are what was filed with it: what the applicant
# edits after it came back, or files later past this bureau, is not told. It learns the person's other claims of
# the same achievement, and the same file in somebody else's case. For every other unit the answer is empty; it is
# told "also elsewhere" by the frozen revision. An earlier 学时认定单 covers several years, so its file proves nothing.
ELSEWHERE = """
CREATE FUNCTION bureau_with_case(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT FROM applications_participant p
          JOIN organizations_unit u ON u.id = p.unit_id
          JOIN applications_application a ON a.id = p.application_id
         WHERE p.application_id = wanted AND u.bureau_level <> ''
           AND a.state NOT IN ('draft', 'returned', 'withdrawn') AND p.revision = a.revision
           AND u.id = nullif(current_setting('app.unit', true), '')::uuid)
$$;

CREATE FUNCTION achievement_elsewhere(wanted uuid)
RETURNS TABLE (title text, year integer, other_year integer, other_session text, other_unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT mine.title::text, here.year::integer, there.year::integer, session.name::text,
           coalesce(unit.name, '')::text
      FROM applications_activity mine
      JOIN applications_yearentry here ON here.id = mine.year_entry_id
      JOIN applications_application case_ ON case_.id = mine.application_id
      JOIN applications_activity other ON other.achievement = mine.achievement AND other.id <> mine.id
      JOIN applications_yearentry there ON there.id = other.year_entry_id
      JOIN applications_application filed ON filed.id = other.application_id
      JOIN applications_filingsession session ON session.id = filed.session_id
      LEFT JOIN organizations_unit unit ON unit.id = filed.employer_id
     WHERE mine.application_id = wanted AND mine.achievement <> ''
       AND bureau_with_case(wanted)
       AND filed.person_id = case_.person_id
       AND (filed.id = case_.id OR (there.year <> here.year AND filed.state NOT IN ('draft', 'rejected')))
     ORDER BY here.year, there.year
$$;

CREATE FUNCTION file_elsewhere(wanted uuid)
RETURNS TABLE (filename text, year integer, other_year integer, other_unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT mine.filename::text, here.year::integer, there.year::integer, coalesce(unit.name, '')::text
      FROM applications_evidence mine
      JOIN applications_yearentry here ON here.id = mine.year_entry_id
      JOIN applications_application case_ ON case_.id = mine.application_id
      JOIN applications_evidence other ON other.sha256 = mine.sha256
      JOIN applications_yearentry there ON there.id = other.year_entry_id
      JOIN applications_application filed ON filed.id = other.application_id
      LEFT JOIN organizations_unit unit ON unit.id = filed.employer_id
     WHERE mine.application_id = wanted AND mine.prior_from IS NULL
       AND bureau_with_case(wanted)
       AND filed.person_id <> case_.person_id AND filed.revision > 0
     ORDER BY here.year, there.year
     LIMIT 20
$$;
"""
ELSEWHERE_BACK = """
DROP FUNCTION file_elsewhere(uuid);
DROP FUNCTION achievement_elsewhere(uuid);
DROP FUNCTION bureau_with_case(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_notice_walls")]

    operations = [
        migrations.AddField(
            "activity", "achievement", models.CharField(blank=True, editable=False, max_length=400)
        ),
        migrations.AddIndex(
            "activity",
            models.Index(
                condition=~models.Q(achievement=""), fields=["achievement"], name="activity_achievement"
            ),
        ),
        migrations.RunSQL(ELSEWHERE, ELSEWHERE_BACK),
    ]
