"""A plan gets its 备案编号 when it is accepted, counted by unit and year; numbers given before stay as they are."""

from django.db import migrations, models
from django.db.models import Q

GUARD = """
CREATE OR REPLACE FUNCTION training_plan_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me uuid := nullif(current_setting('app.unit', true), '')::uuid;
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    act text[] := chain || ARRAY['state', 'supervisor_id', 'filed_at', 'filed_by_id', 'decided_at',
                                 'decided_by_id', 'reason', 'held_at'%s];
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
    %s
    IF legal IS NOT TRUE THEN
        RAISE EXCEPTION 'a plan moves by its own steps' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_plan_moves_by_its_own_steps', TABLE = 'training_trainingplan';
    END IF;
    RETURN NEW;
END $$;
"""
ONCE = """IF NEW.filing_number <> OLD.filing_number
        AND NOT (OLD.filing_number = '' AND OLD.state = 'filed' AND NEW.state = 'accepted') THEN
        legal := false;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("training", "0006_id_kinds"), ("organizations", "0020_pinned_paths")]

    operations = [
        migrations.AddField(
            "trainingplan",
            "filing_number",
            models.CharField(
                "备案编号", max_length=40, blank=True, editable=False, default="", db_default=""
            ),
        ),
        migrations.AddConstraint(
            "trainingplan",
            models.UniqueConstraint(
                fields=["filing_number"], condition=~Q(filing_number=""), name="a_plan_number_is_given_once"
            ),
        ),
        migrations.AddConstraint(
            "trainingplan",
            models.CheckConstraint(
                condition=Q(filing_number="") | Q(state__in=("accepted", "held")),
                name="only_an_accepted_plan_has_a_number",
            ),
        ),
        migrations.RunSQL(GUARD % (", 'filing_number'", ONCE), GUARD % ("", "")),
    ]
