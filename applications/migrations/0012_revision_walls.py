"""A unit reads the decisions on revisions that reached it; of what was filed later past it, it reads none."""

from django.db import migrations

from organizations.walls import ME_UNIT, SYSTEM

# Its own decisions first, for the planner (0008).
DECISIONS = f"""
ALTER POLICY applications_decision_select ON applications_decision USING (
    unit_id = {ME_UNIT} OR {SYSTEM} OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = applications_decision.application_id
          AND (p.unit_id IS NULL OR applications_decision.revision <= p.revision)));
"""
DECISIONS_BACK = f"""
ALTER POLICY applications_decision_select ON applications_decision USING (
    unit_id = {ME_UNIT} OR {SYSTEM} OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = applications_decision.application_id));
"""
# An assessment is seen with its decision, by that table's own policy.
ASSESSMENTS = f"""
ALTER POLICY applications_assessment_select ON applications_assessment USING (
    {SYSTEM} OR EXISTS (SELECT FROM applications_decision d WHERE d.id = applications_assessment.decision_id));
"""
ASSESSMENTS_BACK = f"""
ALTER POLICY applications_assessment_select ON applications_assessment USING (
    {SYSTEM} OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = applications_assessment.application_id));
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_reassigning")]

    operations = [
        migrations.RunSQL(DECISIONS, DECISIONS_BACK),
        migrations.RunSQL(ASSESSMENTS, ASSESSMENTS_BACK),
    ]
