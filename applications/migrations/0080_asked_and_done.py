"""What pages ask and do about cases beyond their actor's rows: each a function of one question or one act."""

# ruff: noqa: S608 -- fragments of our own, no input
from django.db import migrations

from organizations.walls import ACT, ME_PERSON, ME_UNIT, ME_USER, QUESTION

# Who may ask about a session as a whole.
PROVINCE = f"""EXISTS (SELECT FROM organizations_unit province
        WHERE province.id = {ME_UNIT} AND province.active AND province.bureau_level = 'province')"""

# Whether the actor takes part in a case, for functions that answer about cases by their keys.
TAKING_PART = f"""
CREATE FUNCTION takes_part(wanted uuid) RETURNS boolean {QUESTION} AS $$
    SELECT acts_as_system() OR EXISTS (SELECT FROM applications_participant p
        WHERE p.application_id = wanted AND (p.unit_id = {ME_UNIT} OR p.person_id = {ME_PERSON}))
$$;
"""

QUESTIONS = f"""
CREATE FUNCTION session_is_in_use(wanted uuid) RETURNS boolean {QUESTION} AS $$
    SELECT EXISTS (SELECT FROM applications_application WHERE session_id = wanted AND {PROVINCE})
$$;

-- With a session in which nobody ever filed go the changes that were asked for.
CREATE FUNCTION session_changes_go(wanted uuid) RETURNS void {ACT} AS $$
BEGIN
    IF session_is_in_use(wanted) OR NOT EXISTS (
        SELECT FROM organizations_unit u JOIN organizations_membership m ON m.unit_id = u.id
         WHERE u.id = {ME_UNIT} AND u.active AND u.bureau_level = 'province'
           AND m.user_id = {ME_USER} AND m.role = 'admin') THEN
        PERFORM act_refuse('no session to remove of the acting administrator');
    END IF;
    DELETE FROM applications_sessionchange WHERE session_id = wanted;
END $$;

CREATE FUNCTION cases_running_at(wanted uuid) RETURNS bigint {QUESTION} AS $$
    SELECT count(*) FROM applications_application WHERE current_unit_id = wanted AND unit_is_kept(wanted)
       AND state IN ('employer_review', 'department_review', 'bureau_review')
$$;

-- What the person has decided, in a case or (NULL, handed on too) anywhere, under whatever hat.
CREATE FUNCTION i_decided(wanted uuid, of_revision integer) RETURNS boolean {QUESTION} AS $$
    SELECT EXISTS (SELECT FROM applications_decision WHERE person_id = {ME_PERSON}
        AND (wanted IS NULL OR (application_id = wanted AND revision = of_revision)))
        OR (wanted IS NULL AND EXISTS (SELECT FROM applications_handover WHERE person_id = {ME_PERSON}))
$$;

-- The hours on record that the actor's cases took over: whether the record still says so, and not whose else it is.
CREATE FUNCTION hours_behind(cases uuid[]) RETURNS TABLE (application_id uuid, title text, source text, stands boolean)
{QUESTION} AS $$
    SELECT a.application_id, a.title, r.source, r.valid AND r.hours = a.claimed
      FROM applications_activity a JOIN applications_yearentry y ON y.id = a.year_entry_id
      JOIN training_recognisedhours r ON r.id = a.recognised_id
     WHERE a.application_id = ANY (cases) AND takes_part(a.application_id) ORDER BY y.year, a.id
$$;
"""

