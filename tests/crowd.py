"""A province's worth of rows, written in seconds by SQL: only for plans and benchmarks, never for behaviour."""

from __future__ import annotations

from contextlib import closing

from tests.databases import connect_as_owner

PEOPLE = """
INSERT INTO organizations_person (id, name, id_kind, id_cipher, id_index, created_at)
SELECT gen_random_uuid(), '众人' || n, 'passport', '\\x00', sha256(n::text::bytea), now()
FROM generate_series(1, %(n)s) n
"""

UNITS = """
INSERT INTO organizations_unit (id, name, uscc, affiliation, nature, region_id, top_level, bureau_level, active,
    pinyin, initials, created_at, audit_seq, audit_hash)
SELECT gen_random_uuid(), '众单位' || n, '', 'none', 'enterprise', '430102', true, '', true,
    'zhongdanwei' || n, 'zdw', now(), 0, ''
FROM generate_series(1, 2000) n
"""

# One case in ten waits on somebody's desk; one in ten of these on the desk of `unit`.
CASES = """
WITH u AS (SELECT array_agg(id) AS ids FROM organizations_unit WHERE name LIKE '众单位%%'),
p AS (SELECT id, row_number() OVER () AS n FROM organizations_person WHERE name LIKE '众人%%')
INSERT INTO applications_application (id, session_id, person_id, state, version, id_kind, id_cipher, id_index, name,
    gender, ethnicity, employer_id, nature, target_title, phone, education, title_series, specialty, region_id,
    region_anchor, remark, span_exception, evidence_note, route, final_label, steps, step, hop, current_unit_id,
    revision, years_met, warnings, created_at, submitted_at, arrived_at, decided_at, audit_seq, audit_hash)
SELECT gen_random_uuid(), %(session)s, p.id, CASE WHEN n %% 10 = 0 THEN 'bureau_review' ELSE 'approved' END, 3,
    'passport', '\\x00', sha256(n::text::bytea), '众人' || n, '男', '汉族', u.ids[1 + n %% 2000], 'enterprise',
    'senior', '13900000000', '21', '工程技术人员', '结构', '430102', 'unit', '', '', '', 'territorial', '核认',
    '{employer,bureau:city}', CASE WHEN n %% 10 = 0 THEN 1 END, 1,
    CASE WHEN n %% 100 = 0 THEN %(unit)s::uuid WHEN n %% 10 = 0 THEN u.ids[1 + n %% 2000] END,
    1, true, 0, now(), now() - n * interval '1 second', CASE WHEN n %% 10 = 0 THEN now() - n * interval '1 second' END,
    now(), 0, ''
FROM p, u
"""

PARTICIPANTS = """
INSERT INTO applications_participant (application_id, unit_id, person_id, revision, since)
SELECT id, employer_id, NULL::uuid, 1, now() FROM applications_application WHERE name LIKE '众人%%'
UNION ALL SELECT id, NULL, person_id, 0, now() FROM applications_application WHERE name LIKE '众人%%'
UNION ALL SELECT id, current_unit_id, NULL, 1, now() FROM applications_application
    WHERE name LIKE '众人%%' AND current_unit_id IS NOT NULL AND current_unit_id <> employer_id
"""


def gather(database: str, *, n: int, session: object, unit: object) -> None:
    """Adds `n` people with one case each; n/100 of the cases wait on the desk of `unit`.

    Runs as the owner with our own triggers off; constraints and foreign keys stay on.
    """
    facts = {"n": n, "session": str(session), "unit": str(unit)}
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute("ALTER TABLE applications_application DISABLE TRIGGER USER")
        for statement in (PEOPLE, UNITS, CASES, PARTICIPANTS):
            cursor.execute(statement, facts)
        cursor.execute("ALTER TABLE applications_application ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
