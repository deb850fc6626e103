"""What each paper proves, and whether somebody looked at what it was labelled (policy decision A82).

Papers that lie in a year already are tied to the activity there that asks for their kind. Where several ask for it,
only their person can say which: it is tied to all of them, and completes nothing until they have looked. Frozen
revisions stay as they are.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import rules
from organizations.walls import ME_PERSON, SYSTEM, protect, unprotect

TIE = "applications_tie"
TAKES_PART = f"""{SYSTEM} OR EXISTS (SELECT FROM applications_participant p
    WHERE p.application_id = {TIE}.application_id)"""
BEING_FILLED_IN = f"""EXISTS (SELECT FROM applications_application a
    WHERE a.id = {TIE}.application_id AND a.person_id = {ME_PERSON}
      AND a.state IN ('draft', 'returned', 'withdrawn'))"""
WITHIN = f"""{BEING_FILLED_IN}
    AND EXISTS (SELECT FROM applications_evidence e
        WHERE e.id = {TIE}.evidence_id AND e.application_id = {TIE}.application_id)
    AND EXISTS (SELECT FROM applications_activity y
        WHERE y.id = {TIE}.activity_id AND y.application_id = {TIE}.application_id)"""  # noqa: S608 -- no input

DISCARD = """
CREATE OR REPLACE FUNCTION discard_draft(wanted uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM applications_application
     WHERE id = wanted AND state = 'draft' AND revision = 0
       AND person_id = nullif(current_setting('app.person', true), '')::uuid FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    {ties}DELETE FROM applications_evidence WHERE application_id = wanted;
    DELETE FROM applications_activity WHERE application_id = wanted;
    DELETE FROM applications_yearentry WHERE application_id = wanted;
    DELETE FROM applications_participant WHERE application_id = wanted;
    UPDATE applications_application SET copied_from_id = NULL WHERE copied_from_id = wanted;
    DELETE FROM applications_application WHERE id = wanted;
    RETURN true;
END $$;
"""
WITH_TIES = DISCARD.format(ties="DELETE FROM applications_tie WHERE application_id = wanted;\n    ")
WITHOUT = DISCARD.format(ties="")

TIE_PAPERS = """
INSERT INTO applications_tie (id, application_id, evidence_id, activity_id)
SELECT gen_random_uuid(), e.application_id, e.id, a.id
  FROM applications_evidence e
  JOIN applications_activity a ON a.year_entry_id = e.year_entry_id
  JOIN applications_application c ON c.id = e.application_id
  JOIN applications_filingsession s ON s.id = c.session_id
 WHERE s.policy = %s AND a.basis IN ('declared', 'computed')
   AND (a.form, a.kind, e.kind) IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]))
"""
ASK = """
UPDATE applications_evidence SET confirmed = false
 WHERE id IN (SELECT evidence_id FROM applications_tie GROUP BY evidence_id HAVING count(*) > 1)
"""


def asked_for(policy):
    """(form, kind or "", document) for every paper that some way of proof names, the earlier slip aside."""
    pairs = [(form.key, "") for form in policy.forms] + [(kind.form, kind.key) for kind in policy.kinds]
    for form, kind in pairs:
        ways = rules.evidence_gap(policy, form=form, kind=kind or None).ways
        for document in {each for way in ways for slot in way.papers for each in slot}:
            if document != policy.prior_document:
                yield form, kind, document


def tie(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT policy FROM applications_filingsession")
        for (key,) in cursor.fetchall():
            wanted = list(asked_for(rules.load_policy(key)))
            cursor.execute(TIE_PAPERS, [key, *map(list, zip(*wanted, strict=True))])
        cursor.execute(ASK)
        # Later statements of this migration change the table, which waiting checks of its keys would forbid.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_achievements")]

    operations = [
        migrations.AddField(
            "evidence", "confirmed", models.BooleanField("已核对", default=True, db_default=True)
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to="applications.application",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to="applications.evidence",
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ties",
                        to="applications.activity",
                    ),
                ),
            ],
            options={"verbose_name": "材料证明的活动"},
        ),
        migrations.AddConstraint(
            "tie",
            models.UniqueConstraint(
                fields=["evidence", "activity"],
                name="a_paper_is_tied_once",
                violation_error_message="这份材料已经标明证明该活动。",
            ),
        ),
        migrations.RunPython(tie, migrations.RunPython.noop),
        migrations.RunSQL(
            protect(
                TIE,
                select=TAKES_PART,
                insert=WITHIN,
                delete=BEING_FILLED_IN,
            ),
            unprotect(TIE, "select", "insert", "delete"),
        ),
        migrations.RunSQL(WITH_TIES, WITHOUT),
    ]
