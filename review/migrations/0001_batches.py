"""批量审核: the batches of a person at a unit, the cases frozen into each, and their wall."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, revoke, unprotect

# A batch is its maker's, under the hat it was made with; the reasons it notes are between the two of them.
MINE = f"(user_id = {ME_USER} AND unit_id = {ME_UNIT})"
OF_A_BATCH = "EXISTS (SELECT FROM review_batch b WHERE b.id = batch_id)"
# What was confirmed stays as it was confirmed; only what becomes of it is written.
ONLY_PROGRESS = f"""
REVOKE UPDATE ON review_batch, review_batchitem FROM {settings.RUNTIME_ROLE};
GRANT UPDATE (state, done, refused, ended_says, started_at, ended_at, audit_seq, audit_hash)
    ON review_batch TO {settings.RUNTIME_ROLE};
GRANT UPDATE (outcome, says) ON review_batchitem TO {settings.RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_rerouting"),
        ("certificates", "0005_revoking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("audit_seq", models.PositiveIntegerField(default=0, editable=False)),
                ("audit_hash", models.BinaryField(default=b"")),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("token", models.UUIDField(editable=False)),
                (
                    "act",
                    models.CharField(
                        choices=[("approve", "审核通过"), ("return", "退回修改"), ("reject", "审核不通过")],
                        max_length=8,
                        verbose_name="办理方式",
                    ),
                ),
                ("opinion", models.TextField(blank=True, max_length=500, verbose_name="审核意见")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待办理"),
                            ("running", "正在办理"),
                            ("done", "已办完"),
                            ("stopped", "已停止"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("gone", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("ended_says", models.CharField(blank=True, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="确认时间"
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="结束时间")),
                (
                    "next_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.unit",
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
                "verbose_name": "批量审核",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seen", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("pending", "等待办理"), ("done", "已办理"), ("refused", "没有办理")],
                        default="pending",
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                ("says", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="review.batch"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["user", "unit", "-created_at", "-id"], name="batch_of_person"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("user", "token"), name="one_batch_per_confirmation"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("act", "approve"), models.Q(("opinion", ""), _negated=True), _connector="OR"
                ),
                name="a_batch_that_refuses_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__gte", models.F("done") + models.F("refused"))),
                name="a_batch_counts_its_cases_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ("done", "stopped", "cancelled"))),
                    models.Q(
                        models.Q(("state__in", ("done", "stopped", "cancelled")), _negated=True),
                        ("ended_at", None),
                    ),
                    _connector="OR",
                ),
                name="an_ended_batch_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="batchitem",
            index=models.Index(fields=["batch", "outcome", "id"], name="batch_items_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.UniqueConstraint(
                fields=("batch", "application"), name="a_case_is_in_a_batch_once"
            ),
        ),
        migrations.RunSQL(
            protect(
                "review_batch",
                select=f"{MINE} OR {SYSTEM}",
                insert=MINE,
                update=f"{MINE} OR {SYSTEM}",
            )
            + protect(
                "review_batchitem",
                select=OF_A_BATCH,
                insert=OF_A_BATCH,
                update=OF_A_BATCH,
            )
            + ONLY_PROGRESS
            + revoke("review_batch", "DELETE")
            + revoke("review_batchitem", "DELETE"),
            unprotect("review_batchitem", "select", "insert", "update")
            + unprotect("review_batch", "select", "insert", "update"),
        ),
    ]
