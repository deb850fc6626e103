"""Drafts of sections, which only the applicant sees, and activities that were taken over from a record."""

import uuid

import django.db.models.deletion
import django.db.models.functions
import django.db.models.lookups
from django.db import migrations, models

from organizations.walls import ME_PERSON, protect, unprotect

MINE = f"""EXISTS (SELECT FROM applications_application a
    WHERE a.id = applications_draft.application_id AND a.person_id = {ME_PERSON})"""
BEING_FILLED_IN = f"""EXISTS (SELECT FROM applications_application a
    WHERE a.id = applications_draft.application_id AND a.person_id = {ME_PERSON}
      AND a.state IN ('draft', 'returned', 'withdrawn'))"""
LENGTH = django.db.models.functions.Length(
    django.db.models.functions.Cast(models.F("fields"), models.TextField())
)


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_evidence_pipeline"), ("training", "0003_recognised")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("section", models.CharField(max_length=12)),
                ("tab", models.CharField(max_length=36)),
                ("fields", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField()),
                ("opened", models.CharField(blank=True, max_length=32)),
                ("saved_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="applications.application",
                    ),
                ),
            ],
            options={"verbose_name": "草稿", "ordering": ["-saved_at", "-id"]},
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("application", "section", "tab"), name="one_draft_per_tab"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(LENGTH, 65536), name="a_draft_stays_small"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(condition=~models.Q(tab=""), name="a_draft_has_a_tab"),
        ),
        migrations.AddField(
            model_name="activity",
            name="recognised",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="training.recognisedhours",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                fields=("application", "recognised"),
                name="a_record_is_taken_once",
                violation_error_message="该学时记录已经选过，不必再选。",
            ),
        ),
        migrations.RunSQL(
            protect(
                "applications_draft",
                select=MINE,
                insert=BEING_FILLED_IN,
                update=BEING_FILLED_IN,
                delete=MINE,
            ),
            unprotect("applications_draft", "select", "insert", "update", "delete"),
        ),
    ]
