"""What the virus scanner said of each file, and who may say so.

The applicant's own session must not be able to lift a quarantine, and the scanner's task must not be able to
change anything else: a trigger holds both. The task is a system actor, so the policy for changes lets it in.
"""

from django.db import migrations, models

from organizations.walls import ME_PERSON, SYSTEM

BEING_FILLED_IN = f"""EXISTS (SELECT FROM applications_application a
    WHERE a.id = applications_evidence.application_id AND a.person_id = {ME_PERSON}
      AND a.state IN ('draft', 'returned', 'withdrawn'))"""

GUARD = f"""
ALTER POLICY applications_evidence_update ON applications_evidence
    USING ({BEING_FILLED_IN} OR {SYSTEM}) WITH CHECK ({BEING_FILLED_IN} OR {SYSTEM});

CREATE FUNCTION evidence_scan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    verdict text[] := ARRAY['scan', 'scanned_at'];
BEGIN
    IF current_setting('app.kind', true) IS NOT DISTINCT FROM 'system' THEN
        IF to_jsonb(OLD) - verdict <> to_jsonb(NEW) - verdict THEN
            RAISE EXCEPTION 'the scanner changes nothing but its verdict'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'the_scanner_only_judges';
        END IF;
    ELSIF ROW(OLD.scan, OLD.scanned_at, OLD.sha256, OLD.storage_key)
          IS DISTINCT FROM ROW(NEW.scan, NEW.scanned_at, NEW.sha256, NEW.storage_key) THEN
        RAISE EXCEPTION 'only the scanner lifts a quarantine'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'only_the_scanner_judges';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_scan_guard BEFORE UPDATE ON applications_evidence
    FOR EACH ROW EXECUTE FUNCTION evidence_scan_guard();
"""
BACK = f"""
DROP TRIGGER evidence_scan_guard ON applications_evidence;
DROP FUNCTION evidence_scan_guard();
ALTER POLICY applications_evidence_update ON applications_evidence
    USING ({BEING_FILLED_IN}) WITH CHECK ({BEING_FILLED_IN});
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_guard")]

    operations = [
        migrations.AlterField("evidence", "filename", models.CharField("文件名", max_length=255)),
        migrations.AddField(
            "evidence",
            "scan",
            models.CharField(
                "安全检查",
                max_length=8,
                choices=[("clean", "可以使用"), ("waiting", "正在等待安全检查"), ("infected", "发现病毒")],
                default="clean",
            ),
        ),
        migrations.AddField(
            "evidence", "scanned_at", models.DateTimeField(null=True, blank=True, editable=False)
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                name="evidence_has_a_scan_state",
                condition=models.Q(scan="clean")
                | models.Q(scan="waiting", scanned_at=None)
                | models.Q(scan="infected", scanned_at__isnull=False),
            ),
        ),
        migrations.AddIndex("evidence", models.Index(fields=["sha256"], name="evidence_by_content")),
        migrations.RunSQL(GUARD, BACK),
    ]
