"""代办 and 移交: a case goes to another unit without a decision, exactly as a row of its own says."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import cehours.lib.clock
from organizations.walls import ME_PERSON, ME_UNIT, SYSTEM, protect, revoke, unprotect

STATES = [
    ("draft", "暂存"), ("employer_review", "待单位审核"), ("department_review", "待主管部门审核"),
    ("bureau_review", "待人社部门审核"), ("returned", "退回"), ("withdrawn", "已撤销"),
    ("approved", "审核通过"), ("rejected", "审核不通过"),
]  # fmt: skip

# Who may cure what lies with a unit: its superior, a bureau that keeps it, the province; and the bureau itself, which
# hands on what is not its to decide. Runs as the owner: who cures a case does not take part in it yet.
CURES = """
CREATE FUNCTION unit_cures(curer uuid, holder uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM organizations_unit c, organizations_unit h
        WHERE c.id = curer AND h.id = holder AND c.active AND (
            h.parent_id = c.id OR c.bureau_level = 'province' OR (c.id = h.id AND c.bureau_level <> '')
            OR (c.bureau_level <> '' AND h.bureau_level = '' AND h.affiliation IN ('city', 'none')
                AND left(h.region_id, CASE c.bureau_level WHEN 'city' THEN 4 ELSE 6 END)
                    = left(c.region_id, CASE c.bureau_level WHEN 'city' THEN 4 ELSE 6 END))))
$$;

