"""Rows compared with what their events recorded, each kind by one statement over all of them.

Events from before format 2 name no digests: such a row is compared with what they do say.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from organizations import digests
from organizations.audit import Fault

DECIDED = digests.sql("applications_decision", "d")
MOVES = "('submitted', 'forwarded', 'unit_followed', 'transferred', 'stood_in')"  # to the unit that the event names
STEPS = "('started', 'copied', 'submitted', 'withdrawn', 'forwarded', 'approved', 'returned', 'rejected'"
ACTS = f"{STEPS}, 'transferred', 'stood_in')"
CASES = {
    "state": f"""
WITH last AS (
    SELECT DISTINCT ON (subject_id) subject_id, seq, act FROM organizations_event
    WHERE subject = 'application' AND act IN {ACTS} ORDER BY subject_id, seq DESC)
SELECT 'application', a.id, last.seq, format('the case is %%s, its last event says %%s', a.state, last.act)
FROM applications_application a JOIN last ON last.subject_id = a.id
WHERE a.state <> ALL (CASE last.act WHEN 'started' THEN ARRAY['draft'] WHEN 'copied' THEN ARRAY['draft']
    WHEN 'submitted' THEN ARRAY['employer_review', 'bureau_review']
    WHEN 'forwarded' THEN ARRAY['department_review', 'bureau_review']
    WHEN 'transferred' THEN ARRAY['employer_review', 'bureau_review']
    WHEN 'stood_in' THEN ARRAY['employer_review', 'department_review', 'bureau_review'] ELSE ARRAY[last.act] END)
""",
    "unit": f"""
WITH last AS (
    SELECT DISTINCT ON (subject_id) subject_id, seq, coalesce(facts::jsonb ->> 'to', facts::jsonb ->> 'unit') AS unit
    FROM organizations_event WHERE subject = 'application' AND act IN {MOVES}
    ORDER BY subject_id, seq DESC)
SELECT 'application', a.id, last.seq, 'the case lies with another unit than its last event says'
FROM applications_application a JOIN last ON last.subject_id = a.id
WHERE a.current_unit_id IS NOT NULL AND a.current_unit_id::text <> last.unit
""",
    "person": """
SELECT 'application', a.id, e.seq, 'the case belongs to somebody else than who submitted it'
FROM applications_application a JOIN organizations_event e ON e.subject = 'application' AND e.subject_id = a.id
WHERE e.act = 'submitted' AND e.person_id <> a.person_id
""",
    "revisions": """
SELECT 'application', coalesce(r.application_id, e.subject_id), coalesce(e.seq, 0),
    CASE WHEN r.id IS NULL THEN 'a submission is gone' WHEN e.id IS NULL THEN 'a submission that no event names'
         ELSE 'a submission is not what was submitted' END
FROM applications_revision r FULL JOIN (
    SELECT *, facts::jsonb AS said FROM organizations_event WHERE subject = 'application' AND act = 'submitted') e
    ON e.subject_id = r.application_id AND (e.said ->> 'revision')::int = r.number
WHERE r.id IS NULL OR e.id IS NULL OR r.sha256 <> e.said ->> 'sha256'
    OR encode(sha256(convert_to(r.content, 'UTF8')), 'hex') <> r.sha256
UNION ALL
SELECT 'application', a.id, a.audit_seq, 'the case counts other submissions than its events'
FROM applications_application a WHERE a.revision <> (
    SELECT count(*) FROM organizations_event e
    WHERE e.subject = 'application' AND e.subject_id = a.id AND e.act = 'submitted')
""",
    "decisions": f"""
SELECT 'application', coalesce(d.application_id, e.subject_id), coalesce(e.seq, 0),
    CASE WHEN d.id IS NULL THEN 'a decision is gone' WHEN e.id IS NULL THEN 'a decision that no event names'
         ELSE 'a decision is not what was decided' END
FROM applications_decision d FULL JOIN (
    SELECT *, facts::jsonb AS said FROM organizations_event
    WHERE subject = 'application' AND act IN ('forwarded', 'approved', 'returned', 'rejected')) e
    ON (e.said ->> 'decision')::uuid = d.id
