"""Each tampering of the security trial once more: 36 that `verify_audit` names by itself.

The six of an owner who rewrites the trail itself are named by a checkpoint (test_checkpoint).
"""

from __future__ import annotations

from tests.cehours.trail.tampering import OTHERS, columns_of, tampered
from tests.world import World

EVENT, CASE, CERTIFICATE = "organizations_event", "applications_application", "certificates_certificate"
DECISION, REVISION, HOURS = "applications_decision", "applications_revision", "training_recognisedhours"
IN_THE_MIDDLE = "subject = 'application' AND seq = 3"
PRINTED = f"SELECT id FROM {CERTIFICATE} WHERE state = 'ready'"
PRINTED_CASE = f"SELECT application_id FROM {CERTIFICATE} WHERE state = 'ready'"
LAST = f"SELECT * FROM {CERTIFICATE} ORDER BY serial DESC LIMIT 1"
HASHED = (
    *(
        "subject",
        "subject_id",
        "seq",
        "act",
        "at",
        "user_id",
        "person_id",
        "unit_id",
        "facts",
        "prev",
        "hash",
    ),
)
Tampering = tuple[tuple[str, ...], tuple[str, ...]]


def alone(table: str, change: str) -> Tampering:
    return (table,), (f"UPDATE {table} SET {change}",)


CHAINS: dict[str, Tampering] = {
    "an event in the middle deleted": ((EVENT,), (f"DELETE FROM {EVENT} WHERE {IN_THE_MIDDLE}",)),
    "the first event deleted": (
        (EVENT,),
        (f"DELETE FROM {EVENT} WHERE subject = 'certificate' AND seq = 1",),
    ),
    "a tail cut, its head left": (
        (EVENT,),
        (
            f"DELETE FROM {EVENT} e USING {CASE} a WHERE e.subject_id = a.id AND e.seq = a.audit_seq "
            "AND a.state = 'approved'",
        ),
    ),
    "two events swapped": (
        (EVENT,),
        (
            f"UPDATE {EVENT} SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END "
            "WHERE subject = 'application' AND seq IN (2, 3)",
        ),
    ),
    "a chain whose row is gone": ((CERTIFICATE,), (f"DELETE FROM {CERTIFICATE} WHERE state = 'ready'",)),
    "a head set back": ((CASE,), (f"UPDATE {CASE} SET audit_seq = audit_seq - 1",)),
}
GONE: dict[str, Tampering] = {
    "a case with its certificate deleted outright, with all that is said of them": (
        (EVENT, CASE, CERTIFICATE, DECISION, REVISION, HOURS, "certificates_revocation"),
        (
            f"CREATE TEMPORARY TABLE gone ON COMMIT DROP AS {LAST}",
            f"DELETE FROM {HOURS} h USING gone g WHERE h.number = g.number",
            f"DELETE FROM {EVENT} e USING gone g WHERE e.subject_id IN (g.id, g.application_id)",
            f"DELETE FROM {REVISION} r USING gone g WHERE r.application_id = g.application_id",
            f"DELETE FROM {CERTIFICATE} c USING gone g WHERE c.id = g.id",
            f"DELETE FROM {CASE} a USING gone g WHERE a.id = g.application_id",
        ),
    ),
    "a case deleted outright, its certificate left": (
        (EVENT, CASE, REVISION),
        (
            f"DELETE FROM {EVENT} WHERE subject = 'application' AND subject_id IN ({PRINTED_CASE})",
            f"DELETE FROM {REVISION} WHERE application_id IN ({PRINTED_CASE})",
            f"DELETE FROM {CASE} WHERE id IN ({PRINTED_CASE})",
        ),
    ),
    "a decision deleted": ((DECISION,), (f"DELETE FROM {DECISION} WHERE hop = 0",)),
    "participants removed": (
        ("applications_participant",),
        ("DELETE FROM applications_participant WHERE unit_id IS NOT NULL",),
    ),
}
REWRITTEN: dict[str, Tampering] = {
    "approved becomes rejected": alone(CASE, "state = 'rejected' WHERE state = 'approved'"),
    "recognised hours raised": alone("applications_assessment", "recognised = recognised + 1"),
    "an opinion and outcome rewritten": alone(DECISION, "outcome = 'rejected', opinion = '不同意。'"),
    "who decided rewritten": alone(DECISION, "person_id = gen_random_uuid()"),
    "the content of a revision": alone(REVISION, "content = content || ' '"),
    "the content of a revision and its digest": alone(
        REVISION, "content = '{}', sha256 = encode(sha256('{}'), 'hex')"
    ),
    "the sheet of a certificate": alone(CERTIFICATE, "sheet = replace(sheet, '30', '90')"),
    "the digest of a print": alone(CERTIFICATE, "sha256 = repeat('0', 64) WHERE state = 'ready'"),
    "the state of a certificate": alone(CERTIFICATE, "state = 'revoked' WHERE state = 'ready'"),
    "evidence pointed at another file": alone(
        "applications_evidence", "sha256 = repeat('0', 64), storage_key = 'evidence/00/' || repeat('0', 64)"
    ),
    "hours on record raised": alone(HOURS, "hours = hours + 100 WHERE source = 'certificate'"),
    "a unit put under another": alone("organizations_unit", "parent_id = NULL WHERE parent_id IS NOT NULL"),
    "identity numbers exchanged": (
        (CASE,),
        (
            f"UPDATE {CASE} a SET id_cipher = b.id_cipher, id_index = b.id_index FROM {CASE} b WHERE a.id <> b.id "
            "AND a.state = 'approved'",
        ),
    ),
}
PUT_IN: dict[str, Tampering] = {
    "a certificate forged above the counter": (
        (CERTIFICATE,),
        (
            f"CREATE TEMPORARY TABLE forged ON COMMIT DROP AS {LAST}",
            "UPDATE forged SET id = gen_random_uuid(), serial = 9, number = number_year || '000009', token = 'x', "
            "audit_seq = 0, audit_hash = '', sheet = replace(sheet, number, number_year || '000009')",
            f"INSERT INTO {CERTIFICATE} SELECT * FROM forged",
        ),
    ),
    "a membership given to oneself": (
        ("organizations_membership",),
        (
            "INSERT INTO organizations_membership (user_id, unit_id, role, since) "
            "SELECT (SELECT id FROM organizations_user WHERE username = 'applicant'), id, 'admin', now() "
            "FROM organizations_unit WHERE bureau_level = 'province' LIMIT 1",
        ),
    ),
}


