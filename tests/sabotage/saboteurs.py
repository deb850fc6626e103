"""The saboteurs of walls, duties, numbers, trail, prints and pages; those of single rooms stand in rooms.py."""

from __future__ import annotations

from tests.sabotage import rooms
from tests.sabotage.saboteur import Saboteur
from tests.sabotage.saboteur import sql as _sql

WALL = "row-level security stands behind every query"
ROLE = "the runtime role can do no more than a page needs"
SCOPE = "who acts holds for one transaction"
DUTIES = "nobody decides alone, twice, or about themselves"
MACHINE = "only legal steps, of what was seen"
NUMBERS = "a number is given once and none is lost"
TRAIL = "the trail names every change"
BELLS = "work is a row first and has one effect"
REVOKING = "two people revoke, and never undo it"
SECRETS = "identity numbers are sealed to their row"
MASKS = "lists hide what they need not show"
PRINTS = "stored bytes are the truth, and only they are genuine"
FRAME = "pages are under one policy and kept by nobody"
RIGHTS = "a right that is gone is gone with the next request"
GATE = "a file goes through one gate"
CROWD = "two clicks at once have one effect and two answers"

CASE = "applications_application"
WALLS, SIDE_DOORS = "tests/security/test_walls.py", "tests/security/test_side_doors.py"
DUTIES_TEST, MACHINE_TEST = (
    "tests/review/test_separation_of_duties.py",
    "tests/applications/test_state_machine.py",
)
NUMBERS_TEST, TRAIL_TEST = "tests/certificates/test_numbering.py", "tests/organizations/test_audit_trail.py"
REVOKING_TEST, CRYPTO_TEST = "tests/certificates/test_revoking.py", "tests/lib/test_crypto.py"
MASKS_TEST, HEADERS_TEST = "tests/lib/test_masking.py", "tests/security/test_headers.py"
CONSTRAINTS_TEST, TRIGGERS_TEST = (
    "tests/constraints/test_constraints.py",
    "tests/constraints/test_trigger_rules.py",
)
FILE_TEST, BELLS_TEST = "tests/certificates/test_verify_file.py", "tests/organizations/test_outbox.py"
CORPUS_TEST, NAMES_TEST = "tests/security/test_corpus.py", "tests/lib/test_filenames.py"
HATS_TEST, LOST_TEST = "tests/organizations/test_signing_in.py", "tests/security/test_lost_rights.py"
PERMISSIONS, NUMBERING = "review/permissions.py", "certificates/issuing/numbering.py"
AUDIT, REVOKE = "organizations/audit.py", "certificates/services/revoking.py"
CRYPTO, MASKING = "cehours/lib/crypto.py", "cehours/lib/masking.py"
SETTINGS, MIDDLEWARE = "cehours/settings.py", "cehours/middleware.py"
EDITING, ONE_FILE = "applications/services/editing.py", "certificates/verification/one_file.py"
MODEL = "applications/models/application.py"

IN_SQL = (
    _sql("wall-not-forced", WALL, f"ALTER TABLE {CASE} NO FORCE ROW LEVEL SECURITY", WALLS),
    _sql("wall-off", WALL, f"ALTER TABLE {CASE} DISABLE ROW LEVEL SECURITY", WALLS),
    _sql("certificates-open", WALL, "ALTER TABLE certificates_certificate DISABLE ROW LEVEL SECURITY", WALLS),
    _sql("events-deletable", ROLE, "GRANT DELETE ON organizations_event TO cehours_app", SIDE_DOORS),
    _sql("tables-of-its-own", ROLE, "GRANT CREATE ON SCHEMA public TO cehours_app", SIDE_DOORS),
    _sql("a-path-forgotten", ROLE, "ALTER FUNCTION discard_draft(uuid) RESET search_path", SIDE_DOORS),
    _sql("two-live-cases", MACHINE, "DROP INDEX one_live_application_per_session", CONSTRAINTS_TEST),
    _sql(
        "approved-unmet",
        MACHINE,
        f"ALTER TABLE {CASE} DROP CONSTRAINT approved_years_are_met",
        CONSTRAINTS_TEST,
    ),
    _sql("state-unguarded", MACHINE, f"ALTER TABLE {CASE} DISABLE TRIGGER USER", TRIGGERS_TEST),
    _sql("events-unguarded", TRAIL, "ALTER TABLE organizations_event DISABLE TRIGGER USER", TRAIL_TEST),
)