WHERE d.id IS NULL OR e.id IS NULL OR d.application_id <> e.subject_id
    OR d.outcome <> CASE e.act WHEN 'forwarded' THEN 'approved' ELSE e.act END
    OR (d.user_id, d.person_id, d.unit_id) IS DISTINCT FROM (e.user_id, e.person_id, e.unit_id)
    OR d.next_unit_id::text IS DISTINCT FROM e.said ->> 'to'
    OR e.said ? 'decided' AND e.said ->> 'decided' <> {DECIDED}
""",
    "participants": f"""
SELECT 'application', e.subject_id, e.seq, 'a unit that the case went to is no longer on record as taking part'
FROM organizations_event e JOIN applications_application a ON a.id = e.subject_id
WHERE e.subject = 'application' AND e.act IN {MOVES} AND NOT EXISTS (
    SELECT FROM applications_participant p WHERE p.application_id = e.subject_id
    AND p.unit_id::text = coalesce(e.facts::jsonb ->> 'to', e.facts::jsonb ->> 'unit'))
UNION ALL
SELECT 'application', a.id, a.audit_seq, 'the applicant is not on record as taking part' FROM applications_application a
WHERE NOT EXISTS (SELECT FROM applications_participant p WHERE p.application_id = a.id AND p.person_id = a.person_id)
UNION ALL
SELECT 'application', p.application_id, 0, 'a unit takes part that no event names' FROM applications_participant p
WHERE p.unit_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM organizations_event e WHERE e.subject = 'application' AND e.subject_id = p.application_id
    AND e.act IN {MOVES}
    AND p.unit_id::text IN (e.facts::jsonb ->> 'to', e.facts::jsonb ->> 'unit'))
""",
    "evidence": """
SELECT 'application', x.application_id, 0, 'a file is not one that was uploaded' FROM applications_evidence x
JOIN applications_application a ON a.id = x.application_id
WHERE x.storage_key <> 'evidence/' || left(x.sha256, 2) || '/' || x.sha256 OR NOT EXISTS (
    SELECT FROM organizations_event e JOIN applications_application o ON o.id = e.subject_id
    WHERE e.subject = 'application' AND e.act IN ('evidence_added', 'evidence_replaced')
    AND o.person_id = a.person_id AND e.facts::jsonb ->> 'sha256' = x.sha256)
UNION ALL
SELECT 'application', e.subject_id, e.seq, 'a file that was uploaded is gone, and no event says so'
FROM organizations_event e JOIN applications_application a ON a.id = e.subject_id
WHERE e.subject = 'application' AND e.act IN ('evidence_added', 'evidence_replaced') AND e.facts::jsonb ? 'evidence'
    AND NOT EXISTS (SELECT FROM applications_evidence x WHERE x.application_id = e.subject_id
        AND x.id = (e.facts::jsonb ->> 'evidence')::uuid AND x.sha256 = e.facts::jsonb ->> 'sha256')
    AND NOT EXISTS (SELECT FROM organizations_event r WHERE r.subject = e.subject AND r.subject_id = e.subject_id
        AND r.seq > e.seq AND r.facts::jsonb -> 'removed' ? (e.facts::jsonb ->> 'evidence'))
""",
}
CERTIFICATES = {
    "issued": """
SELECT 'certificate', c.id, coalesce(e.seq, 0), CASE WHEN e.id IS NULL THEN 'no event says that it was issued'
    ELSE 'the certificate is not what was issued' END
FROM certificates_certificate c LEFT JOIN organizations_event e
    ON e.subject = 'certificate' AND e.subject_id = c.id AND e.act = 'issued'
WHERE e.id IS NULL OR c.number <> e.facts::jsonb ->> 'number'
    OR c.application_id::text <> e.facts::jsonb ->> 'application'
    OR e.facts::jsonb ? 'sheet' AND e.facts::jsonb ->> 'sheet' <> encode(sha256(convert_to(c.sheet, 'UTF8')), 'hex')
    OR CASE WHEN c.sheet IS JSON THEN c.sheet::jsonb ->> 'number' END IS DISTINCT FROM c.number
    OR c.number_year || lpad(c.serial::text, 6, '0') <> c.number
    OR CASE WHEN c.sheet IS JSON OBJECT THEN (c.sheet::jsonb ->> 'from_year', c.sheet::jsonb ->> 'to_year',
            substring(c.sheet::jsonb ->> 'verification_url' FROM '/v/([^/]+)/$'))
        END IS DISTINCT FROM (c.from_year::text, c.to_year::text, c.token::text)
    OR c.by_approval AND c.issued_by_id <> e.unit_id
    OR c.by_approval <> (e.facts::jsonb ->> 'by_approval')::boolean
    OR NOT EXISTS (SELECT FROM applications_application a WHERE a.id = c.application_id AND a.person_id = c.person_id)
