"""Saboteurs of what single rooms promise: held decisions, handing on, batches, absences, checkpoints, papers, lists."""

from __future__ import annotations

from tests.sabotage.saboteur import Saboteur, sql

HELD = "a held decision leaves nothing before it takes effect, and is its maker's"
HANDING_ON = "only who can cure a stuck case hands it on"
BATCHES = "a batch is done once, as it was confirmed, by whoever still may"
ORDER = "assignments and absences are the desk's own and only order it"
COUNTER = "a counter goes up by what was issued"
WITNESS = "a checkpoint outside the database takes up each event once"
PAPERS = "evidence is shown as it was filed, to those who may, when it was looked at"
LISTS = "what leaves a list is the asker's and acts nowhere"
ARRIVALS = "at sign-in and registration strangers learn nothing"
LIVE = "of one person and range one certificate is live"
LEAVES = "a message outside says a title only"
RAW = "raw SQL of a stranger finds nothing"

HOLDING, HANDING = "review/services/holding.py", "review/services/handing_on.py"
BATCH, ASSIGNING = "review/services/batches.py", "review/services/assigning.py"
TAKING, AGAINST, TREE = "cehours/trail/checkpoint.py", "cehours/trail/against.py", "cehours/trail/merkle.py"
FILES, REGISTER, SIGNING = (
    "applications/files/papers.py",
    "organizations/services/accounts.py",
    "organizations/accounts/signing.py",
)
HOLDING_TEST, HANDING_TEST = "tests/review/test_holding.py", "tests/review/test_handing_on.py"
BATCH_TEST, ASSIGNING_TEST = "tests/review/test_batches.py", "tests/review/test_assigning.py"
CHECKPOINT_TEST = "tests/cehours/trail/test_checkpoint.py"
CONSTRAINTS_TEST = "tests/constraints/test_constraints.py"
RAW_TEST, RULES_TEST = "tests/security/test_raw_statements.py", "tests/constraints/test_trigger_rules.py"
REGISTER_TEST, DEVICES_TEST = (
    "tests/organizations/test_registration.py",
    "tests/organizations/test_known_devices.py",
)

