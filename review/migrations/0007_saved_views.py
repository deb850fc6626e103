"""How long a list's pages are, and conditions of a list kept under a name; each person's own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from organizations.walls import ME_USER, protect, unprotect

MINE = f"user_id = {ME_USER}"


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0006_held"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="listsettings",
            name="page_size",
            field=models.PositiveSmallIntegerField(
                choices=[(50, "50 件"), (100, "100 件"), (200, "200 件")],
                db_default=50,
                default=50,
                verbose_name="每页件数",
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("inbox", "待办"), ("handled", "已办"), ("withdrawn", "已撤销")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("address", models.CharField(max_length=1000)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind", "name"), name="one_view_per_name")
                ],
            },
        ),
        migrations.RunSQL(
            protect("review_savedview", select=MINE, insert=MINE, update=MINE, delete=MINE),
            unprotect("review_savedview", "select", "insert", "update", "delete"),
        ),
    ]