# Who can decide a case now, and if nobody, why. Rows of `reasons`: case, unit, parent of the unit, region of the unit,
# its affiliation and level, reason. Persons count, not accounts. At most the applicant and one person per earlier hop
# are kept out, so units with more people than that are passed over without a look at each case. `only` narrows cases.
REASONS = """
WITH able AS (
    SELECT m.unit_id, count(DISTINCT us.person_id) AS people, count(*) AS accounts
      FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
     WHERE m.unit_id IN (
        SELECT a.current_unit_id FROM applications_application a
         WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND {only})
     GROUP BY m.unit_id
), held AS (
    SELECT a.id, a.current_unit_id AS unit, coalesce(a.standing_for_id, a.current_unit_id) AS place, a.person_id,
           a.revision, a.hop, a.arrived_at, a.region_id, a.steps[a.step + 1] AS here, a.steps[a.step + 2] AS next,
           u.active, u.parent_id, u.region_id AS unit_region, u.affiliation, u.bureau_level,
           coalesce(able.people, 0) AS people, coalesce(able.accounts, 0) AS accounts,
           NOT (s.opens_at <= at AND at < s.review_until) AS over
      FROM applications_application a
      JOIN organizations_unit u ON u.id = a.current_unit_id
      JOIN applications_filingsession s ON s.id = a.session_id
      LEFT JOIN able ON able.unit_id = a.current_unit_id
     WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND {only}
), ways AS (
    SELECT w.*, CASE
        WHEN (w.here = 'department' AND p.parent_id IS NOT NULL AND NOT p.top_level) OR w.next = 'department'
            THEN EXISTS (SELECT FROM organizations_unit o WHERE o.id = p.parent_id AND o.active)
        WHEN w.next LIKE 'bureau:%' THEN EXISTS (
            SELECT FROM organizations_unit o WHERE o.active AND o.bureau_level = split_part(w.next, ':', 2)
               AND o.region_id IN (w.region_id, left(w.region_id, 4) || '00', left(w.region_id, 2) || '0000'))
        ELSE true END AS passable
      FROM (SELECT DISTINCT place, here, next, region_id FROM held) w
      JOIN organizations_unit p ON p.id = w.place
), reasons AS (
    SELECT h.*, CASE
        WHEN h.over THEN 'over'
        WHEN NOT h.active THEN 'closed'
        WHEN h.accounts = 0 THEN 'no_account'
        WHEN h.people = 0 THEN 'no_identity'
        WHEN h.people <= h.hop + 1 AND NOT EXISTS (
            SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
             WHERE m.unit_id = h.unit AND us.person_id <> h.person_id AND NOT EXISTS (
                SELECT FROM applications_decision d WHERE d.application_id = h.id AND d.revision = h.revision
                   AND d.person_id = us.person_id))
            THEN CASE WHEN EXISTS (
                SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id AND us.is_active
                 WHERE m.unit_id = h.unit AND us.person_id <> h.person_id) THEN 'decided' ELSE 'own' END
        WHEN NOT w.passable THEN 'no_next'
        END AS why
      FROM held h
      JOIN ways w ON (w.place, w.here, w.region_id) = (h.place, h.here, h.region_id)
                 AND w.next IS NOT DISTINCT FROM h.next
)
"""
THESE = "a.id = ANY (cases) AND takes_part(a.id)"
# Once for each unit, whatever the planner knows of the tables; the database's own rule, which also guards what is
# written.
CURABLE = "a.current_unit_id IN (SELECT c.id FROM curable c)"
CURES = f"""WITH curable AS MATERIALIZED (
    SELECT h.id FROM organizations_unit h WHERE unit_cures({ME_UNIT}, h.id)
), able AS"""
NAMED_SO = "(part = '' OR h.name_key LIKE '%' || name_key(part) || '%')"
COUNTED = REASONS.replace("WITH able AS", CURES).format(only=CURABLE)
TO_CURE = COUNTED.replace("h.id)\n", f"h.id) AND {NAMED_SO}\n", 1)
BY_REASON = "SELECT r.why, count(*) FROM reasons r GROUP BY r.why"
STUCK = f"""
CREATE FUNCTION cases_held_up(cases uuid[], at timestamptz) RETURNS TABLE (id uuid, why text) {QUESTION} AS $$
{REASONS.format(only=THESE)} SELECT r.id, r.why FROM reasons r
$$;

CREATE FUNCTION accounts_able(cases uuid[], at timestamptz) RETURNS TABLE (id uuid, account bigint) {QUESTION} AS $$
SELECT a.id, us.id FROM applications_application a
  JOIN organizations_unit u ON u.id = a.current_unit_id AND u.active
  JOIN applications_filingsession s ON s.id = a.session_id AND s.opens_at <= at AND at < s.review_until
  JOIN organizations_membership m ON m.unit_id = a.current_unit_id
  JOIN organizations_user us ON us.id = m.user_id AND us.is_active AND us.person_id <> a.person_id
 WHERE a.state IN ('employer_review', 'department_review', 'bureau_review') AND a.id = ANY (cases)
   AND NOT EXISTS (SELECT FROM applications_decision d WHERE d.application_id = a.id AND d.revision = a.revision
                      AND d.person_id = us.person_id)
   AND takes_part(a.id)
$$;

CREATE FUNCTION reasons_at_unit(wanted uuid, at timestamptz) RETURNS TABLE (why text, cases bigint) {QUESTION} AS $$
{REASONS.format(only="a.current_unit_id = wanted AND unit_is_kept(wanted)")} {BY_REASON}
$$;

CREATE FUNCTION reasons_in_session(wanted uuid, at timestamptz) RETURNS TABLE (why text, cases bigint) {QUESTION} AS $$
{REASONS.format(only=f"a.session_id = wanted AND {PROVINCE}")} {BY_REASON}
$$;

CREATE FUNCTION cases_to_cure(reason text, part text, after uuid, most integer, at timestamptz)
RETURNS TABLE (id uuid, unit uuid, why text, arrived_at timestamptz, name text, unit_name text, session_name text,
               review_until timestamptz) {QUESTION} AS $$
{TO_CURE}
SELECT r.id, r.unit, r.why, r.arrived_at, a.name, u.name, s.name, s.review_until FROM reasons r
  JOIN applications_application a ON a.id = r.id JOIN organizations_unit u ON u.id = r.unit
  JOIN applications_filingsession s ON s.id = a.session_id
 WHERE r.why IS NOT NULL AND (reason = '' OR r.why = reason)
   AND (after IS NULL OR (r.arrived_at, r.id) > (
        SELECT b.arrived_at, b.id FROM applications_application b WHERE b.id = after))
 ORDER BY r.arrived_at, r.id LIMIT most
$$;

CREATE FUNCTION cases_to_cure_counted(most integer, at timestamptz) RETURNS bigint {QUESTION} AS $$
{COUNTED}
SELECT count(*) FROM (SELECT FROM reasons r WHERE r.why IS NOT NULL LIMIT most) AS counted
$$;

CREATE FUNCTION why_to_cure(wanted uuid, at timestamptz) RETURNS text {QUESTION} AS $$
{REASONS.format(only=f"a.id = wanted AND unit_cures({ME_UNIT}, a.current_unit_id)")} SELECT r.why FROM reasons r
$$;
"""

