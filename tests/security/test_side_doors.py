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
    "certificates_assessmentbody": KEPT,
    "certificates_certificate": KEPT,
    "certificates_lostnumbers": GROWS,
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
        "AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege(c.oid, verb) GROUP BY c.relname"
    )

    assert dict(verbs) == VERBS


@pytest.mark.django_db
def test_columns_that_may_be_changed_where_their_table_may_not_are_listed_here() -> None:
    columns = rows(
        "SELECT c.relname, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
        "AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'UPDATE') "
        "AND NOT has_table_privilege(c.oid, 'UPDATE') ORDER BY 1, 2"
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
