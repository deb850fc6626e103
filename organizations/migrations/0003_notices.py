"""站内通知, and the choice of e-mail and SMS. Its row policy asks applications, so it is made there."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import cehours.lib.clock


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_walls")]

    operations = [
        migrations.AddField("user", "notices_by_email", models.BooleanField("邮件通知", default=True)),
        migrations.AddField("user", "notices_by_sms", models.BooleanField("短信通知", default=True)),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("subject", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("body", models.TextField(max_length=1000, verbose_name="内容")),
                ("link", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=cehours.lib.clock.now, editable=False)),
                ("read_at", models.DateTimeField(editable=False, null=True, verbose_name="阅读时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="organizations.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "站内通知",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["person", "-created_at", "-id"], name="notice_of_person"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["person"], name="notice_unread"
                    ),
                ],
            },
        ),
    ]
