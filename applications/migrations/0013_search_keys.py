"""The owner role may recompute how a case is found by name; what was filed stays as frozen as before.

The guard rests for a row of which nothing but the search keys changes, and only for the role that owns the table:
whoever serves people is never that role.
"""

from django.db import migrations

REKEYED = """
CREATE FUNCTION application_is_rekeyed(before applications_application, after applications_application)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN pg_get_userbyid((SELECT relowner FROM pg_class
                                       WHERE oid = 'applications_application'::regclass)) = current_user
           THEN to_jsonb(before) - ARRAY['pinyin', 'initials'] = to_jsonb(after) - ARRAY['pinyin', 'initials']
           ELSE false END
$$;
"""
GUARDED = """
DROP TRIGGER application_guard ON applications_application;
CREATE TRIGGER application_guard BEFORE UPDATE ON applications_application
    FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION application_guard();
"""
MERGERS = "NOT application_follows_merger(OLD, NEW)"


class Migration(migrations.Migration):
    dependencies = [("applications", "0012_revision_walls")]

    operations = [
        migrations.RunSQL(
            REKEYED + GUARDED.format(condition=f"{MERGERS} AND NOT application_is_rekeyed(OLD, NEW)"),
            GUARDED.format(condition=MERGERS)
            + "DROP FUNCTION application_is_rekeyed(applications_application, applications_application);",
        )
    ]
