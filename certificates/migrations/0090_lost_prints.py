"""Sealed prints whose records a restore lost: found in the store, taken back by two people of the provincial bureau."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, SYSTEM, protect, revoke, unprotect

PROVINCE = f"EXISTS (SELECT FROM organizations_unit u WHERE u.id = {ME_UNIT} AND u.bureau_level = 'province')"
GUARD = """
CREATE FUNCTION lost_print_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked text[] := ARRAY['requested_by_id', 'requested_name', 'requested_at'];
    confirmed text[] := ARRAY['confirmed_by_id', 'confirmed_name', 'confirmed_at'];
    moving text[] := ARRAY['state'] || CASE WHEN NEW.state = 'taken_back' THEN confirmed ELSE asked END;
BEGIN
    IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving OR (OLD.state, NEW.state) NOT IN
        (('found', 'requested'), ('requested', 'found'), ('requested', 'taken_back')) THEN
        RAISE EXCEPTION 'a lost print is asked for, then taken back' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_lost_print_is_asked_for_then_taken_back', TABLE = 'certificates_lostprint';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lost_print_guard BEFORE UPDATE ON certificates_lostprint
    FOR EACH ROW EXECUTE FUNCTION lost_print_guard();

-- For the public, who has the very bytes: that their records were lost, and whether they were taken back.
CREATE FUNCTION lost_print_with_digest(wanted text) RETURNS TABLE (number text, taken_back_on text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.number, coalesce(to_char(l.confirmed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), '')
    FROM certificates_lostprint l WHERE l.sha256 = wanted
$$;
"""
GUARD_BACK = """
DROP FUNCTION lost_print_with_digest(text);
DROP TRIGGER lost_print_guard ON certificates_lostprint;
DROP FUNCTION lost_print_guard();
"""
PERSON = {
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": "organizations.person",
}


class Migration(migrations.Migration):
    dependencies = [("certificates", "0060_by_number"), ("organizations", "0031_event_transactions")]

    operations = [
        migrations.CreateModel(
            name="LostPrint",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.CharField(blank=True, max_length=10, verbose_name="登记证书编号")),
                ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("storage_key", models.CharField(editable=False, max_length=200)),
                ("found_at", models.DateTimeField(default=cehours.lib.clock.now, verbose_name="发现时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("found", "待收回"), ("requested", "收回待复核"), ("taken_back", "已收回")],
                        default="found",
                        max_length=10,
                    ),
                ),
                ("requested_name", models.CharField(blank=True, max_length=60)),
                ("requested_at", models.DateTimeField(null=True)),
                ("confirmed_name", models.CharField(blank=True, max_length=60)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.ForeignKey(**PERSON)),
                ("requested_by", models.ForeignKey(**PERSON)),
            ],
            options={"verbose_name": "恢复时丢失的认定单文件", "ordering": ["number", "found_at", "id"]},
        ),
        migrations.AddConstraint(
            model_name="lostprint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    state="found",
                    requested_by__isnull=True,
                    requested_at__isnull=True,
                    confirmed_at__isnull=True,
                )
                | models.Q(
                    state="requested",
                    requested_by__isnull=False,
                    requested_at__isnull=False,
                    confirmed_at__isnull=True,
                )
                | models.Q(
                    state="taken_back",
                    requested_by__isnull=False,
                    requested_at__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                ),
                name="a_lost_print_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="lostprint",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="taken_back") | ~models.Q(confirmed_by=models.F("requested_by")),
                name="two_people_take_a_print_back",
            ),
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(
            protect(
                "certificates_lostprint", select=f"{SYSTEM} OR {PROVINCE}", insert=SYSTEM, update=PROVINCE
            )
            + revoke("certificates_lostprint", "DELETE"),
            unprotect("certificates_lostprint", "select", "insert", "update"),
        ),
    ]
