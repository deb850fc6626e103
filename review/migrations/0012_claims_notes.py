"""Who has a case on the screen, and what colleagues tell one another about it; both are the unit's alone."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, revoke, unprotect

OURS = f"unit_id = {ME_UNIT}"
MINE = f"(user_id = {ME_USER} AND {OURS})"
ON_MY_DESK = f"""{MINE} AND EXISTS (SELECT FROM applications_application a
    WHERE a.id = application_id AND a.current_unit_id = {ME_UNIT})"""
# A case that reached the unit; a table's own policy shows no other.
OF_MY_CASE = f"{MINE} AND EXISTS (SELECT FROM applications_application a WHERE a.id = application_id)"
ONLY_WHOSE = f"""
REVOKE UPDATE ON review_claim FROM {settings.RUNTIME_ROLE};
GRANT UPDATE (user_id, name, since, until) ON review_claim TO {settings.RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0018_settled_remarks"),
        ("organizations", "0010_devices_imprints"),
        ("review", "0010_batch_hold"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("since", models.DateTimeField(default=cehours.lib.clock.now)),
                ("until", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "unit"), name="one_claim_of_a_unit_on_a_case"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=60)),
                ("text", models.TextField(max_length=500, verbose_name="备注")),
                ("written_at", models.DateTimeField(default=cehours.lib.clock.now, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "内部备注",
                "ordering": ["written_at", "id"],
                "indexes": [models.Index(fields=["application", "unit", "written_at"], name="notes_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_note_says_something"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "review_claim",
                select=f"{OURS} OR {SYSTEM}",
                insert=ON_MY_DESK,
                update=f"USING ({OURS}) WITH CHECK ({MINE})",
            )
            + ONLY_WHOSE
            + revoke("review_claim", "DELETE")
            + protect("review_note", select=f"{OURS} OR {SYSTEM}", insert=OF_MY_CASE)
            + revoke("review_note", "UPDATE", "DELETE"),
            unprotect("review_note", "select", "insert")
            + unprotect("review_claim", "select", "insert", "update"),
        ),
    ]
