"""The second wall of applications: who sees which row, and who joins a case."""

from django.db import migrations

from organizations.walls import ME_PERSON, ME_UNIT, SYSTEM, protect, revoke, unprotect

# Whoever holds or held a case takes part in it. Runs as the owner: the runtime role cannot write the table.
JOIN = """
CREATE FUNCTION application_joins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO applications_participant (application_id, person_id, revision, since)
        VALUES (NEW.id, NEW.person_id, 0, now());
    ELSIF NEW.current_unit_id IS NOT NULL AND NEW.current_unit_id IS DISTINCT FROM OLD.current_unit_id THEN
        INSERT INTO applications_participant (application_id, unit_id, revision, since)
        VALUES (NEW.id, NEW.current_unit_id, NEW.revision, now())
        ON CONFLICT (application_id, unit_id) WHERE person_id IS NULL
        DO UPDATE SET revision = EXCLUDED.revision;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER application_joins AFTER INSERT OR UPDATE OF current_unit_id ON applications_application
    FOR EACH ROW EXECUTE FUNCTION application_joins();

-- 删除: only a draft that nobody but its applicant ever saw.
CREATE FUNCTION discard_draft(wanted uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM applications_application
     WHERE id = wanted AND state = 'draft' AND revision = 0
       AND person_id = nullif(current_setting('app.person', true), '')::uuid FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM applications_evidence WHERE application_id = wanted;
    DELETE FROM applications_activity WHERE application_id = wanted;
    DELETE FROM applications_yearentry WHERE application_id = wanted;
    DELETE FROM applications_participant WHERE application_id = wanted;
    UPDATE applications_application SET copied_from_id = NULL WHERE copied_from_id = wanted;
    DELETE FROM applications_application WHERE id = wanted;
    RETURN true;
END $$;
"""
JOIN_BACK = """
DROP FUNCTION discard_draft(uuid);
DROP TRIGGER application_joins ON applications_application;
DROP FUNCTION application_joins();
"""

# The order matters for the planner: the first two keep the inbox index, the third is the exception.
TAKES_PART = f"""current_unit_id = {ME_UNIT} OR person_id = {ME_PERSON} OR {SYSTEM} OR EXISTS (
    SELECT FROM applications_participant p
    WHERE p.application_id = applications_application.id AND p.unit_id = {ME_UNIT})"""


def takes_part(table: str) -> str:
    return f"""{SYSTEM} OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = {table}.application_id)"""


def seen(table: str) -> str:
    """Like `takes_part`; of the revisions a unit sees those up to the last one that reached it."""
    if table != "applications_revision":
        return takes_part(table)
    return f"""{SYSTEM} OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = {table}.application_id AND (p.unit_id IS NULL OR {table}.number <= p.revision))"""


def being_filled_in(table: str) -> str:
    """Only the applicant, and only while the application is editable."""
    return f"""EXISTS (SELECT FROM applications_application a
        WHERE a.id = {table}.application_id AND a.person_id = {ME_PERSON}
          AND a.state IN ('draft', 'returned', 'withdrawn'))"""


WORKING = ["applications_yearentry", "applications_activity", "applications_evidence"]
RECORDS = {
    "applications_revision": f"""EXISTS (SELECT FROM applications_application a
        WHERE a.id = application_id AND a.person_id = {ME_PERSON}
          AND a.state IN ('draft', 'returned', 'withdrawn'))""",
    "applications_decision": f"""unit_id = {ME_UNIT} AND person_id = {ME_PERSON}
        AND EXISTS (SELECT FROM applications_application a
            WHERE a.id = application_id AND a.current_unit_id = {ME_UNIT} AND a.person_id <> {ME_PERSON}
              AND a.revision = applications_decision.revision AND a.hop = applications_decision.hop)""",
    "applications_assessment": f"""EXISTS (SELECT FROM applications_decision d
        WHERE d.id = decision_id AND d.application_id = applications_assessment.application_id
          AND d.unit_id = {ME_UNIT})""",
}


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_initial"), ("organizations", "0002_walls")]

    operations = [
        migrations.RunSQL(JOIN, JOIN_BACK),
        migrations.RunSQL(
            protect(
                "applications_participant",
                select=f"unit_id = {ME_UNIT} OR person_id = {ME_PERSON} OR {SYSTEM}",
            )
            + revoke("applications_participant", "INSERT", "UPDATE", "DELETE"),
            unprotect("applications_participant", "select"),
        ),
        migrations.RunSQL(
            protect(
                "applications_application",
                select=TAKES_PART,
                insert=f"person_id = {ME_PERSON}",
                update=TAKES_PART,
            )
            + revoke("applications_application", "DELETE"),
            unprotect("applications_application", "select", "insert", "update"),
        ),
        *[
            migrations.RunSQL(
                protect(
                    table,
                    select=takes_part(table),
                    insert=being_filled_in(table),
                    update=being_filled_in(table),
                    delete=being_filled_in(table),
                ),
                unprotect(table, "select", "insert", "update", "delete"),
            )
            for table in WORKING
        ],
        *[
            migrations.RunSQL(
                protect(table, select=seen(table), insert=condition) + revoke(table, "UPDATE", "DELETE"),
                unprotect(table, "select", "insert"),
            )
            for table, condition in RECORDS.items()
        ],
        # An event about an application is seen by those who take part in it; others by whoever did it.
        migrations.RunSQL(
            protect(
                "organizations_event",
                select=f"""{SYSTEM} OR person_id = {ME_PERSON} OR unit_id = {ME_UNIT}
                    OR (subject = 'application' AND EXISTS (
                        SELECT FROM applications_participant p
                        WHERE p.application_id = organizations_event.subject_id))""",
                insert=f"""{SYSTEM} OR (person_id IS NOT DISTINCT FROM {ME_PERSON}
                    AND unit_id IS NOT DISTINCT FROM {ME_UNIT})""",
            ),
            unprotect("organizations_event", "select", "insert"),
        ),
    ]