""",
    "numbers": """
SELECT 'counter', '00000000-0000-0000-0000-000000000000'::uuid, given.serial,
    format('a number of %%s is neither given nor on record as lost', n.year)
FROM certificates_numbercounter n CROSS JOIN LATERAL generate_series(1, n.last) AS given (serial)
WHERE NOT EXISTS (SELECT FROM certificates_certificate c WHERE c.number_year = n.year AND c.serial = given.serial)
    AND NOT EXISTS (SELECT FROM certificates_lostnumbers l
        WHERE l.year = n.year AND given.serial BETWEEN l.first AND l.last)
UNION ALL
SELECT 'certificate', c.id, 0, 'a number that the counter has not reached' FROM certificates_certificate c
WHERE NOT EXISTS (SELECT FROM certificates_numbercounter n WHERE n.year = c.number_year AND n.last >= c.serial)
""",
    "certificate states": """
WITH last AS (
    SELECT DISTINCT ON (subject_id) subject_id, seq, act FROM organizations_event
    WHERE subject = 'certificate' AND act IN ('issued', 'printed', 'superseded', 'revoked')
    ORDER BY subject_id, seq DESC)
SELECT 'certificate', c.id, last.seq, format('the certificate is %%s, its last event says %%s', c.state, last.act)
FROM certificates_certificate c JOIN last ON last.subject_id = c.id
WHERE c.state <> CASE last.act WHEN 'issued' THEN 'pending' WHEN 'printed' THEN 'ready' ELSE last.act END
""",
    "prints": """
SELECT 'certificate', c.id, e.seq, 'the print is not the one that was sealed'
FROM certificates_certificate c JOIN organizations_event e
    ON e.subject = 'certificate' AND e.subject_id = c.id AND e.act = 'printed'
WHERE c.sha256 <> e.facts::jsonb ->> 'sha256'
""",
    "successors": """
SELECT 'certificate', c.id, e.seq, 'another certificate took its place than the event says'
FROM certificates_certificate c JOIN organizations_event e
    ON e.subject = 'certificate' AND e.subject_id = c.id AND e.act = 'superseded'
WHERE c.superseded_by_id::text IS DISTINCT FROM e.facts::jsonb ->> 'by'
""",
    "revocations": """
WITH said AS (
    SELECT *, (facts::jsonb ->> 'revocation')::uuid AS revocation FROM organizations_event
    WHERE subject = 'certificate' AND act IN ('revocation_requested', 'revoked', 'revocation_declined'))
SELECT 'certificate', coalesce(r.certificate_id, asked.subject_id), coalesce(asked.seq, 0),
    CASE WHEN r.id IS NULL THEN 'a revocation is gone' WHEN asked.id IS NULL THEN 'a revocation that no event names'
         ELSE 'a revocation is not what was asked and decided' END
FROM certificates_revocation r
FULL JOIN (SELECT * FROM said WHERE act = 'revocation_requested') asked ON asked.revocation = r.id
LEFT JOIN said decided ON decided.revocation = r.id AND decided.subject_id = r.certificate_id
    AND decided.act <> 'revocation_requested'
WHERE r.id IS NULL OR asked.id IS NULL OR r.certificate_id <> asked.subject_id
    OR r.state <> CASE decided.act WHEN 'revoked' THEN 'confirmed' WHEN 'revocation_declined' THEN 'declined'
        ELSE 'requested' END
    OR (r.requested_by_id, r.unit_id) IS DISTINCT FROM (asked.person_id, asked.unit_id)
    OR r.decided_by_id IS DISTINCT FROM decided.person_id
    OR coalesce(asked.facts::jsonb -> 'years', '[]') <> to_jsonb(r.years)
    OR asked.facts::jsonb ? 'reason' AND asked.facts::jsonb ->> 'reason' <>
        encode(sha256(convert_to(r.reason, 'UTF8')), 'hex')
""",
    "revoked approvals": """
SELECT 'application', a.id, a.audit_seq, 'whether the approval was revoked is not what its certificate says'
FROM certificates_certificate c JOIN applications_application a ON a.id = c.application_id
WHERE c.by_approval AND (c.state = 'revoked') IS DISTINCT FROM (a.revoked_at IS NOT NULL)
""",
    "hours": """
