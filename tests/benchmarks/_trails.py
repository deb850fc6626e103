"""Cases that are approved and certified, with the whole trail of each, written by SQL after one real one."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from applications.models import Application
from organizations import digests
from tests.databases import connect_as_owner

# Without the triggers that keep people from writing what they did not do.
TABLES = (
    *(
        "applications_application",
        "applications_participant",
        "applications_revision",
        "applications_decision",
    ),
    *("applications_assessment", "certificates_certificate", "certificates_numbercounter"),
    *("organizations_event", "training_recognisedhours"),
)
COPY = """
CREATE TEMPORARY TABLE copy ON COMMIT DROP AS SELECT n, gen_random_uuid() AS person, gen_random_uuid() AS case_id,
    gen_random_uuid() AS certificate, (SELECT max(serial) FROM certificates_certificate) + n AS serial
FROM generate_series(1, %(n)s) n
"""
DECIDED = """
CREATE TEMPORARY TABLE decided ON COMMIT DROP AS SELECT c.n, d.id AS was, gen_random_uuid() AS is
FROM copy c, applications_decision d WHERE d.application_id = %(case)s
"""
NUMBER = "k.number_year || lpad(c.serial::text, 6, '0')"
ROWS = (
    """
INSERT INTO organizations_person (id, name, id_kind, id_cipher, id_index, created_at)
SELECT person, '案卷' || serial, 'passport', '\\x00', sha256(('trail' || serial)::bytea), now() FROM copy
""",
    """
INSERT INTO applications_application
SELECT (jsonb_populate_record(a, jsonb_build_object('id', c.case_id, 'person_id', c.person))).*
FROM applications_application a, copy c WHERE a.id = %(case)s
""",
    """
INSERT INTO applications_participant (application_id, unit_id, person_id, revision, since)
SELECT c.case_id, t.unit_id, CASE WHEN t.person_id IS NOT NULL THEN c.person END, t.revision, t.since
FROM applications_participant t, copy c WHERE t.application_id = %(case)s
""",
    """
INSERT INTO applications_revision (id, application_id, number, content, sha256, submitted_at)
SELECT gen_random_uuid(), c.case_id, r.number, r.content, r.sha256, r.submitted_at
FROM applications_revision r, copy c WHERE r.application_id = %(case)s
""",
    """
INSERT INTO applications_decision
SELECT (jsonb_populate_record(d, jsonb_build_object('id', i.is, 'application_id', c.case_id))).*
FROM applications_decision d JOIN decided i ON i.was = d.id JOIN copy c USING (n)
""",
    """
INSERT INTO applications_assessment
SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'application_id', c.case_id,
    'decision_id', i.is))).*
FROM applications_assessment s JOIN decided i ON i.was = s.decision_id JOIN copy c USING (n)
""",
    f"""
INSERT INTO certificates_certificate
SELECT (jsonb_populate_record(k, jsonb_build_object('id', c.certificate, 'application_id', c.case_id,
    'person_id', c.person, 'serial', c.serial, 'number', {NUMBER}, 'lent_by', array[c.case_id],
    'token', c.certificate, 'sheet', replace(replace(k.sheet, k.number, {NUMBER}), k.token, c.certificate::text)))).*
FROM certificates_certificate k, copy c WHERE k.application_id = %(case)s
""",
    f"""
INSERT INTO training_recognisedhours
SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(), 'person_id', c.person,
    'number', {NUMBER}))).*
FROM training_recognisedhours h JOIN certificates_certificate k ON k.number = h.number, copy c
WHERE k.application_id = %(case)s
""",
    "UPDATE certificates_numbercounter SET last = (SELECT max(serial) FROM copy)",
)
# One link of every copy's chain, after the real one's; what it says of rows is made anew from the copies.
LINK = f"""
INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev, at, hash, xid)
SELECT *, event_hash(seq, prev, subject, id, act, user_id, person, unit_id, at, facts), pg_current_xact_id() FROM (
    SELECT e.subject, s.id, e.seq, e.act, e.user_id,
        CASE e.person_id WHEN k.person_id THEN c.person ELSE e.person_id END AS person, e.unit_id,
        (replace(e.facts, k.number, o.number)::jsonb - 'evidence'  -- the copies have no papers
            || CASE WHEN e.facts::jsonb ? 'application' THEN jsonb_build_object('application', c.case_id)
                ELSE '{{}}' END
            || CASE WHEN d.id IS NULL THEN '{{}}' ELSE jsonb_build_object('decision', d.id, 'decided',
                {digests.sql("applications_decision", "d")}) END
            || CASE WHEN e.facts::jsonb ? 'sheet' THEN jsonb_build_object('sheet',
                encode(sha256(convert_to(o.sheet, 'UTF8')), 'hex')) ELSE '{{}}' END)::text AS facts,
        coalesce(p.hash, '') AS prev, e.at
    FROM organizations_event e JOIN certificates_certificate k ON k.application_id = %(case)s, copy c
    JOIN certificates_certificate o ON o.id = c.certificate
    CROSS JOIN LATERAL (SELECT CASE %(subject)s WHEN 'application' THEN c.case_id ELSE c.certificate END AS id) s
    LEFT JOIN decided i ON i.n = c.n AND i.was = %(decision)s
    LEFT JOIN applications_decision d ON d.id = i.is
    LEFT JOIN organizations_event p ON p.subject = %(subject)s AND p.subject_id = s.id AND p.seq = %(seq)s - 1
    WHERE e.id = %(event)s) link
"""
HEADS = """
UPDATE {table} t SET audit_seq = e.seq, audit_hash = e.hash FROM organizations_event e, copy c
WHERE t.id = c.{copy} AND e.subject = '{subject}' AND e.subject_id = t.id
    AND e.seq = (SELECT max(seq) FROM organizations_event WHERE subject = e.subject AND subject_id = t.id)
"""
EVENTS = """
SELECT e.id, e.subject, e.seq, e.facts::jsonb ->> 'decision' FROM organizations_event e
JOIN certificates_certificate k ON k.application_id = %(case)s
WHERE e.subject = 'application' AND e.subject_id = k.application_id
    OR e.subject = 'certificate' AND e.subject_id = k.id ORDER BY e.subject, e.seq
"""


def multiply(database: str, case: Application, n: int) -> int:
    """Adds `n` approved cases like `case`, each of another person; returns how many events that are. As the owner."""
    facts: dict[str, Any] = {"n": n, "case": str(case.pk)}
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        link.autocommit = False
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in (COPY, DECIDED, *ROWS):
            cursor.execute(statement, facts)
        cursor.execute("ANALYZE copy; ANALYZE decided")
        cursor.execute(EVENTS, facts)
        chain = cursor.fetchall()
        for event, subject, seq, decision in chain:
            cursor.execute(
                LINK, {**facts, "event": event, "subject": subject, "seq": seq, "decision": decision}
            )
        for table, copy, subject in (
            ("applications_application", "case_id", "application"),
            ("certificates_certificate", "certificate", "certificate"),
        ):
            cursor.execute(HEADS.format(table=table, copy=copy, subject=subject))
        link.commit()
        link.autocommit = True
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
    return n * len(chain)
