"""The guard of the state machine in the database: whoever goes around the services meets this trigger."""

from django.db import migrations

# The same edges as the transition table on the model; a test compares the two.
EDGES = """
CREATE FUNCTION application_edge(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (before, after) IN (
        ('draft', 'employer_review'), ('draft', 'bureau_review'),
        ('returned', 'employer_review'), ('returned', 'bureau_review'),
        ('withdrawn', 'employer_review'), ('withdrawn', 'bureau_review'),
        ('employer_review', 'department_review'), ('department_review', 'department_review'),
        ('employer_review', 'bureau_review'), ('department_review', 'bureau_review'),
        ('bureau_review', 'bureau_review'), ('bureau_review', 'approved'),
        ('employer_review', 'returned'), ('department_review', 'returned'), ('bureau_review', 'returned'),
        ('employer_review', 'rejected'), ('department_review', 'rejected'), ('bureau_review', 'rejected'),
        ('employer_review', 'withdrawn'), ('department_review', 'withdrawn'), ('bureau_review', 'withdrawn'))
$$;

CREATE FUNCTION application_refuse(rule text, says text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'check_violation', CONSTRAINT = rule,
        TABLE = 'applications_application';
END $$;
"""

WHO = """
CREATE FUNCTION application_check_actor(before applications_application, after applications_application)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    me uuid := nullif(current_setting('app.person', true), '')::uuid;
    my_unit uuid := nullif(current_setting('app.unit', true), '')::uuid;
    wanted text;
BEGIN
    IF before.state IN ('draft', 'returned', 'withdrawn') OR after.state = 'withdrawn' THEN
        IF me IS DISTINCT FROM before.person_id THEN
            PERFORM application_refuse('only_the_applicant_files', 'only the applicant submits and withdraws');
        END IF;
        RETURN;
    END IF;
    IF me IS NULL OR me = before.person_id THEN
        PERFORM application_refuse('nobody_decides_their_own', 'nobody decides their own application');
    END IF;
    IF my_unit IS DISTINCT FROM before.current_unit_id THEN
        PERFORM application_refuse('only_the_holder_decides', 'the case lies with another unit');
    END IF;
    wanted := CASE WHEN after.state IN ('returned', 'rejected') THEN after.state ELSE 'approved' END;
    IF NOT EXISTS (SELECT FROM applications_decision d
                   WHERE d.application_id = before.id AND d.revision = before.revision AND d.hop = before.hop
                     AND d.person_id = me AND d.unit_id = my_unit AND d.outcome = wanted) THEN
        PERFORM application_refuse('a_step_needs_its_decision', 'no decision on record for this step');
    END IF;
END $$;
"""

WHERE = """
CREATE FUNCTION unit_has_superior(unit uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM organizations_unit u
                   WHERE u.id = unit AND u.parent_id IS NOT NULL AND NOT u.top_level)
$$;

-- Whether `unit` may hold a case at `step`, coming from `came_from`.
CREATE FUNCTION application_unit_fits(step text, unit uuid, came_from uuid, employer uuid, region text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE split_part(step, ':', 1)
        WHEN 'employer' THEN unit = employer
        WHEN 'department' THEN
            CASE WHEN split_part(step, ':', 2) = 'self' THEN unit = came_from
            ELSE unit_has_superior(came_from)
                AND EXISTS (SELECT FROM organizations_unit u WHERE u.id = came_from AND u.parent_id = unit) END
        WHEN 'bureau' THEN EXISTS (
            SELECT FROM organizations_unit u
            WHERE u.id = unit AND u.active AND u.bureau_level = split_part(step, ':', 2)
              AND u.region_id IN (region, left(region, 4) || '00', left(region, 2) || '0000'))
        ELSE false END
$$;

CREATE FUNCTION application_check_place(before applications_application, after applications_application)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_step text := before.steps[before.step + 1];
    next_step text := after.steps[after.step + 1];
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
            AND NOT (left_step = 'department' AND unit_has_superior(before.current_unit_id)))
    ) THEN
        PERFORM application_refuse('no_step_is_skipped', 'a step of the route was skipped');
    END IF;
    IF next_step IS NULL OR split_part(next_step, ':', 1) || '_review' <> after.state
       OR NOT coalesce(application_unit_fits(next_step, after.current_unit_id, before.current_unit_id,
                                             after.employer_id, after.region_id), false) THEN
        PERFORM application_refuse('the_unit_fits_the_route', 'this unit does not stand at this step');
    END IF;
END $$;
"""

GUARD = """
CREATE FUNCTION application_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    process text[] := chain || ARRAY['state', 'version', 'step', 'hop', 'current_unit_id', 'arrived_at',
                                     'decided_at', 'years_met', 'warnings'];
    editable boolean := OLD.state IN ('draft', 'returned', 'withdrawn');
    moves boolean := OLD.state <> NEW.state OR OLD.step IS DISTINCT FROM NEW.step OR OLD.hop <> NEW.hop
                     OR OLD.current_unit_id IS DISTINCT FROM NEW.current_unit_id;
    applicant boolean := OLD.person_id IS NOT DISTINCT FROM nullif(current_setting('app.person', true), '')::uuid;
BEGIN
    IF NEW.person_id <> OLD.person_id OR NEW.session_id <> OLD.session_id THEN
        PERFORM application_refuse('an_application_keeps_its_person', 'person and session never change');
    END IF;
    IF moves THEN
        IF NOT application_edge(OLD.state, NEW.state) THEN
            PERFORM application_refuse('only_legal_edges', format('no way from %s to %s', OLD.state, NEW.state));
        END IF;
        IF NEW.version <= OLD.version THEN
            PERFORM application_refuse('a_step_raises_the_version', 'a step must raise the version');
        END IF;
        PERFORM application_check_actor(OLD, NEW);
        PERFORM application_check_place(OLD, NEW);
        IF NOT editable AND to_jsonb(OLD) - process <> to_jsonb(NEW) - process THEN
            PERFORM application_refuse('what_is_filed_is_frozen', 'what is filed is not changed in review');
        END IF;
    ELSIF NOT (editable AND applicant) AND to_jsonb(OLD) - chain <> to_jsonb(NEW) - chain THEN
        PERFORM application_refuse('what_is_filed_is_frozen', 'what is filed is not changed in review');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_guard BEFORE UPDATE ON applications_application
    FOR EACH ROW EXECUTE FUNCTION application_guard();

CREATE FUNCTION application_starts_as_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' OR NEW.revision <> 0 OR NEW.version <> 0 THEN
        PERFORM application_refuse('an_application_starts_as_draft', 'an application starts as a draft');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_starts_as_draft BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION application_starts_as_draft();
"""

BACK = """
DROP TRIGGER application_starts_as_draft ON applications_application;
DROP FUNCTION application_starts_as_draft();
DROP TRIGGER application_guard ON applications_application;
DROP FUNCTION application_guard();
DROP FUNCTION application_check_place(applications_application, applications_application);
DROP FUNCTION application_unit_fits(text, uuid, uuid, uuid, text);
DROP FUNCTION unit_has_superior(uuid);
DROP FUNCTION application_check_actor(applications_application, applications_application);
DROP FUNCTION application_refuse(text, text);
DROP FUNCTION application_edge(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_walls")]

    operations = [migrations.RunSQL(EDGES + WHO + WHERE + GUARD, BACK)]