SELECT 'certificate', c.id, 0, 'hours on record are not those that were recognised'
FROM certificates_certificate c JOIN (
    SELECT number, person_id, bool_or(valid) AS any_valid, bool_and(valid) AS all_valid,
        string_agg(concat_ws(' ', year, category, hours), ',' ORDER BY year, category) AS listed
    FROM training_recognisedhours WHERE source = 'certificate' GROUP BY number, person_id) h ON h.number = c.number
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', s.year, s.category, s.recognised), ',' ORDER BY s.year, s.category) AS listed
    FROM applications_assessment s JOIN applications_decision d ON d.id = s.decision_id
    WHERE d.application_id = c.application_id AND d.revision = c.revision
    AND d.hop = (SELECT max(hop) FROM applications_decision o
                 WHERE o.application_id = c.application_id AND o.revision = c.revision)) s ON true
WHERE h.person_id <> c.person_id OR NOT c.by_approval OR h.listed IS DISTINCT FROM s.listed
    OR c.state = 'revoked' AND h.any_valid AND EXISTS (
        SELECT FROM organizations_event e
        JOIN certificates_revocation r ON r.id = (e.facts::jsonb ->> 'revocation')::uuid
        JOIN training_recognisedhours y ON y.source = 'certificate' AND y.number = c.number AND y.valid
        WHERE e.subject = 'certificate' AND e.subject_id = c.id AND e.act = 'revoked'
          AND (r.years = '{}' OR y.year = ANY (r.years))) OR c.state IN ('pending', 'ready') AND NOT h.all_valid
UNION ALL
SELECT 'certificate', c.id, 0, 'the hours that it recognises are not on record' FROM certificates_certificate c
WHERE c.by_approval AND NOT EXISTS (
    SELECT FROM training_recognisedhours h WHERE h.source = 'certificate' AND h.number = c.number)
UNION ALL
SELECT 'recognised', h.id, 0, 'hours on record of a certificate that there is not' FROM training_recognisedhours h
WHERE h.source = 'certificate' AND NOT EXISTS (SELECT FROM certificates_certificate c WHERE c.number = h.number)
""",
    "plans": """
SELECT 'recognised', h.id, 0, 'hours on record are not those of a training that was held'
FROM training_recognisedhours h WHERE h.source = 'plan' AND NOT EXISTS (
    SELECT FROM training_trainingplan p WHERE p.state = 'held' AND p.year = h.year AND p.category = h.category
    AND h.number = coalesce(nullif(p.filing_number, ''),
        'PX' || p.year || '-' || upper(left(replace(p.id::text, '-', ''), 10)))
    AND (NOT h.valid OR EXISTS (SELECT FROM training_attendee a WHERE a.plan_id = p.id AND a.person_id = h.person_id
        AND a.credited_at IS NOT NULL AND coalesce(a.hours, p.hours) = h.hours)))
""",
}


def _digested(subject: str, table: str) -> str:
    return f"""
WITH last AS (
    SELECT DISTINCT ON (subject_id) subject_id, seq, facts::jsonb ->> 'digest' AS digest FROM organizations_event
    WHERE subject = '{subject}' AND facts::jsonb ? 'digest' ORDER BY subject_id, seq DESC)
SELECT '{subject}', t.id, last.seq, 'the row is not as its last event left it'
FROM {table} t JOIN last ON last.subject_id = t.id WHERE last.digest <> {digests.sql(table, "t")}
"""


REGISTRY = {
    "units": _digested("unit", "organizations_unit"),
    "sessions": _digested("session", "applications_filingsession"),
    "session changes": """
WITH said AS (
    SELECT *, (facts::jsonb ->> 'change')::uuid AS change FROM organizations_event
    WHERE subject = 'session' AND facts::jsonb ? 'change')
SELECT 'session', coalesce(c.session_id, asked.subject_id), coalesce(asked.seq, 0),
    CASE WHEN c.id IS NULL THEN 'a change that was asked for is gone'
         WHEN asked.id IS NULL THEN 'a change that no event names'
         ELSE 'a change is not what was asked and decided' END