# A unit that cures a case need not take part in it yet. 代办 and 移交 move it exactly as the row says that the person
# wrote before; the guard compares.
CURING = f"""
CREATE FUNCTION case_to_cure(wanted uuid, locked boolean) RETURNS SETOF applications_application {ACT} AS $$
BEGIN
    IF locked THEN
        PERFORM 1 FROM applications_application WHERE id = wanted FOR UPDATE;
    END IF;
    RETURN QUERY SELECT a.* FROM applications_application a
        WHERE a.id = wanted AND a.state IN ('employer_review', 'department_review', 'bureau_review')
          AND unit_cures({ME_UNIT}, a.current_unit_id);
END $$;

CREATE FUNCTION case_is_handed_on(wanted uuid) RETURNS SETOF applications_application {ACT} AS $$
DECLARE
    h applications_handover;
BEGIN
    SELECT * INTO h FROM applications_handover WHERE id = wanted AND unit_id = {ME_UNIT} AND person_id = {ME_PERSON};
    UPDATE applications_application SET state = h.state, steps = h.steps, step = h.step, version = h.version,
           current_unit_id = h.to_unit_id,
           standing_for_id = CASE h.kind WHEN 'stand_in' THEN coalesce(standing_for_id, current_unit_id) END
     WHERE id = h.application_id AND version + 1 = h.version;
    IF NOT FOUND THEN
        PERFORM act_refuse('no handover of the acting person');
    END IF;
    PERFORM event_record('application', h.application_id,
        CASE h.kind WHEN 'stand_in' THEN 'stood_in' ELSE 'transferred' END,
        jsonb_build_object('handover', h.id, 'from', h.from_unit_id, 'to', h.to_unit_id),
        {ME_USER}, {ME_PERSON}, {ME_UNIT});
    RETURN QUERY SELECT a.* FROM applications_application a WHERE a.id = h.application_id;
END $$;

CREATE FUNCTION cases_follow_merger(closed uuid, successor uuid) RETURNS integer {ACT} AS $$
DECLARE
    each uuid;
    moved integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM organizations_unit u JOIN organizations_unit b ON b.id = {ME_UNIT}
                    WHERE u.id = closed AND NOT u.active AND u.merged_into_id = successor
                      AND b.active AND b.bureau_level <> '') THEN
        PERFORM act_refuse('no merger of an acting bureau');
    END IF;
    FOR each IN SELECT id FROM applications_application WHERE current_unit_id = closed
                   AND state IN ('employer_review', 'department_review', 'bureau_review') ORDER BY id FOR UPDATE
    LOOP
        UPDATE applications_application SET current_unit_id = successor, version = version + 1 WHERE id = each;
        PERFORM event_record('application', each, 'unit_followed',
                             jsonb_build_object('unit', closed, 'to', successor));
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END $$;
"""

