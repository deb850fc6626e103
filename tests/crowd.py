"""A province's worth of rows, written in minutes by SQL: only for plans and benchmarks, never for behaviour."""

from __future__ import annotations

from contextlib import closing

from cehours.lib.pinyin import name_keys
from tests.databases import connect_as_owner

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌梅鹏飞慧玲宇晨雪浩佳欣怡博子轩若溪泽远"
NOBODY = "龘龘"  # a pair that nobody in the crowd has

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

# One case in ten waits on somebody's desk; one in ten of these on the desk of `unit`. Every name has a surname
# and one or two further characters.
CASES = """
WITH u AS (SELECT array_agg(id) AS ids FROM organizations_unit WHERE name LIKE '众单位%%'),
p AS (SELECT id, row_number() OVER () AS n FROM organizations_person WHERE name LIKE '众人%%'),
part AS (SELECT p.id, p.n, 1 + n %% 50 AS s, 1 + (n / 50) %% 50 AS g, 1 + (n / 2500) %% 51 AS h FROM p)
INSERT INTO applications_application (id, session_id, person_id, state, version, id_kind, id_cipher, id_index, name,
    pinyin, initials,
    gender, ethnicity, employer_id, nature, target_title, phone, education, title_series, specialty, region_id,
    region_anchor, remark, span_exception, evidence_note, route, final_label, steps, step, hop, current_unit_id,
    revision, years_met, warnings, created_at, submitted_at, arrived_at, decided_at, audit_seq, audit_hash)
SELECT gen_random_uuid(), %(session)s, part.id, CASE WHEN n %% 10 = 0 THEN 'bureau_review' ELSE 'approved' END, 3,
    'passport', '\\x00', sha256(n::text::bytea),
    (%(surnames)s::text[])[s] || (%(given)s::text[])[g] || (%(given)s::text[])[h],
    (%(surname_keys)s::text[])[s] || (%(given_keys)s::text[])[g] || (%(given_keys)s::text[])[h],
    left((%(surname_keys)s::text[])[s], 1) || left((%(given_keys)s::text[])[g], 1)
        || left((%(given_keys)s::text[])[h], 1),
    '男', '汉族', u.ids[1 + n %% 2000], 'enterprise',
    'senior', '13900000000', '21', '工程技术人员', '众结构', '430102', 'unit', '', '', '', 'territorial', '核认',
    '{employer,bureau:city}', CASE WHEN n %% 10 = 0 THEN 1 END, 1,
    CASE WHEN n %% 100 = 0 THEN %(unit)s::uuid WHEN n %% 10 = 0 THEN u.ids[1 + n %% 2000] END,
    1, true, (n %% 7000 = 0)::int, now(), now() - n * interval '1 second',
    CASE WHEN n %% 10 = 0 THEN now() - n * interval '1 second' END,
    now(), 0, ''
FROM part, u
"""

PARTICIPANTS = """
INSERT INTO applications_participant (application_id, unit_id, person_id, revision, since)
SELECT id, employer_id, NULL::uuid, 1, now() FROM applications_application WHERE specialty = '众结构'
UNION ALL SELECT id, NULL, person_id, 0, now() FROM applications_application WHERE specialty = '众结构'
UNION ALL SELECT id, %(unit)s, NULL, 1, now() FROM applications_application
    WHERE specialty = '众结构' AND (%(seen_by_unit)s OR current_unit_id = %(unit)s)
"""

NAME_KEYS = """
INSERT INTO review_namekey (unit_id, key, application_id)
SELECT p.unit_id, key, a.id FROM applications_participant p
JOIN applications_application a ON a.id = p.application_id AND a.specialty = '众结构',
    name_search_keys(a.name, a.pinyin, a.initials) AS key
WHERE p.unit_id IS NOT NULL
"""

DECISIONS = """
INSERT INTO applications_decision (id, application_id, revision, hop, state, unit_id, user_id, person_id,
    reviewer_name, outcome, filing, opinion, arrived_at, decided_at)
SELECT gen_random_uuid(), id, 1, 1, 'bureau_review', %(unit)s, %(user)s, %(person)s, '众审核', 'approved', false, '',
    submitted_at, submitted_at + interval '1 day'
FROM applications_application WHERE specialty = '众结构' AND state = 'approved'
"""
TABLES = ("applications_application", "applications_participant", "applications_decision")


def gather(
    database: str,
    *,
    n: int,
    session: object,
    unit: object,
    seen_by_unit: bool = False,
    decided_by: tuple[object, object] | None = None,
) -> None:
    """Adds `n` people with one case each; n/100 of the cases wait on the desk of `unit`.

    `seen_by_unit`: the unit has taken part in all of them, not only in those on its desk. `decided_by`: the
    (user, person) of the unit who approved the others. Runs as the owner with our own triggers off;
    constraints and foreign keys stay on.
    """
    user, person = decided_by or (None, None)
    facts = {
        "n": n,
        "session": str(session),
        "unit": str(unit),
        "seen_by_unit": seen_by_unit,
        "user": user,
        "person": str(person),
        "surnames": list(SURNAMES),
        "surname_keys": [name_keys(each).full for each in SURNAMES],
        "given": [*GIVEN[:50], ""],
        "given_keys": [*(name_keys(each).full for each in GIVEN[:50]), ""],
    }
    assert len(SURNAMES) == 50 <= len(GIVEN)
    steps = [PEOPLE, UNITS, CASES, PARTICIPANTS, NAME_KEYS, *([DECISIONS] if decided_by else [])]
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in steps:
            cursor.execute(statement, facts)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
