"""The bureau's certificates are exported like the reviewers' lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0050_digests")]

    operations = [
        migrations.AlterField(
            "exportjob",
            "kind",
            models.CharField(
                choices=[
                    ("inbox", "待办"),
                    ("handled", "已办"),
                    ("withdrawn", "已撤销"),
                    ("issued", "已出具的认定单"),
                ],
                max_length=10,
                verbose_name="列表",
            ),
        ),
    ]
