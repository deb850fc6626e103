"""A training of several days: attendance is taken for each day, when it has come, and hours follow from the days."""

import django.contrib.postgres.fields
from django.db import migrations, models

from organizations.walls import ME_UNIT, SYSTEM

# The days lie within the plan; whether a day has come, only a trigger can ask.
TAKEN = """
ALTER TABLE training_trainingplan ADD CONSTRAINT attendance_is_taken_of_accepted_plans
    CHECK (taken = '{}' OR state IN ('accepted', 'held'));
ALTER TABLE training_trainingplan ADD CONSTRAINT attendance_is_taken_within_the_plan
    CHECK (first_day <= ALL (taken) AND last_day >= ALL (taken));
ALTER TABLE training_attendee ADD CONSTRAINT hours_are_of_who_is_credited
    CHECK (hours IS NULL OR (hours > 0 AND credited_at IS NOT NULL));
"""
TAKEN_BACK = """
ALTER TABLE training_attendee DROP CONSTRAINT hours_are_of_who_is_credited;
ALTER TABLE training_trainingplan DROP CONSTRAINT attendance_is_taken_within_the_plan;
ALTER TABLE training_trainingplan DROP CONSTRAINT attendance_is_taken_of_accepted_plans;
"""
NOT_BEFORE = """
CREATE FUNCTION training_days_have_come() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT (now() AT TIME ZONE 'Asia/Shanghai')::date >= ALL (NEW.taken) THEN
        RAISE EXCEPTION 'attendance is not taken before the day' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'attendance_is_not_taken_before_the_day', TABLE = 'training_trainingplan';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER training_days_have_come BEFORE INSERT OR UPDATE OF taken ON training_trainingplan
    FOR EACH ROW WHEN (NEW.taken <> '{}') EXECUTE FUNCTION training_days_have_come();

CREATE FUNCTION training_attended_days_were_taken() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM training_trainingplan p WHERE p.id = NEW.plan_id AND NEW.days <@ p.taken) THEN
        RAISE EXCEPTION 'nobody came on a day that was not taken' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'nobody_came_on_a_day_not_taken', TABLE = 'training_attendee';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER training_attended_days_were_taken BEFORE INSERT OR UPDATE OF days ON training_attendee
    FOR EACH ROW WHEN (NEW.days <> '{}') EXECUTE FUNCTION training_attended_days_were_taken();
"""
NOT_BEFORE_BACK = """
DROP TRIGGER training_attended_days_were_taken ON training_attendee;
DROP FUNCTION training_attended_days_were_taken();
DROP TRIGGER training_days_have_come ON training_trainingplan;
DROP FUNCTION training_days_have_come();
"""

# As in 0041; the unit itself takes attendance of its accepted and held plans.
GUARD = """
CREATE OR REPLACE FUNCTION training_plan_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me uuid := nullif(current_setting('app.unit', true), '')::uuid;
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    act text[] := chain || ARRAY['state', 'supervisor_id', 'filed_at', 'filed_by_id', 'decided_at',
                                 'decided_by_id', 'reason', 'held_at', 'filing_number'];
    legal boolean;
BEGIN
    IF OLD.state <> NEW.state THEN
        legal := to_jsonb(OLD) - act = to_jsonb(NEW) - act AND CASE
            WHEN (OLD.state, NEW.state) IN (('draft', 'filed'), ('returned', 'filed'), ('accepted', 'held'))
                THEN OLD.unit_id = me
            WHEN (OLD.state, NEW.state) IN (('filed', 'accepted'), ('filed', 'returned'))
                THEN OLD.supervisor_id = me
            ELSE false END;
    ELSIF current_setting('app.kind', true) = 'system' THEN
        legal := to_jsonb(OLD) - (chain || ARRAY['unit_id', 'supervisor_id'])
               = to_jsonb(NEW) - (chain || ARRAY['unit_id', 'supervisor_id']);
    ELSE
        legal := to_jsonb(OLD) - chain = to_jsonb(NEW) - chain
            OR (OLD.state IN ('draft', 'returned') AND OLD.unit_id = me AND NEW.unit_id = me)
            %s;
    END IF;
    IF NEW.filing_number <> OLD.filing_number
        AND NOT (OLD.filing_number = '' AND OLD.state = 'filed' AND NEW.state = 'accepted') THEN
        legal := false;
    END IF;
    IF legal IS NOT TRUE THEN
        RAISE EXCEPTION 'a plan moves by its own steps' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_plan_moves_by_its_own_steps', TABLE = 'training_trainingplan';
    END IF;
    RETURN NEW;
END $$;
"""
BY_THE_UNIT = """OR (OLD.state IN ('accepted', 'held') AND OLD.unit_id = me
                AND to_jsonb(OLD) - (chain || 'taken'::text) = to_jsonb(NEW) - (chain || 'taken'::text))"""
OF_OWN_PLAN = f"""{SYSTEM} OR EXISTS (SELECT FROM training_trainingplan p
    WHERE p.id = training_attendee.plan_id AND p.unit_id = {ME_UNIT} AND p.state {{states}})"""
UPDATED = """ALTER POLICY training_attendee_update ON training_attendee USING ({rule}) WITH CHECK ({rule});"""


class Migration(migrations.Migration):
    dependencies = [("training", "0121_feed_walls"), ("organizations", "0031_event_transactions")]

    operations = [
        migrations.AddField(
            "trainingplan",
            "taken",
            django.contrib.postgres.fields.ArrayField(
                models.DateField(), default=list, db_default=[], editable=False
            ),
        ),
        migrations.AddField(
            "attendee",
            "days",
            django.contrib.postgres.fields.ArrayField(
                models.DateField(), default=list, db_default=[], editable=False
            ),
        ),
        migrations.AddField(
            "attendee",
            "hours",
            models.DecimalField("记入学时", max_digits=6, decimal_places=1, null=True, editable=False),
        ),
        migrations.RunSQL(TAKEN, TAKEN_BACK),
        migrations.RunSQL(NOT_BEFORE, NOT_BEFORE_BACK),
        migrations.RunSQL(GUARD % BY_THE_UNIT, GUARD % ""),
        migrations.RunSQL(
            UPDATED.format(rule=OF_OWN_PLAN.format(states="IN ('accepted', 'held')")),
            UPDATED.format(rule=OF_OWN_PLAN.format(states="= 'held'")),
        ),
    ]
