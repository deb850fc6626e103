"""Plans are seen by their unit and, once filed, by the unit they are filed with; the guard holds their states."""

from django.db import migrations

from organizations.walls import ME_UNIT, SYSTEM, protect, unprotect

SEEN = f"unit_id = {ME_UNIT} OR (supervisor_id = {ME_UNIT} AND state <> 'draft') OR {SYSTEM}"

OF_A_PLAN = "EXISTS (SELECT FROM training_trainingplan p WHERE p.id = training_attendee.plan_id)"


def of_own_plan(states: str) -> str:
    """While the unit's own plan stands like this."""
    return f"""EXISTS (SELECT FROM training_trainingplan p
        WHERE p.id = training_attendee.plan_id AND p.unit_id = {ME_UNIT} AND p.state {states})"""


# Who may take which step, that what is filed stays as it is, and that days fit between first and last.
GUARD = """
ALTER TABLE training_trainingplan ADD CONSTRAINT a_plan_has_no_more_days_than_the_calendar
    CHECK (days <= last_day - first_day + 1);

CREATE FUNCTION training_plan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    me uuid := nullif(current_setting('app.unit', true), '')::uuid;
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    act text[] := chain || ARRAY['state', 'supervisor_id', 'filed_at', 'filed_by_id', 'decided_at',
                                 'decided_by_id', 'reason', 'held_at'];
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
            OR (OLD.state IN ('draft', 'returned') AND OLD.unit_id = me AND NEW.unit_id = me);
    END IF;
    IF legal IS NOT TRUE THEN
        RAISE EXCEPTION 'a plan moves by its own steps' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_plan_moves_by_its_own_steps', TABLE = 'training_trainingplan';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER training_plan_guard BEFORE UPDATE ON training_trainingplan
    FOR EACH ROW EXECUTE FUNCTION training_plan_guard();
"""
GUARD_BACK = """
DROP TRIGGER training_plan_guard ON training_trainingplan;
DROP FUNCTION training_plan_guard();
ALTER TABLE training_trainingplan DROP CONSTRAINT a_plan_has_no_more_days_than_the_calendar;
"""

# Both units read the whole trail of a plan they see.
EVENTS = """
CREATE POLICY organizations_event_of_plan ON organizations_event FOR SELECT USING (
    subject = 'training_plan' AND EXISTS (
        SELECT FROM training_trainingplan p WHERE p.id = organizations_event.subject_id));
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0004_plans"), ("organizations", "0005_merged")]

    operations = [
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(
            protect(
                "training_trainingplan",
                select=SEEN,
                insert=f"unit_id = {ME_UNIT} AND state = 'draft'",
                update=SEEN,
                delete=f"unit_id = {ME_UNIT} AND state = 'draft'",
            ),
            unprotect("training_trainingplan", "select", "insert", "update", "delete"),
        ),
        migrations.RunSQL(
            protect(
                "training_attendee",
                select=f"{SYSTEM} OR {OF_A_PLAN}",
                insert=of_own_plan("<> 'held'"),
                update=SYSTEM + " OR " + of_own_plan("= 'held'"),
                delete=of_own_plan("<> 'held'"),
            ),
            unprotect("training_attendee", "select", "insert", "update", "delete"),
        ),
        migrations.RunSQL(EVENTS, "DROP POLICY organizations_event_of_plan ON organizations_event;"),
    ]
