"""What a unit asks and does about its plans beyond its own rows: each a function of one question or one act."""

# ruff: noqa: S608 -- fragments of our own, no input
from django.db import migrations

from organizations.walls import ACT, ME_PERSON, ME_UNIT, QUESTION, SYSTEM, protect, unprotect

# 备案编号 are counted over all plans, also those that went on to another unit in a merger.
NUMBERS = f"""
CREATE FUNCTION plan_numbers_given(stem text) RETURNS integer {QUESTION} AS $$
    SELECT coalesce(max(substr(filing_number, length(stem) + 1)::integer), 0) FROM training_trainingplan
     WHERE starts_with(filing_number, stem)
$$;
"""

# As TrainingPlan.number.
NUMBER = "coalesce(nullif(p.filing_number, ''), 'PX' || p.year || '-' || upper(left(replace(p.id::text, '-', ''), 10)))"

# 加入名单 by membership of the own unit; 更正 of somebody without hours; hours that fall with the attendance, and hours
# of those who came, once somebody of that name and number is registered.
ATTENDING = f"""
CREATE FUNCTION members_registered(chosen bigint[]) RETURNS SETOF organizations_person {QUESTION} AS $$
    SELECT p.* FROM organizations_person p WHERE p.id IN (
        SELECT us.person_id FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id
         WHERE m.id = ANY (chosen) AND m.unit_id = {ME_UNIT})
$$;

CREATE FUNCTION attendee_is_corrected(wanted uuid, new_name text, new_kind text, new_index bytea, new_masked text)
RETURNS void {ACT} AS $$
BEGIN
    UPDATE training_attendee a SET name = new_name, id_kind = new_kind, id_index = new_index, id_masked = new_masked
      FROM training_trainingplan p
     WHERE a.id = wanted AND a.credited_at IS NULL AND p.id = a.plan_id AND p.unit_id = {ME_UNIT};
END $$;

CREATE FUNCTION plan_hours_fall(wanted uuid, under text) RETURNS void {ACT} AS $$
BEGIN
    UPDATE training_recognisedhours h SET valid = false
      FROM training_attendee a JOIN training_trainingplan p ON p.id = a.plan_id
     WHERE p.id = wanted AND p.unit_id = {ME_UNIT} AND p.state = 'held' AND NOT a.attended
       AND h.person_id = a.person_id AND h.source = 'plan' AND h.number = under
       AND under = {NUMBER};
END $$;

CREATE FUNCTION plan_hours_are_credited(wanted uuid, under text, who uuid[], what numeric[], at timestamptz)
RETURNS TABLE (whose uuid, earned numeric) {ACT} AS $$
DECLARE
    plan training_trainingplan;
    each record;
    credited integer := 0;
BEGIN
    SELECT * INTO plan FROM training_trainingplan p
     WHERE p.id = wanted AND p.state = 'held' AND (p.unit_id = {ME_UNIT} OR acts_as_system()) AND under = {NUMBER};
    FOR each IN
        SELECT a.id, p.id AS person, g.hours FROM unnest(who, what) AS g (id, hours)
          JOIN training_attendee a ON a.id = g.id JOIN organizations_person p ON p.id_index = a.id_index
         WHERE a.plan_id = plan.id AND a.attended AND a.credited_at IS NULL
           AND name_key(p.name) = name_key(a.name) AND name_key(a.name) <> '' ORDER BY a.id FOR UPDATE OF a
    LOOP
        INSERT INTO training_recognisedhours (id, person_id, year, category, hours, source, number, title, valid,
                                              recorded_at)
        VALUES (gen_random_uuid(), each.person, plan.year, plan.category, coalesce(each.hours, 0), 'plan', under,
                plan.topic, true, at)
        ON CONFLICT (person_id, source, number, year, category)
        DO UPDATE SET hours = EXCLUDED.hours, title = EXCLUDED.title, valid = EXCLUDED.valid;
        UPDATE training_attendee SET person_id = each.person, credited_at = at, hours = each.hours WHERE id = each.id;
        credited := credited + 1;
        whose := each.person;
        earned := each.hours;
        RETURN NEXT;
    END LOOP;
    IF credited > 0 THEN
        PERFORM event_record('training_plan', plan.id, 'hours_recorded', jsonb_build_object('people', credited));
    END IF;
END $$;
"""

