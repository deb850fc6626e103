"""No way around the second wall: no table of one's own before ours, no right that no page needs.

Whatever a later migration makes stands here too: its functions with their path, its tables with their verbs.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

READS = "SELECT"
GROWS = "SELECT INSERT"
KEPT = "SELECT INSERT UPDATE"
FREE = "SELECT INSERT UPDATE DELETE"
# What the runtime role may do to each table; never TRUNCATE, REFERENCES, TRIGGER or MAINTAIN. A row policy narrows it.
VERBS = {
    "account_emailaddress": FREE,
    "account_emailconfirmation": FREE,
    "applications_activity": FREE,
    "applications_application": KEPT,
    "applications_assessment": GROWS,
    "applications_decision": GROWS,
    "applications_draft": FREE,
    "applications_evidence": FREE,
    "applications_filingsession": FREE,
    "applications_handover": GROWS,
    "applications_participant": READS,
    "applications_revision": GROWS,
    "applications_sessionchange": FREE,
    "applications_tie": FREE,
    "applications_yearentry": FREE,
    "auth_group": READS,
    "auth_group_permissions": READS,
    "auth_permission": READS,
    "certificates_assessmentbody": READS,
    "certificates_certificate": KEPT,
    "certificates_lostnumbers": READS,
    "certificates_lostprint": KEPT,
    "certificates_numbercounter": KEPT,
    "certificates_revocation": KEPT,
    "django_content_type": READS,
    "django_migrations": READS,
    "django_session": FREE,
    "mfa_authenticator": FREE,
    "organizations_datarequest": KEPT,
    "organizations_device": FREE,
    "organizations_entrustment": FREE,
    "organizations_event": GROWS,
    "organizations_imprint": KEPT,
    "organizations_invitation": FREE,
    "organizations_membership": FREE,
    "organizations_message": KEPT,
    "organizations_notice": GROWS,
    "organizations_outboxitem": KEPT,
    "organizations_person": KEPT,
    "organizations_platformaccount": FREE,
    "organizations_provencontact": FREE,
    "organizations_region": KEPT,
    "organizations_storedkeys": READS,
    "organizations_unit": KEPT,
    "organizations_user": KEPT,
    "organizations_user_groups": READS,
    "organizations_user_user_permissions": READS,
    "review_absence": "SELECT INSERT DELETE",
    "review_assignment": "SELECT INSERT DELETE",
    "review_batch": GROWS,
    "review_batchitem": GROWS,
    "review_claim": GROWS,
    "review_digest": "SELECT INSERT DELETE",
    "review_exportjob": KEPT,
    "review_helddecision": GROWS,
    "review_listlook": KEPT,
    "review_namekey": READS,
    "review_note": GROWS,
    "review_sampleseed": GROWS,
    "review_savedview": FREE,
    "review_withdrawal": READS,
    "socialaccount_socialaccount": "SELECT DELETE",
    "socialaccount_socialapp": "SELECT DELETE",
    "socialaccount_socialtoken": "SELECT DELETE",
    "training_attendee": FREE,
    "training_delivery": KEPT,
    "training_learningrecord": GROWS,
    "training_platformask": KEPT,
    "training_provider": KEPT,
    "training_providercredential": KEPT,
    "training_recognisedhours": KEPT,
    "training_recordstanding": KEPT,
    "training_trainingbase": KEPT,
    "training_trainingplan": FREE,
}
# A few columns instead of a whole table.
COLUMNS = {
    "organizations_notice": {"read_at"},
    "review_assignment": {"assigned_by_id", "at", "user_id"},
    "review_batch": {
        "audit_hash",
        "audit_seq",
        "done",
        "ended_at",
        "ended_says",
        "holds_until",
        "refused",
        "started_at",
        "state",
    },
    "review_batchitem": {"outcome", "says"},
    "review_claim": {"name", "since", "until", "user_id"},
    "review_helddecision": {"ended_at", "ended_says", "state"},
}
# What runs as the owner, whom no policy holds, and why its caller's own rows do not do.
AS_THE_OWNER = {
    "accepted_record_counts": "hours of a record that the province took over; people are nobody's to look for",
    "credential_known": "a provider's program signs before anybody is known; the secret is sealed",
    "hours_for_platform": "the platform reads bases' hours of people of public institutions, nobody's to look for",
    "training_records_await": "trigger: records that waited for who registers",
    "absences_ahead": "请假 of a unit's people, for whoever keeps the unit",
    "account_ends": "注销: what is open ends, and what was written to the person is emptied",
    "accounts_able": "who of a unit can decide a case of the actor's",
    "achievement_elsewhere": "whether an achievement was filed before, and not by whom",
    "application_is_renamed": "trigger: names to be found by follow the case",
    "application_is_withdrawn": "trigger: a unit's list of what was taken back",
    "application_joins": "trigger: who takes part in a case",
    "application_may_be_handed_on": "a unit that cures a case does not take part in it yet",
    "attendee_is_corrected": "更正 of somebody on a held plan, whose rows a unit does not change",
    "body_is_kept": "核验单位, with its event in the province's chain",
    "bureau_with_case": "which bureau an applicant may turn to",
    "cases_assigned": "how many cases each of a unit's people has, for whoever keeps the unit",
    "cases_in_hand": "how many cases units hold, for whoever keeps them",
    "case_is_corrected": "what is being filled in follows a granted correction",
    "case_is_handed_on": "代办 and 移交, exactly as the row says that the person wrote",
    "case_to_cure": "a unit that cures a case does not take part in it yet",
    "cases_follow_merger": "合并: cases of a closed unit go on with its successor",
    "cases_held_up": "why nobody can take a case of the actor's further",
    "cases_running_at": "how many cases lie with a unit; a number",
    "cases_to_correct": "which applications a granted correction is about",
    "cases_to_cure": "卡点 that the unit can cure, before it takes part in them",
    "cases_to_cure_counted": "how many",
    "certificate_for": "the public's verification",
    "certificate_was_counted": "trigger: numbers given in this transaction",
    "certificate_with_digest": "the public's verification",
    "certificate_with_token": "the public's verification",
    "certificates_end": "a new certificate ends those of the same range, whoever issued them",
    "certificates_falling": "what falls with a certificate of the bureau, other bureaus' too",
    "certificates_lent": "whose hours an approval rests on",
    "chain_head_guard": "trigger: an event moves a chain's head",
    "chunks_given_up": "rows of the outbox are nobody's",
    "discard_draft": "an own draft goes with all its rows",
    "event_begins": "trigger: a chain has its row",
    "file_elsewhere": "whether a file was filed before, and not by whom",
    "first_chunk_moves": "rows of the outbox are nobody's",
    "held_decision_is_dropped": "the case may have left the unit's hands",
    "hours_behind": "whether a record still says what a case took over; the record is its person's",
    "hours_behind_held": "the same, and they stay so while a case is approved",
    "i_decided": "the person's own decisions, under whatever hat",
    "lost_print_with_digest": "the public's verification, of a print whose number was lost",
    "may_tell": "whom an act may write to besides applicants and oneself",
    "members_with_second_factor": "which members have one, for whoever keeps them",
    "own_absences": "请假 that the account entered, at whatever unit",
    "reset_second_factor": "a member's, by whoever keeps the members",
    "session_changes_go": "changes that were asked for go with a session in which nobody filed",
    "session_guard": "trigger: two people change a session that has begun",
    "members_registered": "members of the own unit under their registered names",
    "numbers_are_lost": "numbers that nobody was given, with their event",
    "numbers_are_accounted_for": "trigger: a counter goes up by what was issued",
    "participant_finds_names": "trigger: names to be found by",
    "person_is_corrected": "the province grants what a person asked for",
    "person_is_named": "registering: whether this is the known person's name",
    "person_may_come_back": "registering: whether a closed account's contact is this one",
    "person_with_index": "registering and signing in: the key of a person, by their number",
    "plan_hours_are_credited": "hours of those who came and are registered",
    "plan_hours_fall": "hours of those who did not come after all",
    "plan_numbers_given": "the highest 备案编号 of a unit and year, over all plans",
    "plans_follow_merger": "合并: plans of a closed unit go on with its successor",
    "prints_ahead": "how many prints wait before one's own; rows of the outbox are nobody's",
    "prints_given_up": "why a print of the actor's failed; rows of the outbox are nobody's",
    "ranges_alive": "which certificates an approval of the bureau ends",
    "reasons_at_unit": "how many cases of a unit are stuck, and why; numbers",
    "reasons_in_session": "how many cases of a session are stuck, and why; numbers",
    "revocation_locks": "the person's cases stand still while a revocation is confirmed",
    "revocation_takes_effect": "what two people agreed on, in certificates, approvals and hours beyond their bureau's",
    "session_is_in_use": "whether anybody filed in a session",
    "takes_part": "whether the actor takes part in a case",
    "why_to_cure": "why a case that the unit can cure is stuck",
}
PATH = ["search_path=pg_catalog, public, pg_temp"]


def rows(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_function_looks_for_temporary_tables_last() -> None:
    functions = rows(
        "SELECT p.oid::regprocedure::text, p.proconfig FROM pg_proc p "
        "WHERE p.pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )

    assert functions
    assert {name for name, config in functions if config != PATH} == set()


@pytest.mark.django_db
def test_each_function_that_runs_as_the_owner_is_listed_here_with_its_reason() -> None:
    definers = rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef")

    assert {name for (name,) in definers} == set(AS_THE_OWNER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE applications_decision (id integer)",
        "CREATE TABLE applications_other (id integer)",
        "CREATE FUNCTION now() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA elsewhere",
    ],
)
def test_the_runtime_role_makes_nothing_of_its_own(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(statement)


@pytest.mark.django_db
def test_what_works_may_do_no_more_than_what_serves_but_act_as_the_system() -> None:
    """Rights are given to the web's role, and the workers have theirs as its members."""
    assert rows(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'cehours_worker'::regrole"
    ) == [("cehours_app",)]
    assert (
        rows("SELECT member::regrole::text FROM pg_auth_members WHERE roleid = 'cehours_worker'::regrole")
        == []
    )
    assert (
        rows(
            "SELECT relname FROM pg_class c, aclexplode(c.relacl) a "
            "WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 'cehours_worker'::regrole"
        )
        == []
    )


