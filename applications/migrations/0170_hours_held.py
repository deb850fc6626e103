"""The hours behind a case stay as they are while it is approved, because a record falls by a task of its own.

Without it a record could fall between the question and the approval, and the approval would rest on nothing.
"""

from django.db import migrations

from organizations.walls import ACT

# By their keys, as whoever lets hours fall takes them. The second statement sees what the first waited for.
FUNCTION = f"""
CREATE FUNCTION hours_behind_held(cases uuid[])
RETURNS TABLE (application_id uuid, title text, source text, stands boolean) {ACT} AS $$
BEGIN
    PERFORM 1 FROM training_recognisedhours r WHERE r.id IN (
        SELECT a.recognised_id FROM applications_activity a
         WHERE a.application_id = ANY (cases) AND takes_part(a.application_id)) ORDER BY r.id FOR SHARE;
    RETURN QUERY SELECT h.application_id, h.title, h.source, h.stands FROM hours_behind(cases) h;
END $$;
"""  # noqa: S608 -- fragments of our own, no input


class Migration(migrations.Migration):
    dependencies = [("applications", "0140_hours_for_platform")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION hours_behind_held(uuid[]);")]
