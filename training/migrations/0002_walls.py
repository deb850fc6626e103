"""Hours on record are seen by their person; who may write them is said where the writer lives."""

from django.db import migrations

from organizations.walls import ME_PERSON, SYSTEM, protect, revoke, unprotect


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("organizations", "0002_walls")]

    operations = [
        migrations.RunSQL(
            protect("training_recognisedhours", select=f"person_id = {ME_PERSON} OR {SYSTEM}", update=SYSTEM)
            + revoke("training_recognisedhours", "DELETE"),
            unprotect("training_recognisedhours", "select", "update"),
        )
    ]
