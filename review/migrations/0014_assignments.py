"""A head of desk gives cases to colleagues, who name deputies for days of absence; both are the unit's alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, unprotect

OURS = f"unit_id = {ME_UNIT}"
BY_ME = f"(assigned_by_id = {ME_USER} AND {OURS})"
ON_MY_DESK = f"""{BY_ME} AND EXISTS (SELECT FROM applications_application a
    WHERE a.id = application_id AND a.current_unit_id = {ME_UNIT})"""
MY_ABSENCE = f"(user_id = {ME_USER} AND {OURS})"
ONLY_WHOSE = f"""
REVOKE UPDATE ON review_assignment, review_absence FROM {settings.RUNTIME_ROLE};
GRANT UPDATE (user_id, assigned_by_id, at) ON review_assignment TO {settings.RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0018_settled_remarks"),
        ("organizations", "0010_devices_imprints"),
        ("review", "0012_claims_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_day", models.DateField(verbose_name="第一天")),
                ("last_day", models.DateField(verbose_name="最后一天")),
                (
                    "deputy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ["first_day", "id"],
                "indexes": [models.Index(fields=["unit", "deputy", "last_day"], name="absence_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="an_absence_runs_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("deputy")), _negated=True),
                        name="nobody_is_their_own_deputy",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=cehours.lib.clock.now)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "assigned_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "indexes": [models.Index(fields=["unit", "user", "application"], name="assigned_to")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "unit"), name="a_case_is_assigned_once_in_a_unit"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "review_assignment",
                select=f"{OURS} OR {SYSTEM}",
                insert=ON_MY_DESK,
                update=f"USING ({OURS}) WITH CHECK ({BY_ME})",
                delete=OURS,
            )
            + protect("review_absence", select=f"{OURS} OR {SYSTEM}", insert=MY_ABSENCE, delete=MY_ABSENCE)
            + ONLY_WHOSE,
            unprotect("review_absence", "select", "insert", "delete")
            + unprotect("review_assignment", "select", "insert", "update", "delete"),
        ),
    ]
