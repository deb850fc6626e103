"""The guard lets a case follow its unit into the one it was merged with, and nowhere else without a decision."""

from django.db import migrations

FOLLOWS = """
-- The case stays where it stands on its route; only who holds it changes, to the recorded successor.
CREATE FUNCTION application_follows_merger(before applications_application, after applications_application)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT before.state = after.state AND before.step = after.step AND before.hop = after.hop
       AND after.version > before.version
       AND to_jsonb(before) - ARRAY['audit_seq', 'audit_hash', 'version', 'current_unit_id']
         = to_jsonb(after) - ARRAY['audit_seq', 'audit_hash', 'version', 'current_unit_id']
       AND EXISTS (SELECT FROM organizations_unit u
                    WHERE u.id = before.current_unit_id AND NOT u.active AND u.merged_into_id = after.current_unit_id)
$$;
"""
# The guard itself stays as it is; it is only not asked about a case that follows its unit.
GUARDED = """
DROP TRIGGER application_guard ON applications_application;
CREATE TRIGGER application_guard BEFORE UPDATE ON applications_application
    FOR EACH ROW {condition} EXECUTE FUNCTION application_guard();
"""
WITH_MERGERS = GUARDED.format(condition="WHEN (NOT application_follows_merger(OLD, NEW))")
WITHOUT = GUARDED.format(condition="")


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_achievements"), ("organizations", "0005_merged")]

    operations = [
        migrations.RunSQL(
            FOLLOWS + WITH_MERGERS,
            WITHOUT
            + "DROP FUNCTION application_follows_merger(applications_application, applications_application);",
        )
    ]
