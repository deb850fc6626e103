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
GUARD = """
CREATE OR REPLACE FUNCTION application_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    process text[] := chain || ARRAY['state', 'version', 'step', 'hop', 'current_unit_id', 'arrived_at',
                                     'decided_at', 'years_met', 'warnings'];
    editable boolean := OLD.state IN ('draft', 'returned', 'withdrawn');
    moves boolean := OLD.state <> NEW.state OR OLD.step IS DISTINCT FROM NEW.step OR OLD.hop <> NEW.hop
                     OR OLD.current_unit_id IS DISTINCT FROM NEW.current_unit_id;
    applicant boolean := OLD.person_id IS NOT DISTINCT FROM nullif(current_setting('app.person', true), '')::uuid;
BEGIN
    IF NEW.person_id <> OLD.person_id OR NEW.session_id <> OLD.session_id THEN
        PERFORM application_refuse('an_application_keeps_its_person', 'person and session never change');
    END IF;
    {follows}
    IF moves THEN
        IF NOT application_edge(OLD.state, NEW.state) THEN
            PERFORM application_refuse('only_legal_edges', format('no way from %s to %s', OLD.state, NEW.state));
        END IF;
        IF NEW.version <= OLD.version THEN
            PERFORM application_refuse('a_step_raises_the_version', 'a step must raise the version');
        END IF;
        PERFORM application_check_actor(OLD, NEW);
        PERFORM application_check_place(OLD, NEW);
        IF NOT editable AND to_jsonb(OLD) - process <> to_jsonb(NEW) - process THEN
            PERFORM application_refuse('what_is_filed_is_frozen', 'what is filed is not changed in review');
        END IF;
    ELSIF NOT (editable AND applicant) AND to_jsonb(OLD) - chain <> to_jsonb(NEW) - chain THEN
        PERFORM application_refuse('what_is_filed_is_frozen', 'what is filed is not changed in review');
    END IF;
    RETURN NEW;
END $$;
"""
WITH_MERGERS = GUARD.replace(
    "{follows}", "IF moves AND application_follows_merger(OLD, NEW) THEN RETURN NEW; END IF;"
)
WITHOUT = GUARD.replace("{follows}", "")


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_achievements"), ("organizations", "0005_merged")]

    operations = [
        migrations.RunSQL(
            FOLLOWS + WITH_MERGERS,
            WITHOUT
            + "DROP FUNCTION application_follows_merger(applications_application, applications_application);",
        )
    ]
