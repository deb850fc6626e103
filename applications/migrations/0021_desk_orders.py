"""The desk in the order of submission, of names and of units."""

import uuid

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0019_handovers"),
        ("organizations", "0010_devices_imprints"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("state__in", ("employer_review", "department_review", "bureau_review"))),
                fields=["current_unit", "submitted_at", "id"],
                include=("person", "state"),
                name="application_inbox_submitted",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("state__in", ("employer_review", "department_review", "bureau_review"))),
                fields=["current_unit", "pinyin", "id"],
                include=("person", "state"),
                name="application_inbox_name",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                models.F("current_unit"),
                django.db.models.functions.comparison.Coalesce(
                    "employer_id",
                    models.Value(uuid.UUID("00000000-0000-0000-0000-000000000000")),
                    output_field=models.UUIDField(),
                ),
                models.F("id"),
                condition=models.Q(("state__in", ("employer_review", "department_review", "bureau_review"))),
                include=("person", "state"),
                name="application_inbox_unit",
            ),
        ),
    ]
