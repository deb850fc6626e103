"""The 公共机构学习平台: what was asked of it, and in which transaction hours on record changed, for its reading."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import cehours.lib.clock

SCOPES = [
    ("records:write", "报送、更正、撤销"),
    ("records:read", "查询本单位的报送"),
    ("hours:read", "读取事业单位人员的基地学时（限公共机构学习平台）"),
]
FAULTS = [
    ("silent", "没有应答"),
    ("closed", "停机或繁忙"),
    ("failed", "出错"),
    ("garbled", "答复不符合约定"),
    ("refused", "拒绝了我们的密钥"),
    ("rejected", "不接受这次查询"),
]
# Rows of before are at the beginning. The number is the database's, whoever writes.
CHANGED = """
ALTER TABLE training_recognisedhours ADD COLUMN changed xid8 NOT NULL DEFAULT '0';
CREATE INDEX hours_by_change ON training_recognisedhours (changed, id) WHERE source = 'base';
CREATE FUNCTION recognised_hours_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.changed := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER recognised_hours_change BEFORE INSERT OR UPDATE ON training_recognisedhours
    FOR EACH ROW EXECUTE FUNCTION recognised_hours_change();
"""
CHANGED_BACK = """
DROP TRIGGER recognised_hours_change ON training_recognisedhours;
DROP FUNCTION recognised_hours_change();
DROP INDEX hours_by_change;
ALTER TABLE training_recognisedhours DROP COLUMN changed;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0080_own_acts"), ("organizations", "0110_second_factor")]

    operations = [
        migrations.CreateModel(
            name="PlatformAsk",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("wanted_at", models.DateTimeField(default=cehours.lib.clock.now)),
                ("next_at", models.DateTimeField(default=cehours.lib.clock.now, null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("fault", models.CharField(blank=True, choices=FAULTS, max_length=8)),
                ("found", models.PositiveIntegerField(default=0)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.person",
                    ),
                ),
            ],
            options={"verbose_name": "平台查询", "ordering": ["person", "year"]},
        ),
        migrations.AddConstraint(
            model_name="platformask",
            constraint=models.UniqueConstraint(fields=["person", "year"], name="a_year_is_asked_for_once"),
        ),
        migrations.AddConstraint(
            model_name="platformask",
            constraint=models.CheckConstraint(
                condition=models.Q(("failures", 0), ("fault", ""))
                | models.Q(
                    ("asked_at__isnull", False),
                    ("failures__gt", 0),
                    models.Q(("fault", ""), _negated=True),
                ),
                name="a_failed_asking_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="platformask",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="ask_due"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                choices=[
                    ("api", "接口"),
                    ("file", "文件"),
                    ("attendance", "签到名单"),
                    ("platform", "平台查询"),
                ],
                max_length=10,
                verbose_name="方式",
            ),
        ),
        migrations.AlterField(
            model_name="providercredential",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=SCOPES, max_length=20), size=None
            ),
        ),
        migrations.RemoveConstraint(
            model_name="providercredential", name="a_credential_is_good_for_something"
        ),
        migrations.AddConstraint(
            model_name="providercredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scopes__len__gt", 0),
                    ("scopes__contained_by", ["records:write", "records:read", "hours:read"]),
                ),
                name="a_credential_is_good_for_something",
            ),
        ),
        migrations.RunSQL(CHANGED, CHANGED_BACK),
    ]
