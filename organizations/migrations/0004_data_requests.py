"""Requests about one's own data, and their wall: the person's own; corrections also the provincial bureau's."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from cehours.lib.idnumbers import IdKind
from organizations.walls import ME_PERSON, ME_UNIT, SYSTEM, protect, revoke, unprotect

PROVINCE = f"""(kind IN ('correction', 'deletion') AND EXISTS (
    SELECT FROM organizations_unit u WHERE u.id = {ME_UNIT} AND u.active AND u.bureau_level = 'province'))"""
# Nobody settles their own correction, in whatever unit's name.
SETTLED_BY = f"({PROVINCE} AND person_id IS DISTINCT FROM {ME_PERSON})"
OWN = f"(person_id = {ME_PERSON} AND (kind <> 'correction' OR state = 'pending'))"

# What was done with somebody's request is told to that person, also when a bureau did it.
EVENTS = f"""
CREATE POLICY organizations_event_of_request ON organizations_event FOR SELECT USING (
    subject = 'data_request' AND EXISTS (
        SELECT FROM organizations_datarequest r
        WHERE r.id = organizations_event.subject_id AND r.person_id = {ME_PERSON}));
"""  # noqa: S608 -- put together from constants


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_notices")]

    operations = [
        migrations.CreateModel(
            name="DataRequest",
            fields=[
                ("audit_seq", models.PositiveIntegerField(default=0, editable=False)),
                ("audit_hash", models.BinaryField(default=b"")),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("export", "复制个人信息"),
                            ("correction", "更正姓名或证件号码"),
                            ("deletion", "注销账号"),
                        ],
                        max_length=10,
                        verbose_name="事项",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "办理中"),
                            ("done", "已办结"),
                            ("declined", "未同意"),
                            ("expired", "已过期删除"),
                        ],
                        default="pending",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=500, verbose_name="理由")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="提出时间"
                    ),
                ),
                ("settled_at", models.DateTimeField(editable=False, null=True, verbose_name="办结时间")),
                ("answer", models.TextField(blank=True, max_length=500, verbose_name="答复")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="登记的姓名")),
                (
                    "id_kind",
                    models.CharField(
                        blank=True, choices=IdKind.choices(), max_length=20, verbose_name="登记的证件类型"
                    ),
                ),
                ("id_cipher", models.BinaryField(default=b"")),
                ("wanted_name", models.CharField(blank=True, max_length=60, verbose_name="更正为姓名")),
                (
                    "wanted_id_kind",
                    models.CharField(
                        blank=True, choices=IdKind.choices(), max_length=20, verbose_name="更正为证件类型"
                    ),
                ),
                ("wanted_cipher", models.BinaryField(default=b"")),
                ("file_key", models.CharField(blank=True, editable=False, max_length=200)),
                ("size", models.PositiveBigIntegerField(default=0, editable=False, verbose_name="大小")),
                ("expires_at", models.DateTimeField(editable=False, null=True, verbose_name="下载截止")),
                (
                    "contact_digests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, editable=False, size=None
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to="organizations.person",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.unit",
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
                "verbose_name": "个人信息请求",
                "ordering": ["-made_at", "-id"],
                "indexes": [
                    models.Index(fields=["person", "-made_at", "-id"], name="data_request_of_person"),
                    models.Index(fields=["kind", "-made_at", "-id"], name="data_request_of_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("person", "kind"),
                        name="one_request_of_a_kind_at_a_time",
                        violation_error_message="同一事项已在办理中，请等待办结。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="pending", settled_at=None)
                        | (~models.Q(state="pending") & models.Q(settled_at__isnull=False)),
                        name="a_settled_request_says_when",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(kind="export", state="done")
                        | (~models.Q(file_key="") & models.Q(expires_at__isnull=False)),
                        name="a_finished_export_has_a_file_and_an_end",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(kind="correction", state="declined") | ~models.Q(answer=""),
                        name="a_declined_correction_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "organizations_datarequest",
                select=f"person_id = {ME_PERSON} OR {SYSTEM} OR {PROVINCE}",
                insert=f"person_id = {ME_PERSON}",
                update=f"{SYSTEM} OR {OWN} OR {SETTLED_BY}",
            )
            + revoke("organizations_datarequest", "DELETE"),
            unprotect("organizations_datarequest", "select", "insert", "update"),
        ),
        migrations.RunSQL(EVENTS, "DROP POLICY organizations_event_of_request ON organizations_event;"),
    ]