FROM applications_sessionchange c
FULL JOIN (SELECT * FROM said WHERE act = 'session_change_requested') asked ON asked.change = c.id
LEFT JOIN said decided ON decided.change = c.id AND decided.act <> 'session_change_requested'
WHERE c.id IS NULL AND EXISTS (SELECT FROM applications_filingsession s WHERE s.id = asked.subject_id)
    OR c.id IS NOT NULL AND (asked.id IS NULL OR c.session_id <> asked.subject_id
    OR c.state <> CASE decided.act WHEN 'session_changed' THEN 'confirmed'
        WHEN 'session_change_declined' THEN 'declined' WHEN 'session_change_withdrawn' THEN 'withdrawn'
        ELSE 'requested' END
    OR c.requested_by_id IS DISTINCT FROM asked.person_id OR c.decided_by_id IS DISTINCT FROM decided.person_id)
""",
    # A chain that never began speaks of nobody.
    "members": """
WITH last AS (
    SELECT DISTINCT ON (subject_id, facts::jsonb ->> 'user') subject_id, facts::jsonb ->> 'user' AS who, seq, act,
        facts::jsonb AS facts
    FROM organizations_event
    WHERE subject = 'unit' AND act IN ('bureau_created', 'member_joined', 'member_moved', 'member_removed')
        AND facts::jsonb ? 'user'
    ORDER BY subject_id, facts::jsonb ->> 'user', seq DESC)
SELECT 'unit', coalesce(m.unit_id, last.subject_id), coalesce(last.seq, 0),
    CASE WHEN m.id IS NULL THEN format('account %%s is no member any more, and no event says so', last.who)
         WHEN last.who IS NOT NULL THEN format('account %%s has another role than its event says', last.who)
         ELSE format('account %%s is a member, and no event says so', m.user_id) END
FROM organizations_membership m FULL JOIN (SELECT * FROM last WHERE act <> 'member_removed'
        OR (facts ->> 'v')::int >= 3 AND NOT facts ? 'removed') last
    ON last.subject_id = m.unit_id AND last.who = m.user_id::text
WHERE m.id IS NULL AND NOT EXISTS (SELECT FROM organizations_event e WHERE e.subject = 'unit'
        AND e.subject_id = last.subject_id AND e.act = 'unit_merged' AND e.seq > last.seq)
    OR m.role <> last.facts ->> 'role'
    OR last.who IS NULL AND EXISTS (SELECT FROM organizations_event e WHERE e.subject = 'unit'
        AND e.subject_id = m.unit_id AND e.act IN ('bureau_created', 'unit_added')
        AND e.facts::jsonb ? 'v')
""",
}
FEEDS = {
    "deliveries": f"""
SELECT 'delivery', d.id, coalesce(e.seq, 0), CASE WHEN e.id IS NULL THEN 'no event says that it was delivered'
    ELSE 'the delivery is not what was delivered' END
FROM training_delivery d LEFT JOIN organizations_event e
    ON e.subject = 'delivery' AND e.subject_id = d.id AND e.act = 'delivered'
WHERE e.id IS NULL OR (d.provider_id::text, d.sha256, d.rows::text, d.channel) IS DISTINCT FROM
        (e.facts::jsonb ->> 'provider', e.facts::jsonb ->> 'sha256', e.facts::jsonb ->> 'rows',
         e.facts::jsonb ->> 'channel')
    OR e.facts::jsonb ->> 'records' IS DISTINCT FROM (
        SELECT {digests.many("training_learningrecord", "r", "row")} FROM training_learningrecord r
        WHERE r.delivery_id = d.id)
""",
    "records": """
SELECT 'recognised', h.id, 0, 'hours on record are not those of the record that they stand for'
FROM training_recordstanding s JOIN training_learningrecord r ON r.id = s.record_id
JOIN training_recognisedhours h ON h.id = s.recognised_id
WHERE h.valid <> (s.state = 'counted') OR s.state = 'counted' AND
    (h.person_id, h.year, h.category, h.hours) IS DISTINCT FROM (s.person_id, r.year, s.category, r.hours)
""",
}
CHECKS = {**CASES, **CERTIFICATES, **REGISTRY, **FEEDS}


def faults() -> Iterator[Fault]:
    """Every row that says something else than its events, as the current actor; nothing when all agree."""
    for query in CHECKS.values():
        with connection.chunked_cursor() as cursor:
            cursor.execute(query, [])
            while rows := cursor.fetchmany(500):
                for subject, pk, seq, what in rows:
                    yield Fault(subject, pk, seq, what)
