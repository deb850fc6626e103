"""Thousands of certificates that wait to be printed, written by SQL after one real one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from uuid import UUID

from tests.databases import connect_as_owner

FILL = """
INSERT INTO organizations_person (id, name, id_kind, id_cipher, id_index, created_at)
SELECT gen_random_uuid(), '凭证' || n, 'passport', '\\x00', sha256(('sheet' || n)::bytea), now()
FROM generate_series(1, %(n)s) n;
INSERT INTO certificates_certificate
SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'person_id', p.id,
    'number', s.sheet::jsonb ->> 'number', 'number_year', left(s.sheet::jsonb ->> 'number', 4)::int,
    'serial', s.place + 100,
    'from_year', s.sheet::jsonb -> 'from_year', 'to_year', s.sheet::jsonb -> 'to_year', 'sheet', s.sheet,
    'token', right(s.sheet::jsonb ->> 'verification_url', 32), 'audit_seq', 0, 'audit_hash', ''::bytea))).*
FROM unnest(%(sheets)s::text[]) WITH ORDINALITY AS s (sheet, place)
JOIN organizations_person p ON p.name = '凭证' || s.place, certificates_certificate c WHERE c.id = %(model)s;
INSERT INTO organizations_outboxitem (id, task, key, state, attempts, run_after, error, created_at)
SELECT gen_random_uuid(), 'certificates.render', id::text, 'pending', 0, now(), '', clock_timestamp()
FROM (SELECT id FROM certificates_certificate WHERE id <> %(model)s ORDER BY serial) AS made;
UPDATE organizations_outboxitem SET state = 'done', done_at = now() WHERE key = %(model)s::text;
VACUUM ANALYZE
"""


def let_wait(database: str, model: UUID | str, sheets: Sequence[str]) -> None:
    """Adds a certificate of another person for each sheet (canonical JSON, numbers of its own), as the owner.

    They are as `model` is; the print of `model` itself is not asked for any more.
    """
    facts = {"n": len(sheets), "sheets": list(sheets), "model": str(model)}
    with closing(connect_as_owner(database)) as link, link.cursor() as cursor:
        for statement in FILL.split(";\n"):
            cursor.execute(statement, facts)
