"""A desk full of complete cases, written by SQL after one real one: thousands of them in seconds."""

from __future__ import annotations

from contextlib import closing

from applications.models import Application
from tests.databases import connect_as_owner

PEOPLE = """
INSERT INTO organizations_person (id, name, id_kind, id_cipher, id_index, created_at)
SELECT gen_random_uuid(), '案卷' || n, 'passport', '\\x00', sha256(('case' || n)::bytea), now()
FROM generate_series(1, %(n)s) n
"""
# Every column as the real case has it, but for its own key, person and name; its chain begins anew.
APPLICATIONS = """
INSERT INTO applications_application
SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'person_id', p.id, 'name', p.name,
    'id_index', p.id_index, 'audit_seq', 0, 'audit_hash', ''::bytea))).*
FROM applications_application a, organizations_person p WHERE a.id = %(case)s AND p.name LIKE '案卷%%'
"""
PARTICIPANTS = """
INSERT INTO applications_participant (application_id, unit_id, person_id, revision, since)
SELECT c.id, t.unit_id, CASE WHEN t.person_id IS NOT NULL THEN c.person_id END, t.revision, t.since
FROM applications_participant t, applications_application c WHERE t.application_id = %(case)s AND c.name LIKE '案卷%%'
"""
REVISIONS = """
INSERT INTO applications_revision (id, application_id, number, content, sha256, submitted_at)
SELECT gen_random_uuid(), c.id, r.number, replace(r.content, %(name)s, c.name), r.sha256, r.submitted_at
FROM applications_revision r, applications_application c WHERE r.application_id = %(case)s AND c.name LIKE '案卷%%'
"""
DECISIONS = """
INSERT INTO applications_decision
SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'application_id', c.id))).*
FROM applications_decision d, applications_application c WHERE d.application_id = %(case)s AND c.name LIKE '案卷%%'
"""
ASSESSMENTS = """
INSERT INTO applications_assessment
SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'application_id', d.application_id,
    'decision_id', d.id))).*
FROM applications_assessment s JOIN applications_decision o ON o.id = s.decision_id
JOIN applications_decision d ON d.hop = o.hop AND d.revision = o.revision
JOIN applications_application c ON c.id = d.application_id AND c.name LIKE '案卷%%'
WHERE s.application_id = %(case)s
"""


def multiply(database: str, case: Application, n: int) -> None:
    """Adds `n` cases like `case`, each of another person, where it lies now. As the owner, our triggers off."""
    facts = {"n": n, "case": str(case.pk), "name": case.name}
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute("ALTER TABLE applications_application DISABLE TRIGGER USER")
        for statement in (PEOPLE, APPLICATIONS, PARTICIPANTS, REVISIONS, DECISIONS, ASSESSMENTS):
            cursor.execute(statement, facts)
        cursor.execute("ALTER TABLE applications_application ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
