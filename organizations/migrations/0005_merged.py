"""A unit that was merged into another: its running cases and its people go there."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0004_data_requests")]

    operations = [
        migrations.AddField(
            "unit",
            "merged_into",
            models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="organizations.unit",
                verbose_name="并入单位",
            ),
        ),
        migrations.AddConstraint(
            "unit",
            models.CheckConstraint(
                condition=models.Q(merged_into=None)
                | (models.Q(active=False) & ~models.Q(merged_into=models.F("id"))),
                name="a_merged_unit_is_closed",
            ),
        ),
    ]
