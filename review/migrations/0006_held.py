"""Decisions that take effect a while after they were made, and their wall."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, revoke, unprotect

# Colleagues see that a case is decided, and by whom; only who decided, and the task that carries it out, end it.
MINE = f"(user_id = {ME_USER} AND unit_id = {ME_UNIT})"
ON_MY_DESK = f"""{MINE} AND EXISTS (SELECT FROM applications_application a
    WHERE a.id = application_id AND a.current_unit_id = {ME_UNIT})"""
ONLY_THE_END = f"""
REVOKE UPDATE ON review_helddecision FROM {settings.RUNTIME_ROLE};
GRANT UPDATE (state, ended_at, ended_says) ON review_helddecision TO {settings.RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0004_names"),
        ("applications", "0018_settled_remarks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("seen", models.PositiveIntegerField()),
                ("reviewer_name", models.CharField(max_length=60)),
                (
                    "act",
                    models.CharField(
                        choices=[("approve", "审核通过"), ("return", "退回修改"), ("reject", "审核不通过")],
                        max_length=8,
                        verbose_name="决定",
                    ),
                ),
                ("opinion", models.TextField(blank=True, max_length=500, verbose_name="审核意见")),
                ("marks", models.JSONField(default=dict)),
                (
                    "decided_at",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="决定时间"
                    ),
                ),
                ("effective_at", models.DateTimeField(verbose_name="生效时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待生效"),
                            ("done", "已生效"),
                            ("taken_back", "已撤回"),
                            ("dropped", "没有生效"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("ended_says", models.CharField(blank=True, max_length=300)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
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
                "verbose_name": "待生效的决定",
                "ordering": ["-decided_at", "-id"],
                "indexes": [
                    models.Index(fields=["user", "unit", "-decided_at", "-id"], name="held_of_person")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("application",),
                        name="one_decision_waits_for_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("act", "approve"), models.Q(("opinion", ""), _negated=True), _connector="OR"
                        ),
                        name="a_held_refusal_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effective_at__gte", models.F("decided_at"))),
                        name="effect_follows_the_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="an_ended_hold_says_when",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "review_helddecision",
                select=f"unit_id = {ME_UNIT} OR {SYSTEM}",
                insert=ON_MY_DESK,
                update=f"{MINE} OR {SYSTEM}",
            )
            + ONLY_THE_END
            + revoke("review_helddecision", "DELETE"),
            unprotect("review_helddecision", "select", "insert", "update"),
        ),
    ]