@pytest.mark.django_db
def test_the_runtime_role_may_create_nowhere() -> None:
    assert rows("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE')") == []
    assert rows(
        "SELECT has_database_privilege(current_database(), 'CREATE'), "
        "has_database_privilege(current_database(), 'TEMPORARY')"
    ) == [(False, False)]


@pytest.mark.django_db
def test_what_the_runtime_role_may_do_to_each_table_is_listed_here() -> None:
    verbs = rows(
        "SELECT c.relname, string_agg(verb, ' ' ORDER BY place) FROM pg_class c, "
        "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) "
        "WITH ORDINALITY AS v (verb, place) WHERE c.relnamespace = 'public'::regnamespace "
        "AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('cehours_app', c.oid, verb) GROUP BY c.relname"
    )

    assert dict(verbs) == VERBS


@pytest.mark.django_db
def test_columns_that_may_be_changed_where_their_table_may_not_are_listed_here() -> None:
    columns = rows(
        "SELECT c.relname, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
        "AND NOT a.attisdropped AND has_column_privilege('cehours_app', c.oid, a.attnum, 'UPDATE') "
        "AND NOT has_table_privilege('cehours_app', c.oid, 'UPDATE') ORDER BY 1, 2"
    )

    by_table: dict[object, set[object]] = {}
    for table, column in columns:
        by_table.setdefault(table, set()).add(column)
    assert by_table == COLUMNS


@pytest.mark.django_db
def test_what_later_migrations_make_is_given_to_the_runtime_role_alone() -> None:
    assert set(rows("SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl")) == {
        ("r", "{cehours_app=arwd/cehours_owner}"),
        ("S", "{cehours_app=rU/cehours_owner}"),
        ("f", "{cehours_app=X/cehours_owner}"),
    }


@pytest.mark.django_db
def test_no_sequence_can_be_set_back() -> None:
    sequences = rows(
        "SELECT seqrelid::regclass::text, has_sequence_privilege(seqrelid, 'UPDATE') FROM pg_sequence"
    )

    assert sequences
    assert {name for name, can in sequences if can} == set()
