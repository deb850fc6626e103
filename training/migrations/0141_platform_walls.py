"""A person asks for their own years; whether and when the platform answered is written by a task of ours."""

from django.db import migrations

from organizations.walls import ME_PERSON, SYSTEM, believe_the_workers_alone, protect, revoke, unprotect

TABLE = "training_platformask"
OWN = f"person_id = {ME_PERSON}"
# A page says that the year is wanted, and no more.
GUARD = """
CREATE FUNCTION platform_ask_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanting text[] := ARRAY['wanted_at', 'next_at'];
BEGIN
    IF acts_as_system() THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.asked_at IS NOT NULL OR NEW.answered_at IS NOT NULL OR NEW.failures > 0)
       OR TG_OP = 'UPDATE' AND to_jsonb(OLD) - wanting <> to_jsonb(NEW) - wanting THEN
        RAISE EXCEPTION 'what the platform answered is written by tasks' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'an_asking_is_answered_by_a_task', TABLE = 'training_platformask';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER platform_ask_guard BEFORE INSERT OR UPDATE ON training_platformask
    FOR EACH ROW EXECUTE FUNCTION platform_ask_guard();
"""
GUARD_BACK = """
DROP TRIGGER platform_ask_guard ON training_platformask;
DROP FUNCTION platform_ask_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0140_platform"), ("organizations", "0080_system_role")]

    operations = [
        migrations.RunSQL(
            protect(
                TABLE,
                select=f"{OWN} OR {SYSTEM}",
                insert=OWN,
                update=f"{OWN} OR {SYSTEM}",
            )
            + revoke(TABLE, "DELETE"),
            unprotect(TABLE, "select", "insert", "update"),
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(believe_the_workers_alone(), migrations.RunSQL.noop),
    ]
