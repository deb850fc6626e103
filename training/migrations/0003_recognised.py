"""Hours that other systems report are entered and withdrawn by our own commands and tasks, by nobody else."""

from django.db import migrations

from organizations.walls import SYSTEM


class Migration(migrations.Migration):
    dependencies = [("training", "0002_walls")]

    operations = [
        migrations.RunSQL(
            "CREATE POLICY training_recognisedhours_load ON training_recognisedhours FOR INSERT "
            f"WITH CHECK ({SYSTEM});",
            "DROP POLICY training_recognisedhours_load ON training_recognisedhours;",
        ),
    ]
