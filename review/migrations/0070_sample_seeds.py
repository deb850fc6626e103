"""From which a unit's samples are drawn: written once by the unit, read by it, changed by nobody."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, SYSTEM, protect, revoke, unprotect

OURS = f"unit_id = {ME_UNIT}"


class Migration(migrations.Migration):
    dependencies = [("organizations", "0010_devices_imprints"), ("review", "0060_export_of_certificates")]

    operations = [
        migrations.CreateModel(
            name="SampleSeed",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="organizations.unit",
                    ),
                ),
                ("seed", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("drawn_at", models.DateTimeField(default=cehours.lib.clock.now, editable=False)),
            ],
        ),
        migrations.RunSQL(
            protect("review_sampleseed", select=f"{OURS} OR {SYSTEM}", insert=OURS)
            + revoke("review_sampleseed", "UPDATE", "DELETE"),
            unprotect("review_sampleseed", "select", "insert"),
        ),
    ]
