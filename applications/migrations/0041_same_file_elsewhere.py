"""Which of many cases with the same file are told is the same on every day: all of one paper before the next one."""

from django.db import migrations

SAME_FILE = """
CREATE OR REPLACE FUNCTION file_elsewhere(wanted uuid)
RETURNS TABLE (filename text, year integer, other_year integer, other_unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
     ORDER BY here.year, mine.filename, there.year, unit.name
     LIMIT 20
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0040_revoked"), ("organizations", "0020_pinned_paths")]

    # Backwards the order is as good.
    operations = [migrations.RunSQL(SAME_FILE, migrations.RunSQL.noop)]