SABOTEURS = (
    Saboteur(
        "effect-too-early",
        HELD,
        HOLDING,
        "    if held.effective_at > clock.now():",
        "    if False:",
        "tests/review/test_holding.py::test_a_bell_that_comes_too_early_does_nothing",
    ),
    Saboteur(
        "anybody-takes-back",
        HELD,
        HOLDING,
        "    if not queries.held_by(actor).filter(pk=held_id).exists():",
        "    if False:",
        "tests/review/test_holding.py::test_only_who_decided_takes_back_and_only_before_it_took_effect",
    ),
    Saboteur(
        "rehearsed-for-good",
        HELD,
        HOLDING,
        "        raise _Rehearsed\n",
        "",
        "tests/review/test_holding.py::test_until_it_takes_effect_nothing_has_left",
    ),
    Saboteur(
        "not-stuck-at-all",
        HANDING_ON,
        HANDING,
        "    if why is None and case.current_unit_id != actor.unit_id:",
        "    if False:",
        "tests/review/test_handing_on.py::test_where_somebody_can_decide_nobody_stands_in_or_takes_it_away",
    ),
    Saboteur(
        "old-page-hands-on",
        HANDING_ON,
        HANDING,
        "    if case.version != seen:",
        "    if False:",
        HANDING_TEST,
    ),
    Saboteur(
        "asked-about-others",
        HANDING_ON,
        "applications/migrations/0100_asked_for_oneself.py",
        "FUNCTION.format(asked=FOR_ONESELF)",
        'FUNCTION.format(asked="")',
        RAW_TEST,
    ),
    Saboteur(
        "batch-of-whoever-it-was",
        BATCHES,
        "review/queries.py",
        "user_id=user_id, unit_id=unit_id, user__is_active=True, unit__active=True",
        "user_id=user_id, unit_id=unit_id",
        "tests/review/test_batches.py::test_whoever_loses_the_right_meanwhile_decides_nothing_more",
    ),
    Saboteur(
        "batch-of-changed-cases",
        BATCHES,
        "review/batches/verdicts.py",
        "        if row.version != seen:",
        "        if False:",
        "tests/review/test_batches.py::test_what_cannot_be_done_says_why_and_does_not_stop_the_rest",
    ),
    Saboteur(
        "held-batch-starts",
        BATCHES,
        BATCH,
        "    if batch.holds_until and batch.holds_until > clock.now():",
        "    if False:",
        "tests/review/test_batch_hold.py::test_a_bell_too_early_postpones_without_counting_as_a_failure",
    ),
    Saboteur(
        "given-to-strangers",
        ORDER,
        ASSIGNING,
        "    if not set(to) <= {member.user_id for member in queries.colleagues(actor)}:",
        "    if False:",
        "tests/review/test_assigning.py::test_only_the_head_of_the_desk_assigns_and_only_to_colleagues",
    ),
    sql(
        "others-come-back",
        ORDER,
        "CREATE POLICY by_anybody ON review_absence FOR DELETE USING (true)",
        RAW_TEST,
    ),
    sql(
        "counter-unguarded",
        COUNTER,
        "ALTER TABLE certificates_numbercounter DISABLE TRIGGER USER",
        RULES_TEST,
    ),
    sql("issued-uncounted", COUNTER, "ALTER TABLE certificates_certificate DISABLE TRIGGER USER", RULES_TEST),
    Saboteur(
        "taken-up-too-soon",
        WITNESS,
        TAKING,
        'NEXT = EVENTS + "xid >= %(since)s::text::xid8 AND xid < %(horizon)s::text::xid8',
        'NEXT = EVENTS + "xid >= %(since)s::text::xid8',
        "tests/cehours/trail/test_checkpoint.py::test_each_event_is_taken_up_once_whatever_is_being_written",
    ),
    Saboteur(
        "any-signature",
        WITNESS,
        TAKING,
        '        key.verify(bytes.fromhex(outer["signature"]), outer["body"].encode())\n',
        "",
        "tests/cehours/trail/test_checkpoint.py::test_a_store_that_was_changed_is_no_witness",
    ),
    Saboteur(
        "added-behind",
        WITNESS,
        AGAINST,
        "        if cursor.rowcount == events:",
        "        if True:",
        "tests/cehours/trail/test_checkpoint.py::test_what_the_owner_rewrites_after_a_checkpoint_is_named",
    ),
    Saboteur(
        "leaf-like-a-node",
        WITNESS,
        TREE,
        'return hashlib.sha256(b"\\x00" + leaf).digest()',
        "return hashlib.sha256(leaf).digest()",
        "tests/cehours/trail/test_merkle.py::test_the_roots_are_those_of_the_standards_vectors",
    ),
    Saboteur(
        "shown-unscanned",
        PAPERS,
        FILES,
        "filter(pk=evidence_id, scan=Scan.CLEAN)",
        "filter(pk=evidence_id)",
        "tests/applications/test_evidence_scanning.py::test_while_the_scanner_is_away_a_file_waits_and_nobody_opens_it",
    ),
    Saboteur(
        "paper-unproved",
        PAPERS,
        "applications/files/store.py",
        "    if hashlib.sha256(content).hexdigest() != sha256:",
        "    if False:",
        "tests/applications/test_damaged_files.py::test_a_file_with_one_changed_bit_is_not_shown_in_any_way",
    ),
    Saboteur(
        "formula-in-a-cell",
        LISTS,
        "cehours/lib/workbooks.py",
        '    if not plain or not (always or _FORMULA.match(value) or plain[0] == "#"):',
        "    if True:",
        "tests/review/test_export.py::test_no_cell_becomes_a_formula",
    ),
    Saboteur(
        "right-to-export-not-read-again",
        LISTS,
        "review/services/exporting.py",
        "user_id=job.user_id, unit_id=job.unit_id, unit__active=True, user__is_active=True",
        "user_id=job.user_id, unit_id=job.unit_id",
        "tests/review/test_export.py::test_who_lost_the_right_meanwhile_gets_no_file",
    ),
    Saboteur(
        "number-alone-comes-back",
        ARRIVALS,
        REGISTER,
        "        if others and not (fits and _have_agreed(others, voucher_id)):",
        "        if others and not fits:",
        "tests/organizations/test_registration.py::test_a_person_with_a_unit_account_confirms_there_before_a_personal_account_is_opened",
    ),
    Saboteur(
        "counted-as-typed",
        ARRIVALS,
        SIGNING,
        "    return user.username if user else",
        "    return typed if user else",
        "tests/organizations/test_known_devices.py::test_tries_are_counted_by_account_whatever_it_was_called_by",
    ),
    Saboteur(
        "mark-made-up",
        ARRIVALS,
        SIGNING,
        "        if proof and constant_time_compare(proof, _proof(device, username)):",
        "        if proof:",
        "tests/organizations/test_known_devices.py::test_a_mark_is_good_for_its_own_account_and_cannot_be_made_up",
    ),
    Saboteur(
        "two-live-prints",
        LIVE,
        "certificates/services/issuing.py",
        "    replaced = supersede(certificate)",
        "    replaced = []",
        "tests/certificates/test_issuing.py",
    ),
    sql("two-prints-allowed", LIVE, "DROP INDEX one_live_certificate_per_range", CONSTRAINTS_TEST),
    Saboteur(
        "mail-says-why",
        LEAVES,
        "organizations/messaging/mail/__init__.py",
        'f"{notice.title}。\\n\\n请登录',
        'f"{notice.body}。\\n\\n请登录',
        "tests/applications/test_notices.py::test_sms_and_mail_say_what_happened_but_not_why",
    ),
    Saboteur(
        "text-says-why",
        LEAVES,
        "organizations/messaging/sms/__init__.py",
        "{notice.title}。请登录",
        "{notice.body}。请登录",
        "tests/applications/test_notices.py::test_sms_and_mail_say_what_happened_but_not_why",
    ),
    sql(
        "plans-open",
        RAW,
        "CREATE POLICY all_of_it ON training_attendee FOR SELECT USING (true)",
        RAW_TEST,
    ),
    sql(
        "written-by-anybody",
        RAW,
        "CREATE POLICY by_anybody ON review_note FOR INSERT WITH CHECK (true)",
        RAW_TEST,
    ),
    sql(
        "answers-anybody",
        RAW,
        "CREATE OR REPLACE FUNCTION bureau_with_case(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
        "SET search_path = pg_catalog, public, pg_temp AS "
        "'SELECT EXISTS (SELECT FROM applications_application WHERE id = wanted)'",
        RAW_TEST,
    ),
)
