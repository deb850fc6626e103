"""Numbers that an older, restored database no longer knows stay on record."""

from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import revoke


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_walls"), ("applications", "0008_rerouting")]

    operations = [
        migrations.CreateModel(
            name="LostNumbers",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("first", models.PositiveIntegerField(verbose_name="起")),
                ("last", models.PositiveIntegerField(verbose_name="止")),
                ("found_at", models.DateTimeField(default=cehours.lib.clock.now, verbose_name="发现时间")),
            ],
            options={
                "verbose_name": "恢复时丢失的编号",
                "ordering": ["year", "first"],
            },
        ),
        migrations.AddConstraint(
            model_name="lostnumbers",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lte", models.F("last"))), name="lost_runs_forward"
            ),
        ),
        migrations.RunSQL(revoke("certificates_lostnumbers", "UPDATE", "DELETE"), migrations.RunSQL.noop),
    ]
