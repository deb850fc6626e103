"""Revoking because of single years: only what holds one of them falls, and the approval behind it is marked."""

import django.contrib.postgres.fields
from django.db import migrations, models

# As in 0005; a certificate falls only where it holds one of the years that two people agreed on (none: all of them).
GUARD = """
CREATE OR REPLACE FUNCTION certificate_guard() RETURNS trigger
LANGUAGE plpgsql {path} AS $$
DECLARE
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    moving text[] := CASE WHEN current_setting('app.kind', true) = 'system'
        THEN chain || ARRAY['state', 'storage_key', 'sha256', 'size', 'rendered_at', 'superseded_by_id',
                            'ended_at', 'ended_reason'] ELSE chain END;
BEGIN
    IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving
       OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
           (('pending', 'ready'), ('pending', 'superseded'), ('ready', 'superseded'),
            ('pending', 'revoked'), ('ready', 'revoked'), ('superseded', 'revoked')))
       OR (OLD.state = NEW.state AND (OLD.superseded_by_id, OLD.ended_at, OLD.ended_reason)
           IS DISTINCT FROM (NEW.superseded_by_id, NEW.ended_at, NEW.ended_reason))
       OR (OLD.sha256 <> '' AND (OLD.sha256, OLD.storage_key, OLD.size, OLD.rendered_at)
           IS DISTINCT FROM (NEW.sha256, NEW.storage_key, NEW.size, NEW.rendered_at)) THEN
        RAISE EXCEPTION 'a certificate keeps what it says' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_certificate_keeps_what_it_says', TABLE = 'certificates_certificate';
    END IF;
    IF NEW.state = 'revoked' AND OLD.state <> 'revoked' AND NOT EXISTS (
        SELECT FROM certificates_revocation r JOIN certificates_certificate c ON c.id = r.certificate_id
        WHERE r.state = 'confirmed'{holds}
          AND (c.id = OLD.id OR (c.by_approval AND c.application_id = ANY (OLD.lent_by)))) THEN
        RAISE EXCEPTION 'two people revoke a certificate' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'two_people_revoke_a_certificate', TABLE = 'certificates_certificate';
    END IF;
    RETURN NEW;
END $$;
"""
PATH = "SET search_path = pg_catalog, public, pg_temp"
HOLDS = """
          AND (r.years = '{}' OR EXISTS (SELECT FROM unnest(r.years) AS year
                                         WHERE year BETWEEN OLD.from_year AND OLD.to_year))"""
OF_THE_YEARS = GUARD.replace("{path}", PATH).replace("{holds}", HOLDS)
OF_ALL = GUARD.replace("{path}", PATH).replace("{holds}", "")

MARK = f"""
CREATE FUNCTION application_mark_is_true() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM certificates_certificate c
                   WHERE c.application_id = NEW.id AND c.by_approval AND c.state = 'revoked') THEN
        RAISE EXCEPTION 'an approval falls with its certificate' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'an_approval_falls_with_its_certificate', TABLE = 'applications_application';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_mark_is_true BEFORE UPDATE OF revoked_at ON applications_application
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION application_mark_is_true();
"""
MARK_BACK = """
DROP TRIGGER application_mark_is_true ON applications_application;
DROP FUNCTION application_mark_is_true();
"""

# Approvals whose certificate was revoked before there was a mark.
BACKFILL = """
SELECT set_config('app.kind', 'system', true);
UPDATE applications_application a SET revoked_at = c.ended_at FROM certificates_certificate c
 WHERE c.application_id = a.id AND c.by_approval AND c.state = 'revoked' AND a.revoked_at IS NULL;
SELECT set_config('app.kind', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0020_counter_wall"), ("applications", "0040_revoked")]

    operations = [
        migrations.AddField(
            "revocation",
            "years",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                default=list,
                size=None,
                verbose_name="涉及年度",
            ),
        ),
        migrations.RunSQL(OF_THE_YEARS, OF_ALL),
        migrations.RunSQL(MARK, MARK_BACK),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