# After 合并: the plans of the closed unit, and those that lie with it, go on with its successor. `above` is where the
# successor itself files. NULL when it files nowhere and a plan would need it; then nothing has moved.
MERGING = f"""
CREATE FUNCTION plans_follow_merger(closed uuid, successor uuid, above uuid) RETURNS integer {ACT} AS $$
DECLARE
    kind text := current_setting('app.kind', true);
    each record;
    moved integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM organizations_unit u JOIN organizations_unit b ON b.id = {ME_UNIT}
                    WHERE u.id = closed AND NOT u.active AND u.merged_into_id = successor
                      AND b.active AND b.bureau_level <> '') THEN
        PERFORM act_refuse('no merger of an acting bureau');
    END IF;
    IF above IS NULL AND EXISTS (SELECT FROM training_trainingplan p
        WHERE (p.unit_id = closed AND p.supervisor_id IN (closed, successor))
           OR (p.unit_id = successor AND p.supervisor_id = closed)) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('app.kind', 'system', true);
    FOR each IN SELECT p.id, CASE p.unit_id WHEN closed THEN successor ELSE p.unit_id END AS unit, p.supervisor_id
                  FROM training_trainingplan p WHERE closed IN (p.unit_id, p.supervisor_id) ORDER BY p.id FOR UPDATE
    LOOP
        UPDATE training_trainingplan SET unit_id = each.unit, supervisor_id = CASE
            WHEN each.supervisor_id IS NULL OR each.supervisor_id NOT IN (closed, each.unit) THEN each.supervisor_id
            WHEN each.unit = successor THEN above ELSE successor END
         WHERE id = each.id;
        PERFORM event_record('training_plan', each.id, 'plan_followed',
                             jsonb_build_object('unit', closed, 'to', successor));
        moved := moved + 1;
    END LOOP;
    PERFORM set_config('app.kind', coalesce(kind, ''), true);
    RETURN moved;
END $$;
"""
# A provider's program signs before anybody is known; its secret is sealed. And the hours of a record that the province
# took over in spite of its flags: whose it is now, how it stands, what stood on record before and stands after.
FITS = "p.id IS NOT NULL AND name_key(p.name) = name_key(r.name) AND name_key(r.name) <> ''"
HELD = """SELECT h.person_id, h.year, h.category, h.hours FROM training_recordstanding s
     JOIN training_recognisedhours h ON h.id = s.recognised_id WHERE s.id = wanted AND h.valid"""
FEEDS = f"""
CREATE FUNCTION credential_known(wanted text, at timestamptz) RETURNS SETOF training_providercredential {QUESTION} AS $$
    SELECT c.* FROM training_providercredential c JOIN training_provider p ON p.id = c.provider_id AND p.active
     WHERE c.key_id = wanted AND (c.ends_at IS NULL OR c.ends_at > at)
$$;

CREATE FUNCTION accepted_record_counts(wanted uuid, at timestamptz) RETURNS TABLE (
    stands text, was_whose uuid, was_year integer, was_category text, was_hours numeric,
    whose uuid, of_year integer, of_category text, earned numeric) {ACT} AS $$
DECLARE
    entered uuid;
BEGIN
    PERFORM 1 FROM training_recordstanding s JOIN organizations_unit u ON u.id = {ME_UNIT}
      WHERE s.id = wanted AND s.accepted AND s.decided_by_id = {ME_PERSON} AND s.state = 'flagged'
        AND u.active AND u.bureau_level = 'province' FOR UPDATE OF s;
    IF NOT FOUND THEN
        PERFORM act_refuse('no record that the acting bureau took over');
    END IF;
    {HELD.replace(" FROM", " INTO was_whose, was_year, was_category, was_hours FROM", 1)};
    UPDATE training_recordstanding s SET since = at, person_id = CASE WHEN {FITS} THEN p.id END,
           state = CASE WHEN p.id IS NULL THEN 'waiting' WHEN {FITS} THEN 'counted' ELSE 'mismatch' END
      FROM training_learningrecord r LEFT JOIN organizations_person p ON p.id_index = r.id_index
     WHERE s.id = wanted AND s.record_id = r.id RETURNING s.state INTO stands;
    UPDATE training_recognisedhours h SET valid = false
      FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
     WHERE s.id = wanted AND h.id = s.recognised_id AND h.valid AND (s.state <> 'counted'
        OR (h.person_id, h.year, h.category) IS DISTINCT FROM (s.person_id, r.year, s.category));
    INSERT INTO training_recognisedhours AS h (id, person_id, year, category, hours, source, number, title, valid,
                                               recorded_at)
    SELECT gen_random_uuid(), s.person_id, r.year, s.category, r.hours, v.source, v.code || '-' || s.number, r.title,
           true, at
      FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
      JOIN training_provider v ON v.id = s.provider_id WHERE s.id = wanted AND s.state = 'counted'
    ON CONFLICT (person_id, source, number, year, category)
    DO UPDATE SET hours = EXCLUDED.hours, title = EXCLUDED.title, valid = true RETURNING h.id INTO entered;
    UPDATE training_recordstanding s SET recognised_id = entered WHERE s.id = wanted AND entered IS NOT NULL;
    {HELD.replace(" FROM", " INTO whose, of_year, of_category, earned FROM", 1)};
    RETURN NEXT;
END $$;
"""
BACK = """
DROP FUNCTION accepted_record_counts(uuid, timestamptz);
DROP FUNCTION credential_known(text, timestamptz);
DROP FUNCTION plans_follow_merger(uuid, uuid, uuid);
DROP FUNCTION plan_hours_are_credited(uuid, text, uuid[], numeric[], timestamptz);
DROP FUNCTION plan_hours_fall(uuid, text);
DROP FUNCTION attendee_is_corrected(uuid, text, text, bytea, text);
DROP FUNCTION members_registered(bigint[]);
DROP FUNCTION plan_numbers_given(text);
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0060_attendance_by_day"), ("organizations", "0080_system_role")]

    operations = [
        migrations.RunSQL(NUMBERS + ATTENDING + MERGING + FEEDS, BACK),
        # Annex 1: everybody reads it, an operator's command writes it.
        migrations.RunSQL(
            protect("training_trainingbase", select="true", insert=SYSTEM, update=SYSTEM),
            unprotect("training_trainingbase", "select", "insert", "update"),
        ),
    ]
