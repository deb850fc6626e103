"""Hours of training bases of people of public institutions, for the 公共机构学习平台 to read (notice 三(三))."""

from django.db import migrations

from organizations.walls import ME_CLIENT, QUESTION

# Only what was committed before the oldest transaction that still runs, so that none appears behind the reader. Who is
# of a public institution is told by the unit of the newest application, as its nature is registered.
HOURS = f"""
CREATE FUNCTION hours_for_platform(after_change text, after_id uuid, most integer)
RETURNS TABLE (id uuid, changed text, valid boolean, person_id uuid, id_kind text, id_cipher bytea, name text,
    year integer, category text, hours numeric, number text, title text) {QUESTION} AS $$
    SELECT h.id, h.changed::text, h.valid, p.id, p.id_kind, p.id_cipher, p.name, h.year, h.category, h.hours,
           h.number, h.title
      FROM training_recognisedhours h JOIN organizations_person p ON p.id = h.person_id
     WHERE EXISTS (SELECT FROM training_provider v WHERE v.id = {ME_CLIENT} AND v.active AND v.source = 'platform')
       AND h.source = 'base' AND (h.changed, h.id) > (after_change::xid8, after_id)
       AND h.changed < pg_snapshot_xmin(pg_current_snapshot())
       AND (SELECT u.nature FROM applications_application a LEFT JOIN organizations_unit u ON u.id = a.employer_id
             WHERE a.person_id = h.person_id ORDER BY a.created_at DESC, a.id DESC LIMIT 1) = 'institution'
     ORDER BY h.changed, h.id LIMIT least(most, 500)
$$;
"""  # noqa: S608 -- fragments of our own


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0080_asked_and_done"),
        ("training", "0141_platform_walls"),
        ("organizations", "0080_system_role"),
    ]

    operations = [migrations.RunSQL(HOURS, "DROP FUNCTION hours_for_platform(text, uuid, integer);")]
