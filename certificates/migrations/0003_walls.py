"""Certificates: seen by their person and the units of the case; verified by the public by number and name."""

from django.db import migrations

from organizations.walls import ME_PERSON, ME_UNIT, SYSTEM, protect, revoke, unprotect

# The public learns only whether number and name belong together, and what the paper itself says.
VERIFY = """
CREATE FUNCTION certificate_for(wanted_number text, wanted_name text)
RETURNS TABLE (sheet text, state text, issued_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.sheet, c.state, c.issued_at FROM certificates_certificate c
    WHERE c.number = wanted_number AND (c.sheet::jsonb ->> 'name') = wanted_name
$$;

CREATE FUNCTION certificate_with_token(wanted text)
RETURNS TABLE (sheet text, state text, issued_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.sheet, c.state, c.issued_at FROM certificates_certificate c WHERE c.token = wanted
$$;

-- A certificate keeps its facts: only its way from 'pending' to 'ready' and to 'revoked' is written, and only
-- by our own tasks. Everybody else who sees it may add to its trail, nothing more.
CREATE FUNCTION certificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    moving text[] := CASE WHEN current_setting('app.kind', true) = 'system'
        THEN chain || ARRAY['state', 'storage_key', 'sha256', 'size', 'rendered_at'] ELSE chain END;
BEGIN
    IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving
       OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
           (('pending', 'ready'), ('pending', 'revoked'), ('ready', 'revoked')))
       OR (OLD.sha256 <> '' AND (OLD.sha256 <> NEW.sha256 OR OLD.storage_key <> NEW.storage_key)) THEN
        RAISE EXCEPTION 'a certificate keeps what it says' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_certificate_keeps_what_it_says', TABLE = 'certificates_certificate';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_guard BEFORE UPDATE ON certificates_certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_guard();
"""
VERIFY_BACK = """
DROP TRIGGER certificate_guard ON certificates_certificate;
DROP FUNCTION certificate_guard();
DROP FUNCTION certificate_with_token(text);
DROP FUNCTION certificate_for(text, text);
"""

SEEN = f"""person_id = {ME_PERSON} OR {SYSTEM} OR EXISTS (SELECT FROM applications_participant p
    WHERE p.application_id = certificates_certificate.application_id AND p.unit_id = {ME_UNIT})"""

WRITES_ITS_OWN_HOURS = """EXISTS (SELECT FROM certificates_certificate c
    WHERE c.number = training_recognisedhours.number AND c.person_id = training_recognisedhours.person_id
      AND training_recognisedhours.source = 'certificate'
      AND training_recognisedhours.year BETWEEN c.from_year AND c.to_year)"""


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_initial"),
        ("applications", "0004_guard"),
        ("training", "0002_walls"),
    ]

    operations = [
        migrations.RunSQL(VERIFY, VERIFY_BACK),
        migrations.RunSQL(
            protect(
                "certificates_certificate",
                select=SEEN,
                # The bureau that holds the case issues; the applicant asks for a further range of it later.
                insert=f"""EXISTS (SELECT FROM applications_application a
                    WHERE a.id = application_id AND a.person_id = certificates_certificate.person_id
                      AND (a.current_unit_id = {ME_UNIT} OR (a.state = 'approved'
                           AND (a.person_id = {ME_PERSON} OR issued_by_id = {ME_UNIT}))))""",
                update=SEEN,
            )
            + revoke("certificates_certificate", "DELETE")
            + revoke("certificates_numbercounter", "DELETE"),
            unprotect("certificates_certificate", "select", "insert", "update"),
        ),
        migrations.RunSQL(
            f"CREATE POLICY training_recognisedhours_insert ON training_recognisedhours FOR INSERT "
            f"WITH CHECK ({WRITES_ITS_OWN_HOURS});",
            "DROP POLICY training_recognisedhours_insert ON training_recognisedhours;",
        ),
    ]
