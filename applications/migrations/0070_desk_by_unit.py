"""The desk in the order of units: an index whose key can be compared under row-level security."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0060_session_changes")]

    operations = [
        migrations.RemoveIndex(model_name="application", name="application_inbox_unit"),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                models.F("current_unit"),
                models.Case(
                    models.When(employer_id=None, then=models.Value(uuid.UUID(int=0))),
                    default=models.F("employer_id"),
                    output_field=models.UUIDField(),
                ),
                models.F("id"),
                condition=models.Q(("state__in", ("employer_review", "department_review", "bureau_review"))),
                include=("person", "state"),
                name="application_inbox_unit",
            ),
        ),
    ]
