"""What every named constraint forbids: for each, one statement that would do it to a row of the house.

Run by the owner, whom row-level security lets pass, with the triggers of the tables off. PostgreSQL checks a row's
constraints in the order of their names; foreign keys wait for the end of the transaction and so say nothing.
"""

from __future__ import annotations

import json

NEW = "00000000-0000-4000-8000-000000000001"


def set_(table: str, values: str) -> str:
    return f"UPDATE {table} SET {values}"


def twice(table: str, where: str = "true", **changed: object) -> str:
    """A second row, equal to the first that is found but for what is `changed`."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, '{json.dumps(changed)}')).* "
        f"FROM {table} t WHERE {where} LIMIT 1"
    )


APPLICATIONS = {
    "a_decided_session_change_says_by_whom": set_("applications_sessionchange", "decided_at = now()"),
    "a_session_change_has_a_reason": set_("applications_sessionchange", "reason = ''"),
    "one_session_change_at_a_time": twice("applications_sessionchange", id=NEW),
    "only_a_confirmed_change_is_applied": set_("applications_sessionchange", "applied_at = now()"),
    "only_who_asked_withdraws": set_(
        "applications_sessionchange",
        "state = 'withdrawn', decided_at = now(), decided_by_id = gen_random_uuid()",
    ),
    "two_people_change_a_session": set_(
        "applications_sessionchange",
        "state = 'confirmed', decided_at = now(), decided_by_id = requested_by_id",
    ),
    "a_draft_has_a_tab": set_("applications_draft", "tab = ''"),
    "a_draft_stays_small": set_("applications_draft", "fields = jsonb_build_object('a', repeat('a', 65536))"),
    "a_record_is_taken_once": set_(
        "applications_activity",
        f"application_id = '{NEW}', recognised_id = '{NEW}'",
    ),
    "a_handover_has_a_reason": set_("applications_handover", "reason = ''"),
    "a_handover_leads_elsewhere": set_("applications_handover", "to_unit_id = from_unit_id"),
    "a_paper_is_tied_once": twice("applications_tie", id=NEW),
    "a_refusal_has_a_reason": set_("applications_decision", "outcome = 'returned', opinion = ''"),
    "a_unit_holds_it_only_in_review": set_(
        "applications_application", "current_unit_id = employer_id WHERE state = 'approved'"
    ),
    "a_year_once_per_application": twice("applications_yearentry", id=NEW),
    "approved_years_are_met": set_("applications_application", "years_met = false WHERE state = 'approved'"),
    "assessed_once_per_decision": twice("applications_assessment", id=NEW),
    "assessment_within_claim": set_("applications_assessment", "recognised = claimed + 1"),
    "evidence_has_a_scan_state": set_("applications_evidence", "scan = 'waiting', scanned_at = now()"),
    "hours_are_not_negative": set_("applications_activity", "claimed = -1"),
    "hours_come_in_halves": set_("applications_activity", "claimed = 1.3"),
    "in_review_means_submitted": set_(
        "applications_application", "submitted_at = NULL WHERE state = 'employer_review'"
    ),
    "one_decision_per_hop": twice("applications_decision", id=NEW, person_id=NEW),
    "one_draft_per_tab": twice("applications_draft", id=NEW),
    "one_handover_per_version": twice("applications_handover", id=NEW),
    "one_live_application_per_session": twice("applications_application", id=NEW),
    "one_person_decides_one_hop": twice("applications_decision", id=NEW, hop=99),
    "only_an_approval_is_revoked": set_(
        "applications_application", "revoked_at = now() WHERE state = 'employer_review'"
    ),
    "one_session_per_policy_and_year": twice("applications_filingsession", id=NEW),
    "participant_is_a_unit_or_a_person": set_("applications_participant", "unit_id = NULL, person_id = NULL"),
    "person_joins_once": twice("applications_participant", "unit_id IS NULL", id=0),
    "prior_span_runs_forward": set_("applications_evidence", "prior_from = 2021, prior_to = 2020"),
    "revision_numbered_once": twice("applications_revision", id=NEW),
    "session_opens_before_it_closes": set_("applications_filingsession", "closes_at = opens_at"),
    "session_reviews_after_it_closes": set_(
        "applications_filingsession", "review_until = closes_at - interval '1 second'"
    ),
    "unit_joins_once": twice("applications_participant", "person_id IS NULL", id=0),
}

CERTIFICATES = {
    "a_decided_revocation_says_by_whom": set_("certificates_revocation", "decided_at = now()"),
    "a_revocation_has_a_reason": set_("certificates_revocation", "reason = ''"),
    "a_lost_print_says_by_whom": set_("certificates_lostprint", "confirmed_at = now()"),
    "an_ended_certificate_says_when_and_why": set_("certificates_certificate", "ended_at = now()"),
    "certificate_serial_once": twice("certificates_certificate", id=NEW, number="", token="", from_year=1990),
    "lost_runs_forward": set_("certificates_lostnumbers", "last = first - 1"),
    "one_live_certificate_per_range": twice(
        "certificates_certificate", id=NEW, number="", token="", serial=999_999
    ),
    "one_revocation_at_a_time": twice("certificates_revocation", id=NEW),
    "range_runs_forward": set_("certificates_certificate", "from_year = to_year + 1"),
    "ready_means_stored": set_("certificates_certificate", "state = 'ready'"),
    "serial_has_six_digits": set_("certificates_numbercounter", "last = 1000000"),
    "two_people_take_a_print_back": set_(
        "certificates_lostprint",
        "state = 'taken_back', requested_at = now(), confirmed_at = now(), "
        "requested_by_id = p.id, confirmed_by_id = p.id FROM (SELECT id FROM organizations_person LIMIT 1) p",
    ),
    "two_people_revoke": set_(
        "certificates_revocation",
        "state = 'confirmed', decided_at = now(), decided_by_id = requested_by_id",
    ),
}

ORGANIZATIONS = {
    "a_session_is_one_device": set_("organizations_device", "session_key = 'the same'"),
    "an_imprint_says_who_and_how": set_("organizations_imprint", "hotline = ''"),
    "a_declined_correction_says_why": set_(
        "organizations_datarequest", "state = 'declined', settled_at = now(), answer = ''"
    ),
    "a_finished_export_has_a_file_and_an_end": set_(
        "organizations_datarequest", "kind = 'export', state = 'done', settled_at = now()"
    ),
    "a_merged_unit_is_closed": set_("organizations_unit", "merged_into_id = parent_id"),
    "a_settled_request_says_when": set_("organizations_datarequest", "settled_at = now()"),
    "bureau_has_no_superior_unit": set_(
        "organizations_unit", f"parent_id = '{NEW}' WHERE bureau_level = 'city'"
    ),
    "contact_belongs_to_one_account": set_("organizations_provencontact", "address = 'the same'"),
    "event_chain_has_no_fork": twice("organizations_event", id=0),
    "event_facts_are_json": set_("organizations_event", "facts = '[]'"),
    "invitation_accepted_by_and_when": set_("organizations_invitation", "accepted_at = now()"),
    "invitation_reaches_somebody": set_("organizations_invitation", "address = ''"),
    "invitation_secret_once": twice("organizations_invitation", id=NEW),
    "member_of_a_unit_once": twice("organizations_membership", id=0),
    "one_bureau_per_region": set_("organizations_unit", "region_id = '430000' WHERE bureau_level <> ''"),
    "one_contact_of_a_channel": twice("organizations_provencontact", id=0, address="another"),
    "one_person_per_identity_number": twice("organizations_person", id=NEW),
    "one_request_of_a_kind_at_a_time": twice("organizations_datarequest", id=NEW),
    "outbox_asks_once_at_a_time": twice("organizations_outboxitem", "state = 'pending'", id=NEW),
    "phone_belongs_to_one_account": set_("organizations_user", "phone = '13912345678'"),
    "platform_account_belongs_to_one_member": twice("organizations_platformaccount", id=0, membership_id=0),
    "platform_account_is_not_empty": set_("organizations_platformaccount", "subject = ''"),
    "unit_entrusts_once_a_year": twice("organizations_entrustment", id=0),
    "unit_is_not_its_own_superior": set_("organizations_unit", "parent_id = id WHERE bureau_level = ''"),
    "unit_name_once": set_("organizations_unit", "name = '湘南省人社厅'"),
    "unit_uscc_once": set_("organizations_unit", "uscc = '91430100MA4L16JQ9B'"),
}

REVIEW = {
    "a_batch_counts_its_cases_once": set_("review_batch", "done = total, refused = 1"),
    "a_batch_that_refuses_has_a_reason": set_("review_batch", "act = 'reject', opinion = ''"),
    "a_batch_over_warnings_has_a_reason": set_("review_batch", "over_warnings = true, opinion = ''"),
    "a_case_is_in_a_batch_once": twice("review_batchitem", id=0),
    "a_held_refusal_has_a_reason": set_("review_helddecision", "act = 'reject', opinion = ''"),
    "an_ended_hold_says_when": set_("review_helddecision", "state = 'done'"),
    "effect_follows_the_decision": set_("review_helddecision", "effective_at = decided_at - interval '1s'"),
    "one_decision_waits_for_a_case": twice("review_helddecision", id=NEW),
    "a_case_is_assigned_once_in_a_unit": twice("review_assignment", id=0),
    "one_digest_a_person_a_day": twice("review_digest", id=NEW),
    "an_absence_runs_forward": set_("review_absence", "last_day = first_day - 1"),
    "nobody_is_their_own_deputy": set_("review_absence", "deputy_id = user_id"),
    "a_note_says_something": set_("review_note", "text = ''"),
    "one_claim_of_a_unit_on_a_case": twice("review_claim", id=0),
    "an_ended_batch_says_when": set_("review_batch", "state = 'done'"),
    "one_batch_per_confirmation": twice("review_batch", id=NEW),
    "one_look_per_list": twice("review_listlook", id=0),
    "one_view_per_name": twice("review_savedview", id=0),
}

TRAINING = {
    "a_credential_ends_after_it_began": set_(
        "training_providercredential", "ends_at = made_at - interval '1 second'"
    ),
    "a_credential_is_good_for_something": set_("training_providercredential", "scopes = '{}'"),
    "a_decided_record_says_by_whom_and_why": set_("training_recordstanding", "accepted = true"),
    "a_delivery_holds_something": set_("training_delivery", "rows = 0"),
    "a_failed_asking_says_why": set_("training_platformask", "failures = 1"),
    "a_year_is_asked_for_once": twice("training_platformask", id=NEW),
    "a_provider_code_is_short_and_plain": set_("training_provider", "code = 'x'"),
    "a_provider_is_a_base_or_a_platform": set_("training_provider", "source = 'plan'"),
    "a_record_has_hours_and_a_version": set_("training_learningrecord", "hours = -1"),
    "a_record_stands_once": twice("training_recordstanding", id=NEW, record_id=NEW, recognised_id=None),
    "a_refused_record_was_refused": set_("training_recordstanding", "state = 'refused'"),
    "a_row_is_one_record": twice("training_learningrecord", id=NEW, version=99),
    "a_version_follows_once": twice("training_learningrecord", id=NEW, row=99),
    "delivered_once_per_key": twice("training_delivery", id=NEW),
    "what_counts_is_somebodys": set_("training_recordstanding", "state = 'counted', person_id = NULL"),
    "a_decided_plan_says_when_and_by_whom": set_("training_trainingplan", "state = 'accepted'"),
    "a_filed_plan_says_when_and_to_whom": set_("training_trainingplan", "filed_at = NULL"),
    "a_held_plan_says_when": set_("training_trainingplan", "held_at = now()"),
    "attendance_is_taken_of_accepted_plans": set_("training_trainingplan", "taken = ARRAY[first_day]"),
    "attendance_is_taken_within_the_plan": set_(
        "training_trainingplan",
        "taken = ARRAY[last_day + 1], state = 'accepted', decided_at = now(), "
        "decided_by_id = gen_random_uuid()",
    ),
    "hours_are_of_who_is_credited": set_("training_attendee", "hours = 8"),
    "a_plan_ends_after_it_begins": set_("training_trainingplan", "last_day = first_day - 1"),
    "a_plan_has_no_more_days_than_the_calendar": set_("training_trainingplan", "days = 367"),
    "a_plan_lasts_some_time": set_("training_trainingplan", "days = 0"),
    "a_plan_lies_within_its_year": set_("training_trainingplan", "year = year - 1"),
    "a_plan_number_is_given_once": """INSERT INTO training_trainingplan
        SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'filing_number', 'PX2026-1-1',
            'state', 'accepted', 'decided_at', now(), 'decided_by_id', gen_random_uuid()))).*
        FROM training_trainingplan t, generate_series(1, 2) LIMIT 2""",
    "a_returned_plan_says_why": set_(
        "training_trainingplan",
        "state = 'returned', decided_at = now(), decided_by_id = filed_by_id, reason = ''",
    ),
    "listed_once_on_a_plan": twice("training_attendee", id=NEW),
    "no_unit_accepts_its_own_plan": set_("training_trainingplan", "supervisor_id = unit_id"),
    "nobody_accepts_what_they_filed": set_(
        "training_trainingplan", "state = 'accepted', decided_at = now(), decided_by_id = filed_by_id"
    ),
    "only_an_accepted_plan_has_a_number": set_("training_trainingplan", "filing_number = 'PX2026-1-1'"),
    "only_who_attended_is_credited": set_("training_attendee", "credited_at = now()"),
    "recognised_hours_not_negative": set_("training_recognisedhours", "hours = -1"),
    "recognised_once_per_source": twice("training_recognisedhours", id=NEW),
}

VIOLATIONS = {**APPLICATIONS, **CERTIFICATES, **ORGANIZATIONS, **REVIEW, **TRAINING}