# What is still being filled in follows the person's row when the province has granted a correction of it.
CORRECTING = f"""
CREATE FUNCTION cases_to_correct(request uuid) RETURNS SETOF uuid {ACT} AS $$
BEGIN
    RETURN QUERY SELECT a.id FROM applications_application a JOIN organizations_datarequest r
            ON r.person_id = a.person_id AND r.id = request AND r.kind = 'correction' AND r.state = 'done'
           AND r.settled_by_id = {ME_UNIT} AND r.person_id IS DISTINCT FROM {ME_PERSON}
         WHERE a.state IN ('draft', 'returned', 'withdrawn') ORDER BY a.id FOR UPDATE OF a;
END $$;

CREATE FUNCTION case_is_corrected(request uuid, wanted uuid, new_name text, new_pinyin text, new_initials text,
                                  new_kind text, new_cipher bytea, new_index bytea, new_gender text) RETURNS void
{ACT} AS $$
DECLARE
    me text := current_setting('app.person', true);
BEGIN
    IF NOT EXISTS (SELECT FROM cases_to_correct(request) AS c (id) WHERE c.id = wanted) THEN
        PERFORM act_refuse('not a correction to grant');
    END IF;
    -- The guard lets only the applicant change what is being filled in.
    PERFORM set_config('app.person', person_id::text, true) FROM applications_application WHERE id = wanted;
    UPDATE applications_application SET name = coalesce(new_name, name), pinyin = coalesce(new_pinyin, pinyin),
           initials = coalesce(new_initials, initials), id_kind = coalesce(new_kind, id_kind),
           id_cipher = coalesce(new_cipher, id_cipher), id_index = coalesce(new_index, id_index),
           gender = coalesce(new_gender, gender), version = version + 1 WHERE id = wanted;
    PERFORM set_config('app.person', coalesce(me, ''), true);
    PERFORM event_record('application', wanted, 'identity_corrected', jsonb_build_object('request', request));
END $$;
"""
BACK = """
DROP FUNCTION case_is_corrected(uuid, uuid, text, text, text, text, bytea, bytea, text);
DROP FUNCTION cases_to_correct(uuid);
DROP FUNCTION cases_follow_merger(uuid, uuid);
DROP FUNCTION case_is_handed_on(uuid);
DROP FUNCTION case_to_cure(uuid, boolean);
DROP FUNCTION why_to_cure(uuid, timestamptz);
DROP FUNCTION cases_to_cure_counted(integer, timestamptz);
DROP FUNCTION cases_to_cure(text, text, uuid, integer, timestamptz);
DROP FUNCTION reasons_in_session(uuid, timestamptz);
DROP FUNCTION reasons_at_unit(uuid, timestamptz);
DROP FUNCTION accounts_able(uuid[], timestamptz);
DROP FUNCTION cases_held_up(uuid[], timestamptz);
DROP FUNCTION hours_behind(uuid[]);
DROP FUNCTION i_decided(uuid, integer);
DROP FUNCTION cases_running_at(uuid);
DROP FUNCTION session_changes_go(uuid);
DROP FUNCTION session_is_in_use(uuid);
DROP FUNCTION takes_part(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0100_asked_for_oneself"),
        ("organizations", "0080_system_role"),
        ("training", "0080_own_acts"),
    ]

    operations = [migrations.RunSQL(TAKING_PART + QUESTIONS + STUCK + CURING + CORRECTING, BACK)]
