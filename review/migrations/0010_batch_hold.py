"""A batch is held before it starts, goes over warnings with a reason, and single cases have a reason of their own."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0010_devices_imprints"),
        ("review", "0007_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="holds_until",
            field=models.DateTimeField(null=True, verbose_name="开始时间"),
        ),
        migrations.AddField(
            model_name="batch",
            name="over_warnings",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="batchitem",
            name="opinion",
            field=models.TextField(blank=True, max_length=500, verbose_name="单独的意见"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("over_warnings", False), models.Q(("opinion", ""), _negated=True), _connector="OR"
                ),
                name="a_batch_over_warnings_has_a_reason",
            ),
        ),
        migrations.RunSQL(
            f"GRANT UPDATE (holds_until) ON review_batch TO {settings.RUNTIME_ROLE};",
            migrations.RunSQL.noop,
        ),
    ]