def test_each_field_of_an_event_that_is_changed_is_named(owner: World) -> None:
    kinds = columns_of(EVENT)
    changes = {name: f"{name} = {OTHERS[kinds[name]].format(name)} WHERE {IN_THE_MIDDLE}" for name in HASHED}
    assert [
        name for name, change in changes.items() if not tampered(EVENT, f"UPDATE {EVENT} SET {change}")
    ] == []


def test_each_tampering_of_chains_and_rows_is_named(owner: World) -> None:
    acts = CHAINS | GONE | REWRITTEN | PUT_IN
    assert len(HASHED) + len(acts) == 36
    assert [act for act, (tables, statements) in acts.items() if not tampered(tables, *statements)] == []


def test_what_more_is_gone_is_named(owner: World) -> None:
    more = {
        "submissions": f"DELETE FROM {REVISION}",
        "revocations": "DELETE FROM certificates_revocation",
        "hours on record": f"DELETE FROM {HOURS} WHERE source = 'certificate'",
        "papers of a draft": "DELETE FROM applications_evidence WHERE application_id IN "
        f"(SELECT id FROM {CASE} WHERE state = 'draft')",
        "memberships": "DELETE FROM organizations_membership",
        "lost numbers made of given ones": f"DELETE FROM {CERTIFICATE} WHERE id IN ({PRINTED})",
    }
    assert [act for act, change in more.items() if not tampered(change.split(" ")[2], change)] == []


def test_an_absence_is_accepted_only_with_the_digest_of_what_was_there(owner: World) -> None:
    """The draft's removed paper is accepted; the same event without its `removed` is not (its hash made to fit)."""
    forget = (
        f"UPDATE {EVENT} SET facts = (facts::jsonb - 'removed')::text WHERE act = 'evidence_removed'",
        f"UPDATE {EVENT} SET hash = event_hash(seq, prev, subject, subject_id, act, user_id, person_id, unit_id, at, "
        "facts) WHERE act = 'evidence_removed'",
        f"UPDATE {CASE} a SET audit_hash = e.hash FROM {EVENT} e "
        "WHERE e.subject_id = a.id AND e.act = 'evidence_removed'",
    )
    (said,) = tampered((EVENT, CASE), *forget)
    assert "a file that was uploaded is gone, and no event says so" in said
