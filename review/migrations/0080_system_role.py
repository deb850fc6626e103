"""Reviewing beyond one's own rows, whom an act may tell, and `system` given to the workers' role alone."""

# ruff: noqa: S608 -- fragments of our own, no input
from django.db import migrations

from organizations.walls import ACT, ME_UNIT, ME_USER, QUESTION, believe_the_workers_alone

# Rows of the outbox are nobody's: of the actor's own batches, which chunk failed for good and is rung for no more; and
# the first chunk follows when its batch is taken back in part, unless a worker has its row already.
BATCHES = f"""
CREATE FUNCTION chunks_given_up(wanted text[]) RETURNS SETOF text {QUESTION} AS $$
    SELECT o.key FROM organizations_outboxitem o JOIN review_batch b ON b.id::text = split_part(o.key, ':', 1)
     WHERE o.task = 'review.run_batch' AND o.key = ANY (wanted) AND b.user_id = {ME_USER} AND b.unit_id = {ME_UNIT}
     GROUP BY o.key HAVING bool_or(o.state = 'failed') AND NOT bool_or(o.state = 'pending')
$$;

CREATE FUNCTION first_chunk_moves(batch uuid, from_key text, to_key text, due timestamptz) RETURNS void {ACT} AS $$
BEGIN
    UPDATE organizations_outboxitem SET key = to_key, run_after = due WHERE id IN (
        SELECT o.id FROM organizations_outboxitem o
         WHERE o.task = 'review.run_batch' AND o.key = from_key AND o.state = 'pending'
           AND starts_with(from_key, batch || ':') AND starts_with(to_key, batch || ':')
           AND EXISTS (SELECT FROM review_batch b
                        WHERE b.id = batch AND b.user_id = {ME_USER} AND b.unit_id = {ME_UNIT})
           FOR UPDATE SKIP LOCKED);
END $$;
"""

# A decision that cannot take effect ends, whoever's of the unit it is, and its case may have left the unit's hands.
HOLDING = f"""
CREATE FUNCTION held_decision_is_dropped(wanted uuid, says text, at timestamptz) RETURNS boolean {ACT} AS $$
DECLARE
    about uuid;
BEGIN
    UPDATE review_helddecision SET state = 'dropped', ended_at = at, ended_says = says
     WHERE id = wanted AND state = 'waiting' AND (unit_id = {ME_UNIT} OR acts_as_system())
    RETURNING application_id INTO about;
    IF about IS NULL THEN
        RETURN false;
    END IF;
    PERFORM event_record('application', about, 'decision_dropped', jsonb_build_object('held', wanted));
    RETURN true;
END $$;
"""

ABSENCES = f"""
CREATE FUNCTION own_absences() RETURNS SETOF review_absence {QUESTION} AS $$
    SELECT a.* FROM review_absence a WHERE a.user_id = {ME_USER}
$$;
"""

# Whom an act tells besides applicants and oneself: the other people of a bureau about a revocation or the change of a
# session and whose certificates fell, the other side of a plan and its attendees, who asked for a correction, whose
# case was handed on, whose held decision was dropped.
TELLING = f"""
CREATE FUNCTION may_tell(whom uuid, about text, key uuid) RETURNS boolean {QUESTION} AS $$
    SELECT CASE about
        WHEN 'application' THEN EXISTS (
            SELECT FROM applications_handover h JOIN applications_application a ON a.id = h.application_id
             WHERE a.id = key AND a.person_id = whom AND h.unit_id = {ME_UNIT}) OR EXISTS (
            SELECT FROM review_helddecision d JOIN organizations_user us ON us.id = d.user_id
             WHERE d.application_id = key AND us.person_id = whom AND d.unit_id = {ME_UNIT} AND d.state = 'dropped')
        WHEN 'certificate' THEN EXISTS (
            SELECT FROM certificates_revocation r JOIN certificates_certificate c ON c.id = r.certificate_id
             WHERE r.unit_id = {ME_UNIT} AND (
                (c.id = key AND EXISTS (SELECT FROM organizations_membership m JOIN organizations_user us
                    ON us.id = m.user_id WHERE m.unit_id = r.unit_id AND us.person_id = whom))
                OR (c.id = key AND whom IN (r.requested_by_id, r.decided_by_id))
                OR (r.state = 'confirmed' AND c.person_id = whom AND EXISTS (
                    SELECT FROM certificates_certificate f WHERE f.id = key AND f.person_id = whom))))
        WHEN 'session' THEN EXISTS (
            SELECT FROM applications_sessionchange c WHERE c.session_id = key AND c.unit_id = {ME_UNIT} AND (
                c.requested_by_id = whom OR EXISTS (SELECT FROM organizations_membership m JOIN organizations_user us
                    ON us.id = m.user_id WHERE m.unit_id = c.unit_id AND us.person_id = whom)))
        WHEN 'delivery' THEN EXISTS (
            SELECT FROM training_delivery d JOIN training_provider v ON v.id = d.provider_id
              JOIN organizations_unit b ON b.id = {ME_UNIT} AND b.active AND b.bureau_level = 'province'
             WHERE d.id = key AND (
                EXISTS (SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id
                         WHERE m.unit_id = v.unit_id AND us.person_id = whom)
                OR EXISTS (SELECT FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
                            WHERE r.delivery_id = d.id AND s.person_id = whom)))
        WHEN 'training_plan' THEN EXISTS (
            SELECT FROM training_trainingplan p WHERE p.id = key AND {ME_UNIT} IN (p.unit_id, p.supervisor_id) AND (
                EXISTS (SELECT FROM organizations_membership m JOIN organizations_user us ON us.id = m.user_id
                         WHERE m.unit_id IN (p.unit_id, p.supervisor_id) AND us.person_id = whom)
                OR EXISTS (SELECT FROM training_attendee t WHERE t.plan_id = p.id AND t.person_id = whom)))
        WHEN 'data_request' THEN EXISTS (
            SELECT FROM organizations_datarequest r
             WHERE r.id = key AND r.person_id = whom AND r.settled_by_id = {ME_UNIT})
        ELSE false END
$$;
CREATE POLICY organizations_notice_insert_beyond ON organizations_notice FOR INSERT
    WITH CHECK (may_tell(person_id, subject, subject_id));
"""
BACK = """
DROP POLICY organizations_notice_insert_beyond ON organizations_notice;
DROP FUNCTION may_tell(uuid, text, uuid);
DROP FUNCTION own_absences();
DROP FUNCTION held_decision_is_dropped(uuid, text, timestamptz);
DROP FUNCTION first_chunk_moves(uuid, text, text, timestamptz);
DROP FUNCTION chunks_given_up(text[]);
"""


class Migration(migrations.Migration):
    """After every policy made so far, in whatever app; who adds one that asks for `app.kind` repeats the last step."""

    dependencies = [
        ("review", "0070_sample_seeds"),
        ("organizations", "0080_system_role"),
        ("applications", "0080_asked_and_done"),
        ("certificates", "0080_asked_and_done"),
        ("training", "0080_own_acts"),
    ]

    operations = [
        migrations.RunSQL(BATCHES + HOLDING + ABSENCES + TELLING, BACK),
        migrations.RunSQL(believe_the_workers_alone(), believe_the_workers_alone(back=True)),
    ]
