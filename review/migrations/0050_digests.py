"""One digest a person and working day: rows of the system's own, deleted after a few days."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from organizations.walls import SYSTEM, protect, revoke, unprotect


class Migration(migrations.Migration):
    dependencies = [("organizations", "0050_muted_work"), ("review", "0014_assignments")]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="digests_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "day"), name="one_digest_a_person_a_day")
                ],
            },
        ),
        migrations.RunSQL(
            protect("review_digest", select=SYSTEM, insert=SYSTEM, delete=SYSTEM)
            + revoke("review_digest", "UPDATE"),
            unprotect("review_digest", "select", "insert", "delete"),
        ),
    ]
