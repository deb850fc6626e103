"""Dates and policy of a session that has begun change only as two administrators of the province agreed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import cehours.lib.clock
from organizations.walls import ME_PERSON, ME_UNIT, ME_USER, SYSTEM, protect, unprotect

# Runs as the owner: cases hang on a session that its bureau does not see, and `applied_at` is the database's alone.
GUARD = """
CREATE FUNCTION session_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['name', 'audit_seq', 'audit_hash'];
    used boolean := EXISTS (SELECT FROM applications_application a WHERE a.session_id = OLD.id);
    agreed uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF used THEN
            RAISE EXCEPTION 'a session in use stays' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_session_in_use_stays', TABLE = 'applications_filingsession';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(OLD) - free = to_jsonb(NEW) - free OR NOT used AND OLD.opens_at > now() AND OLD.id = NEW.id THEN
        RETURN NEW;
    END IF;
    SELECT c.id INTO agreed FROM applications_sessionchange c
     WHERE c.session_id = OLD.id AND NEW.id = OLD.id AND c.state = 'confirmed' AND c.applied_at IS NULL
       AND (c.name, c.policy, c.year, c.opens_at, c.closes_at, c.review_until, c.grace_days)
         = (NEW.name, NEW.policy, NEW.year, NEW.opens_at, NEW.closes_at, NEW.review_until, NEW.grace_days)
     ORDER BY c.decided_at LIMIT 1;
    IF agreed IS NULL THEN
        RAISE EXCEPTION 'two people change a session that has begun' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'two_people_change_a_begun_session', TABLE = 'applications_filingsession';
    END IF;
    UPDATE applications_sessionchange SET applied_at = now() WHERE id = agreed;
    RETURN NEW;
END $$;
CREATE TRIGGER session_guard BEFORE UPDATE OR DELETE ON applications_filingsession
    FOR EACH ROW EXECUTE FUNCTION session_guard();

CREATE FUNCTION session_change_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    decided text[] := ARRAY['state', 'decided_by_id', 'decided_name', 'decided_at'];
    deciding boolean := OLD.state = 'requested' AND NEW.state <> 'requested'
        AND to_jsonb(OLD) - decided = to_jsonb(NEW) - decided;
    applying boolean := OLD.state = 'confirmed' AND OLD.applied_at IS NULL AND pg_trigger_depth() > 1
        AND to_jsonb(OLD) - 'applied_at' = to_jsonb(NEW) - 'applied_at';
BEGIN
    IF NOT (deciding OR applying) THEN
        RAISE EXCEPTION 'a session change is decided once' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_session_change_is_decided_once', TABLE = 'applications_sessionchange';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_change_guard BEFORE UPDATE ON applications_sessionchange
    FOR EACH ROW EXECUTE FUNCTION session_change_guard();
"""
GUARD_BACK = """
DROP TRIGGER session_change_guard ON applications_sessionchange;
DROP FUNCTION session_change_guard();
DROP TRIGGER session_guard ON applications_filingsession;
DROP FUNCTION session_guard();
"""
ADMIN = f"""EXISTS (SELECT FROM organizations_membership m
    JOIN organizations_user u ON u.id = m.user_id JOIN organizations_unit b ON b.id = m.unit_id
    WHERE m.user_id = {ME_USER} AND m.unit_id = {ME_UNIT} AND m.role = 'admin' AND u.is_active
      AND u.person_id = {ME_PERSON} AND b.active AND b.bureau_level = 'province')"""


def person(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.person", **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0041_same_file_elsewhere"),
        ("organizations", "0031_event_transactions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SessionChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("before", models.CharField(editable=False, max_length=64)),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("policy", models.CharField(max_length=40, verbose_name="政策")),
                ("year", models.PositiveSmallIntegerField(verbose_name="工作年度")),
                ("opens_at", models.DateTimeField(verbose_name="申报开始")),
                ("closes_at", models.DateTimeField(verbose_name="申报截止")),
                ("review_until", models.DateTimeField(verbose_name="审核截止")),
                ("grace_days", models.PositiveSmallIntegerField(verbose_name="退回后可重新提交天数")),
                ("reason", models.CharField(max_length=300, verbose_name="修改理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "待确认"),
                            ("confirmed", "已确认"),
                            ("declined", "不同意"),
                            ("withdrawn", "已收回"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("requested_name", models.CharField(max_length=60)),
                ("requested_at", models.DateTimeField(default=cehours.lib.clock.now)),
                ("decided_name", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by", person(null=True)),
                ("requested_by", person()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="applications.filingsession",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "申报期修改",
                "ordering": ["-requested_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["session"],
                        condition=Q(state="requested"),
                        name="one_session_change_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True)
                        | (~Q(state="requested") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                        name="a_decided_session_change_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="confirmed") | ~Q(decided_by=F("requested_by")),
                        name="two_people_change_a_session",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="withdrawn") | Q(decided_by=F("requested_by")),
                        name="only_who_asked_withdraws",
                    ),
                    models.CheckConstraint(condition=~Q(reason=""), name="a_session_change_has_a_reason"),
                    models.CheckConstraint(
                        condition=Q(applied_at=None) | Q(state="confirmed"),
                        name="only_a_confirmed_change_is_applied",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(
            protect(
                "applications_sessionchange",
                select=f"unit_id = {ME_UNIT} OR {SYSTEM}",
                insert=f"""unit_id = {ME_UNIT} AND requested_by_id = {ME_PERSON} AND state = 'requested'
                    AND {ADMIN}""",
                update=f"""USING (unit_id = {ME_UNIT})
                    WITH CHECK (unit_id = {ME_UNIT} AND decided_by_id = {ME_PERSON} AND {ADMIN})""",
                # With a session that nobody used.
                delete=f"""{SYSTEM} AND NOT EXISTS (SELECT FROM applications_application a
                    WHERE a.session_id = applications_sessionchange.session_id)""",
            ),
            unprotect("applications_sessionchange", "select", "insert", "update", "delete"),
        ),
    ]
