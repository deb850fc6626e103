"""What reviewers' lists ask for: pinyin keys of the name, the two halves of a desk, the decisions of a unit."""

from django.db import migrations, models
from django.db.models import Q

from cehours.lib.pinyin import name_keys
from organizations.walls import ME_UNIT, SYSTEM

IN_REVIEW = ("employer_review", "department_review", "bureau_review")


# A unit's own decisions are told by their own column first. Without it the planner may gather every case the unit
# ever took part in before it shows a page of 已办: 1.9 s instead of 1 ms at a million.
PARTICIPANT = """EXISTS (SELECT FROM applications_participant p
    WHERE p.application_id = applications_decision.application_id)"""
OWN_FIRST = f"""
ALTER POLICY applications_decision_select ON applications_decision
    USING (unit_id = {ME_UNIT} OR {SYSTEM} OR {PARTICIPANT});
"""
OWN_FIRST_BACK = f"""
ALTER POLICY applications_decision_select ON applications_decision USING ({SYSTEM} OR {PARTICIPANT});
"""

# Whoever holds a case holds it in review: without knowing that, the planner expects a tenth of a full desk and
# sorts all of it for every page but the first.
DESK = "CREATE STATISTICS application_desk (dependencies, mcv) ON current_unit_id, state FROM applications_application;"


def fill_keys(apps, schema_editor):
    """Keys for the names that are there already. The guard refuses every change by somebody else, so it rests."""
    application = apps.get_model("applications", "Application")
    names = list(application.objects.values_list("name", flat=True).distinct().order_by("name"))
    if not names:
        return
    schema_editor.execute("ALTER TABLE applications_application DISABLE TRIGGER application_guard")
    for name in names:
        keys = name_keys(name)
        application.objects.filter(name=name).update(pinyin=keys.full, initials=keys.initials)
    schema_editor.execute("ALTER TABLE applications_application ENABLE TRIGGER application_guard")


def key_field(length):
    return models.CharField(max_length=length, db_default="", default="", editable=False, db_collation="C")


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_drafts")]

    operations = [
        migrations.AddField("application", "pinyin", key_field(400)),
        migrations.AddField("application", "initials", key_field(120)),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["current_unit", "arrived_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW, years_met=True, warnings=0),
                name="application_inbox_clean",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["current_unit", "arrived_at", "id"],
                include=["person", "state"],
                condition=Q(state__in=IN_REVIEW) & ~Q(years_met=True, warnings=0),
                name="application_inbox_warned",
            ),
        ),
        migrations.AddIndex(
            "decision", models.Index(fields=["unit", "-decided_at", "-id"], name="decision_handled")
        ),
        migrations.AddIndex(
            "decision",
            models.Index(fields=["unit", "outcome", "-decided_at", "-id"], name="decision_by_outcome"),
        ),
        migrations.RunSQL(OWN_FIRST, OWN_FIRST_BACK),
        migrations.RunSQL(DESK, "DROP STATISTICS application_desk;"),
    ]
