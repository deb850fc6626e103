"""Where an account is signed in, for its owner to end; who runs the system for a bureau's territory."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, unprotect

MINE = f"user_id = {ME_USER}"
MINE_OR_SWEPT = f"({MINE} OR {SYSTEM})"
ANYBODY = "true"  # it stands at the foot of every page
ADMIN_OF_THE_BUREAU = f"""(unit_id = {ME_UNIT} AND EXISTS (
    SELECT FROM organizations_membership mine
    JOIN organizations_unit bureau ON bureau.id = mine.unit_id
    WHERE bureau.id = organizations_imprint.unit_id AND bureau.active AND bureau.bureau_level <> ''
      AND mine.user_id = {ME_USER} AND mine.role = 'admin'))"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0009_names")]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(editable=False, max_length=40)),
                ("name", models.CharField(max_length=60, verbose_name="设备")),
                (
                    "since",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="登录时间"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "已登录的设备",
                "constraints": [
                    models.UniqueConstraint(fields=("session_key",), name="a_session_is_one_device")
                ],
            },
        ),
        migrations.CreateModel(
            name="Imprint",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="imprint",
                        serialize=False,
                        to="organizations.unit",
                    ),
                ),
                ("host", models.CharField(max_length=120, verbose_name="主办单位")),
                ("hotline", models.CharField(max_length=60, verbose_name="咨询电话")),
                ("times", models.CharField(blank=True, max_length=60, verbose_name="接听时间")),
                ("support", models.CharField(blank=True, max_length=120, verbose_name="技术支持")),
                (
                    "privacy_office",
                    models.CharField(blank=True, max_length=60, verbose_name="个人信息保护联系人"),
                ),
                (
                    "privacy_contact",
                    models.CharField(blank=True, max_length=120, verbose_name="个人信息保护联系方式"),
                ),
            ],
            options={
                "verbose_name": "本局信息",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(host="") & ~models.Q(hotline=""),
                        name="an_imprint_says_who_and_how",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "organizations_device", select=MINE_OR_SWEPT, insert=MINE, update=MINE, delete=MINE_OR_SWEPT
            ),
            unprotect("organizations_device", "select", "insert", "update", "delete"),
        ),
        migrations.RunSQL(
            protect(
                "organizations_imprint",
                select=ANYBODY,
                insert=ADMIN_OF_THE_BUREAU,
                update=ADMIN_OF_THE_BUREAU,
            ),
            unprotect("organizations_imprint", "select", "insert", "update"),
        ),
    ]