IN_CODE = (
    Saboteur("session-set", SCOPE, "organizations/acting/scope.py", "%s, true)", "%s, false)", WALLS),
    Saboteur(
        "outer-lost", SCOPE, "organizations/acting/scope.py", "            _tell_database(outer)\n", "", WALLS
    ),
    Saboteur(
        "own-case", DUTIES, PERMISSIONS, "    if person_id == applicant_id:", "    if False:", DUTIES_TEST
    ),
    Saboteur(
        "decided-twice",
        DUTIES,
        PERMISSIONS,
        "return TWICE if decided_before else None",
        "return None",
        DUTIES_TEST,
    ),
    Saboteur(
        "anybodys-desk", DUTIES, PERMISSIONS, " or case.current_unit_id != actor.unit_id:", ":", DUTIES_TEST
    ),
    Saboteur(
        "old-page",
        MACHINE,
        EDITING,
        "    if seen is not None and seen != case.version:",
        "    if False:",
        "tests/applications/test_submitting.py",
    ),
    Saboteur(
        "closed-case",
        MACHINE,
        EDITING,
        "    if not case.is_editable:",
        "    if False:",
        "tests/applications/test_submitting.py",
    ),
    Saboteur(
        "state-unprotected",
        MACHINE,
        MODEL,
        "protected=True",
        "protected=False",
        "tests/security/test_four_times.py",
    ),
    Saboteur(
        "a-number-skipped",
        NUMBERS,
        NUMBERING,
        "certificates_numbercounter.last + %(count)s",
        "certificates_numbercounter.last + %(count)s + 1",
        NUMBERS_TEST,
    ),
    Saboteur("nothing-kept", NUMBERS, NUMBERING, "    if last not in kept:", "    if False:", NUMBERS_TEST),
    Saboteur(
        "storage-not-asked",
        NUMBERS,
        NUMBERING,
        "        highest = max([highest, *_kept(year)])",
        "        pass",
        NUMBERS_TEST,
    ),
    Saboteur(
        "lost-unrecorded", NUMBERS, NUMBERING, "    if behind is not None:", "    if False:", NUMBERS_TEST
    ),
    Saboteur("act-not-hashed", TRAIL, AUDIT, "        event.act,\n", '        "",\n', TRAIL_TEST),
    Saboteur(
        "links-not-compared",
        TRAIL,
        AUDIT,
        "    elif bytes(event.prev) != prev:",
        "    elif False:",
        TRAIL_TEST,
    ),
    Saboteur(
        "hashes-not-compared",
        TRAIL,
        AUDIT,
        "    if link_hash(event) != bytes(event.hash):",
        "    if False:",
        TRAIL_TEST,
    ),
    Saboteur("tails-not-counted", TRAIL, AUDIT, "    elif head[1] > seq:", "    elif False:", TRAIL_TEST),
    Saboteur(
        "one-person-revokes",
        REVOKING,
        REVOKE,
        "    if asked.requested_by_id == actor.person_id:",
        "    if False:",
        REVOKING_TEST,
    ),
    Saboteur(
        "revoked-again",
        REVOKING,
        REVOKE,
        "    if certificate.state == CertificateState.REVOKED:",
        "    if False:",
        REVOKING_TEST,
    ),
    Saboteur(
        "nothing-falls",
        REVOKING,
        REVOKE,
        "    for certificate in list(ended):",
        "    for certificate in ():",  # the question that ends them is never asked
        REVOKING_TEST,
    ),
    Saboteur(
        "nonce-gone",
        SECRETS,
        CRYPTO,
        "nonce = os.urandom(NONCE_BYTES)",
        "nonce = bytes(NONCE_BYTES)",
        CRYPTO_TEST,
    ),
    Saboteur(
        "any-row", SECRETS, CRYPTO, 'return f"{table}|{column}|{pk}"', 'return f"{table}|{column}"', WALLS
    ),
    Saboteur("one-spelling", SECRETS, CRYPTO, "canonical(number).encode()", "number.encode()", CRYPTO_TEST),
    Saboteur(
        "one-purpose",
        SECRETS,
        CRYPTO,
        "hmac.new(self._key, purpose.encode(),",
        'hmac.new(self._key, b"",',
        CRYPTO_TEST,
    ),
    Saboteur(
        "number-shown",
        MASKS,
        MASKING,
        '    return number[0] + "*" * (len(number) - 2) + number[-1]',
        "    return number",
        MASKS_TEST,
    ),
    Saboteur("name-shown", MASKS, MASKING, 'return f"{name[0]}*" if name else ""', "return name", MASKS_TEST),
    Saboteur(
        "telephone-shown",
        MASKS,
        MASKING,
        '    return shown + "*" * (len(number) - len(shown))',
        "    return number",
        MASKS_TEST,
    ),
    Saboteur(
        "desk-unmasked",
        MASKS,
        "review/lists/rows.py",
        "identity.shown_masked(",
        "identity.shown(",
        "tests/review/test_pages_lists.py",
    ),
    Saboteur(
        "print-unproved",
        PRINTS,
        "applications/files/store.py",
        "    if hashlib.sha256(content).hexdigest() != sha256:",
        "    if False:",
        "tests/certificates/test_download.py",
    ),
    Saboteur(
        "another-print", PRINTS, ONE_FILE, "    if against and against != digest:", "    if False:", FILE_TEST
    ),
    Saboteur(
        "seal-not-noted",
        PRINTS,
        "certificates/services/printing.py",
        "    sealed_here.note(digest)\n",
        "",
        FILE_TEST,
    ),
    Saboteur(
        "false-alarm",
        PRINTS,
        ONE_FILE,
        "        if sealed_here.known(digest):",
        "        if False:",
        FILE_TEST,
    ),
    Saboteur(
        "script-reads-token",
        FRAME,
        SETTINGS,
        "CSRF_COOKIE_HTTPONLY = True",
        "CSRF_COOKIE_HTTPONLY = False",
        HEADERS_TEST,
    ),
    Saboteur(
        "framed",
        FRAME,
        SETTINGS,
        '"frame-ancestors": ["\'none\'"],',
        '"frame-ancestors": ["*"],',
        HEADERS_TEST,
    ),
    Saboteur(
        "pages-kept",
        FRAME,
        MIDDLEWARE,
        "            patch_cache_control(response, no_store=True, private=True)",
        "            pass",
        HEADERS_TEST,
    ),
    Saboteur(
        "closed-unit",
        RIGHTS,
        MIDDLEWARE,
        "user=request.user, pk=hat, unit__active=True",
        "user=request.user, pk=hat",
        LOST_TEST,
    ),
    Saboteur(
        "borrowed-hat",
        RIGHTS,
        "organizations/accounts/hats.py",
        "if str(hat.pk) == membership_id), None)",
        "if True), None)",
        HATS_TEST,
    ),
    Saboteur(
        "portfolio-taken",
        GATE,
        "cehours/lib/document_acts.py",
        '        if "/Collection" in root:',
        "        if False:",
        CORPUS_TEST,
    ),
    Saboteur(
        "any-number-of-pages",
        GATE,
        "cehours/lib/portable_documents.py",
        "    if pages > limits.MOST_PAGES:",
        "    if False:",
        CORPUS_TEST,
    ),
    Saboteur(
        "archive-behind-it",
        GATE,
        "cehours/lib/portable_documents.py",
        ' or b"PK" in trailing:',
        ":",
        CORPUS_TEST,
    ),
    Saboteur(
        "reserved-names",
        GATE,
        "cehours/lib/filenames.py",
        '    if _RESERVED.fullmatch(stem.split(".")[0].strip()):',
        "    if False:",
        NAMES_TEST,
    ),
    Saboteur(
        "lock-gone",
        CROWD,
        "review/services/exporting.py",
        'User.objects.select_for_update(of=("self",), no_key=True)',
        "User.objects",
        "tests/review/test_exports_at_once.py",
    ),
    Saboteur(
        "second-click-crashes",
        CROWD,
        "applications/services/filing.py",
        "        if ONE_LIVE not in str(error):",
        "        if True:",
        "tests/security/test_four_times.py",
    ),
    Saboteur(
        "damage-spreads",
        SECRETS,
        "organizations/registry/identity.py",
        "    except Tampered as error:",
        "    except KeyError as error:",
        "tests/review/test_damaged_numbers.py",
    ),
    Saboteur(
        "asked-twice",
        BELLS,
        "organizations/outbox.py",
        "ignore_conflicts=True",
        "ignore_conflicts=False",
        BELLS_TEST,
    ),
    Saboteur(
        "never-swept",
        BELLS,
        "organizations/outbox.py",
        'SWEEP = "organizations.sweep"\n',
        'SWEEP = "organizations.sweep"\nMOST_ATTEMPTS = 1\n',
        BELLS_TEST,
    ),
)

ALL = (*IN_SQL, *IN_CODE, *rooms.SABOTEURS)