CREATE FUNCTION application_may_be_handed_on(wanted uuid, wanted_version integer, holder uuid, by_unit uuid,
                                             by_person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (SELECT FROM applications_application a
        WHERE a.id = wanted AND a.state IN ('employer_review', 'department_review', 'bureau_review')
          AND a.version + 1 = wanted_version AND a.current_unit_id = holder AND a.person_id <> by_person
          AND unit_cures(by_unit, holder))
$$;

-- 代办 changes who holds the case; 移交 also the steps ahead of it. Nothing else changes, and no step is decided by it.
CREATE FUNCTION application_is_handed_on(before applications_application, after applications_application)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT before.hop = after.hop AND before.step IS NOT NULL AND after.step IS NOT NULL
       AND before.current_unit_id IS DISTINCT FROM after.current_unit_id
       AND to_jsonb(before) - ARRAY['audit_seq', 'audit_hash', 'version', 'current_unit_id', 'standing_for_id',
                                    'state', 'steps', 'step', 'arrived_at']
         = to_jsonb(after) - ARRAY['audit_seq', 'audit_hash', 'version', 'current_unit_id', 'standing_for_id',
                                   'state', 'steps', 'step', 'arrived_at']
       AND EXISTS (
        SELECT FROM applications_handover h JOIN organizations_unit u ON u.id = h.to_unit_id AND u.active
         WHERE h.application_id = after.id AND h.version = after.version AND after.version = before.version + 1
           AND h.from_unit_id = before.current_unit_id AND h.to_unit_id = after.current_unit_id
           AND (h.state, h.steps::text[], h.step) = (after.state, after.steps::text[], after.step)
           AND CASE WHEN h.kind = 'stand_in' THEN
                    (before.state, before.steps, before.step) = (after.state, after.steps, after.step)
                    AND h.unit_id = h.to_unit_id
                    AND after.standing_for_id = coalesce(before.standing_for_id, before.current_unit_id)
               ELSE after.standing_for_id IS NULL AND after.steps[cardinality(after.steps)] LIKE 'bureau:%'
                    AND split_part(after.steps[after.step + 1], ':', 1) || '_review' = after.state
                    AND CASE WHEN u.bureau_level = '' THEN after.step = 0 AND after.state = 'employer_review'
                        ELSE after.steps[after.step + 1] = 'bureau:' || u.bureau_level END END)
$$;

CREATE FUNCTION application_stands_no_longer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.standing_for_id := NULL;
    RETURN NEW;
END $$;
-- After the guard, whose name comes first: it still asks in whose place the step was decided.
CREATE TRIGGER application_stands_no_longer BEFORE UPDATE ON applications_application
    FOR EACH ROW WHEN (OLD.standing_for_id IS NOT NULL AND (OLD.hop, OLD.state) IS DISTINCT FROM (NEW.hop, NEW.state))
    EXECUTE FUNCTION application_stands_no_longer();
"""
CURES_BACK = """
DROP TRIGGER application_stands_no_longer ON applications_application;
DROP FUNCTION application_stands_no_longer();
DROP FUNCTION application_is_handed_on(applications_application, applications_application);
DROP FUNCTION application_may_be_handed_on(uuid, integer, uuid, uuid, uuid);
DROP FUNCTION unit_cures(uuid, uuid);
"""
GUARDED = """
DROP TRIGGER application_guard ON applications_application;
CREATE TRIGGER application_guard BEFORE UPDATE ON applications_application
    FOR EACH ROW WHEN (NOT application_follows_merger(OLD, NEW) AND NOT application_is_rekeyed(OLD, NEW){more})
    EXECUTE FUNCTION application_guard();
"""
WITH_HANDOVERS = GUARDED.format(more=" AND NOT application_is_handed_on(OLD, NEW)")
WITHOUT = GUARDED.format(more="")

# As in 0004, but what comes next follows from the unit in whose place a step was decided, and after a bureau from
# the bureau's own territory. A unit that stands in may so come next itself; the same person never does.
PLACE = """
CREATE OR REPLACE FUNCTION application_check_place(before applications_application, after applications_application)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_step text := before.steps[before.step + 1];
    next_step text := after.steps[after.step + 1];
    place uuid := {place};
    region text := {region};
BEGIN
    IF after.state NOT IN ('employer_review', 'department_review', 'bureau_review') THEN
        IF after.state = 'approved' AND before.step + 1 <> cardinality(before.steps) THEN
            PERFORM application_refuse('only_the_last_step_approves', 'only the last step approves');
        END IF;
        RETURN;
    END IF;
    IF before.step IS NULL THEN
        IF after.step <> 0 OR after.hop <> 0 OR after.revision <> before.revision + 1 THEN
            PERFORM application_refuse('filing_starts_at_the_first_step', 'a filing starts at the first step');
        END IF;
    ELSIF after.hop <> before.hop + 1 OR NOT (
        (after.step = before.step AND left_step = 'department')
        OR (after.step = before.step + 1
            AND NOT (left_step = 'department' AND unit_has_superior(place)))
    ) THEN
        PERFORM application_refuse('no_step_is_skipped', 'a step of the route was skipped');
    END IF;
    IF next_step IS NULL OR split_part(next_step, ':', 1) || '_review' <> after.state
       OR NOT coalesce(application_unit_fits(next_step, after.current_unit_id, place,
                                             after.employer_id, region), false) THEN
        PERFORM application_refuse('the_unit_fits_the_route', 'this unit does not stand at this step');
    END IF;
END $$;
"""
OF_BUREAU = """coalesce((SELECT u.region_id FROM organizations_unit u
        WHERE u.id = before.current_unit_id AND u.bureau_level <> '' AND left_step LIKE 'bureau:%'), after.region_id)"""
NEW_PLACE = PLACE.format(place="coalesce(before.standing_for_id, before.current_unit_id)", region=OF_BUREAU)
OLD_PLACE = PLACE.format(place="before.current_unit_id", region="after.region_id")

TAKES_PART = f"""{SYSTEM} OR EXISTS (SELECT FROM applications_participant p
    WHERE p.application_id = applications_handover.application_id)"""
WRITES = f"""unit_id = {ME_UNIT} AND person_id = {ME_PERSON}
    AND application_may_be_handed_on(application_id, version, from_unit_id, {ME_UNIT}, {ME_PERSON})"""


def unit(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit", **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0018_settled_remarks"),
        ("organizations", "0010_devices_imprints"),
    ]

    operations = [
        migrations.AddField("application", "standing_for", unit(null=True, editable=False)),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("stand_in", "代办"), ("transfer", "移交")],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("state", models.CharField(choices=STATES, max_length=20, verbose_name="环节")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
                ("step", models.PositiveSmallIntegerField()),
                ("reason", models.TextField(max_length=500, verbose_name="原因")),
                ("actor_name", models.CharField(max_length=60)),
                ("at", models.DateTimeField(default=cehours.lib.clock.now)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="applications.application",
                    ),
                ),
                ("from_unit", unit()),
                ("to_unit", unit()),
                ("unit", unit()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.user"
                    ),
                ),
            ],
            options={"ordering": ["at", "id"]},
        ),
        migrations.AddConstraint(
            "handover",
            models.UniqueConstraint(fields=("application", "version"), name="one_handover_per_version"),
        ),
        migrations.AddConstraint(
            "handover",
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="a_handover_has_a_reason",
                violation_error_message="请写明移交或代办的原因。",
            ),
        ),
        migrations.AddConstraint(
            "handover",
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="a_handover_leads_elsewhere"),
        ),
        migrations.RunSQL(CURES + WITH_HANDOVERS + NEW_PLACE, OLD_PLACE + WITHOUT + CURES_BACK),
        migrations.RunSQL(
            protect("applications_handover", select=TAKES_PART, insert=WRITES)
            + revoke("applications_handover", "UPDATE", "DELETE"),
            unprotect("applications_handover", "select", "insert"),
        ),
    ]
