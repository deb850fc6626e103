"""What the guards in triggers forbid: for each rule, who does which statement to a thing of the house.

The cases of the house are told apart by their state. Statements before the last one prepare the trespass; they are
allowed. The owner runs them all, whom row-level security lets pass: the guard alone has to refuse.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.constraints.violations import NEW, set_, twice

CASE = "applications_application"
COUNTER = "certificates_numbercounter"
ONE = "(SELECT id FROM {} LIMIT 1)".format
# Acts of the owner's functions that nobody asked of this bureau.
ACTS_OF_OTHERS = (
    f"accepted_record_counts({ONE('training_recordstanding')}, now())",
    f"account_ends({ONE('organizations_datarequest')}, '{{}}', NULL, NULL)",
    "body_is_kept('body_admitted', '{评委会}', 'x', now())",
    f"case_is_corrected({ONE('organizations_datarequest')}, {ONE(CASE)}, '某', '', '', NULL, NULL, NULL, NULL)",
    f"case_is_handed_on({ONE('applications_handover')})",
    f"cases_follow_merger({ONE('organizations_unit')}, {ONE('organizations_unit')})",
    f"certificates_end({ONE(CASE)}, {ONE('organizations_person')}, 2020, 2025, now(), true)",
    f"person_is_corrected({ONE('organizations_datarequest')}, '某', '', NULL, NULL, NULL)",
    f"plans_follow_merger({ONE('organizations_unit')}, {ONE('organizations_unit')}, NULL)",
    f"session_changes_go({ONE('applications_filingsession')})",
    f"revocation_takes_effect({ONE('certificates_revocation')}, '')",
)
AT_THE_END = "SET CONSTRAINTS ALL IMMEDIATE"  # as a commit would
UNCOUNTED = {
    "id": NEW,
    "number": "",
    "token": "",
    "serial": 999,
    "from_year": 1990,
    "audit_seq": 0,
    "audit_hash": "",
}
DRAFT = "WHERE state = 'draft'"
AT_THE_EMPLOYER = "WHERE state = 'employer_review'"
AT_THE_COUNTY = "WHERE state = 'bureau_review'"  # a city's and the province's bureau lie ahead
LEFT = "version = version + 1, step = NULL, current_unit_id = NULL"
ONWARDS = "version = version + 1, hop = hop + 1"


def decided(outcome: str, who: str, where: str) -> str:
    """Puts a decision on record as the reviewer `who` takes it."""
    return f"""
    INSERT INTO applications_decision (id, application_id, revision, hop, state, unit_id, user_id, person_id,
        reviewer_name, outcome, filing, opinion, arrived_at, decided_at)
    SELECT gen_random_uuid(), a.id, a.revision, a.hop, a.state, a.current_unit_id, u.id, u.person_id,
        u.display_name, '{outcome}', false, '请补充', a.arrived_at, now()
    FROM (SELECT * FROM applications_application {where}) a, organizations_user u WHERE u.username = '{who}'
    """


class Trespass(NamedTuple):
    rule: str
    who: str
    statements: tuple[str, ...]


TRESPASSES = [
    Trespass(
        "an_asking_is_answered_by_a_task", "newcomer", (set_("training_platformask", "answered_at = now()"),)
    ),
    Trespass(
        "an_application_starts_as_draft", "newcomer", (twice(CASE, "state = 'draft'", id=NEW, version=1),)
    ),
    Trespass("an_application_keeps_its_person", "newcomer", (set_(CASE, f"person_id = '{NEW}' {DRAFT}"),)),
    Trespass("an_application_keeps_its_person", "newcomer", (set_(CASE, f"session_id = '{NEW}' {DRAFT}"),)),
    Trespass("only_legal_edges", "newcomer", (set_(CASE, f"state = 'approved', {LEFT} {DRAFT}"),)),
    Trespass(
        "a_step_raises_the_version",
        "employer",
        (set_(CASE, f"state = 'returned', step = NULL, current_unit_id = NULL {AT_THE_EMPLOYER}"),),
    ),
    Trespass("what_is_filed_is_frozen", "employer", (set_(CASE, f"specialty = '别的' {AT_THE_EMPLOYER}"),)),
    Trespass(
        "what_is_filed_is_frozen",
        "employer",
        (
            decided("returned", "employer", AT_THE_EMPLOYER),
            set_(CASE, f"state = 'returned', specialty = '别的', {LEFT} {AT_THE_EMPLOYER}"),
        ),
    ),
    Trespass("what_is_filed_is_frozen", "employer", (set_(CASE, f"specialty = '别的' {DRAFT}"),)),
    Trespass(
        "only_the_applicant_files",
        "employer",
        (set_(CASE, f"state = 'withdrawn', {LEFT} {AT_THE_EMPLOYER}"),),
    ),
    Trespass(
        "filing_starts_at_the_first_step",
        "newcomer",
        (set_(CASE, f"state = 'employer_review', version = 9, step = 1, revision = 1 {DRAFT}"),),
    ),
    Trespass(
        "nobody_decides_their_own",
        "other_applicant",
        (set_(CASE, f"state = 'returned', {LEFT} {AT_THE_EMPLOYER}"),),
    ),
    Trespass(
        "only_the_holder_decides",
        "department",
        (set_(CASE, f"state = 'returned', {LEFT} {AT_THE_EMPLOYER}"),),
    ),
    Trespass(
        "a_step_needs_its_decision",
        "employer",
        (set_(CASE, f"state = 'returned', {LEFT} {AT_THE_EMPLOYER}"),),
    ),
    Trespass(
        "a_step_needs_its_decision",
        "employer",
        (
            decided("returned", "employer", AT_THE_EMPLOYER),
            set_(CASE, f"state = 'rejected', {LEFT} {AT_THE_EMPLOYER}"),
        ),
    ),
    Trespass(
        "only_the_last_step_approves",
        "county_bureau",
        (
            decided("approved", "county_bureau", AT_THE_COUNTY),
            set_(CASE, f"state = 'approved', {LEFT} {AT_THE_COUNTY}"),
        ),
    ),
    Trespass(
        "no_step_is_skipped",
        "employer",
        (
            decided("approved", "employer", AT_THE_EMPLOYER),
            set_(CASE, f"state = 'bureau_review', {ONWARDS}, step = 2 {AT_THE_EMPLOYER}"),
        ),
    ),
    Trespass(
        "the_unit_fits_the_route",
        "employer",
        (
            decided("approved", "employer", AT_THE_EMPLOYER),
            set_(CASE, f"state = 'department_review', {ONWARDS}, step = 1 {AT_THE_EMPLOYER}"),
        ),
    ),
    Trespass("the_scanner_only_judges", "system", (set_("applications_evidence", "filename = '别的.pdf'"),)),
    Trespass("only_the_scanner_judges", "applicant", (set_("applications_evidence", "scan = 'infected'"),)),
    Trespass(
        "a_certificate_keeps_what_it_says", "bureau", (set_("certificates_certificate", "sheet = '{}'"),)
    ),
    Trespass(
        "a_certificate_keeps_what_it_says", "bureau", (set_("certificates_certificate", "state = 'ready'"),)
    ),
    Trespass(
        "two_people_revoke_a_certificate",
        "system",
        (set_("certificates_certificate", "state = 'revoked', ended_at = now(), ended_reason = '虚假'"),),
    ),
    Trespass(
        "an_approval_falls_with_its_certificate",
        "system",
        (set_(CASE, "revoked_at = now() WHERE state = 'approved'"),),
    ),
    Trespass("an_event_continues_its_chain", "system", (twice("organizations_event", id=0, seq=99),)),
    Trespass(
        "a_chain_has_its_row",
        "system",
        (twice("organizations_event", "seq = 1", id=0, subject_id=NEW), AT_THE_END),
    ),
    Trespass("only_an_event_moves_the_head", "system", (set_(CASE, "audit_seq = audit_seq + 1"),)),
    Trespass("a_counter_only_goes_up", "system", (set_(COUNTER, "last = last - 1"),)),
    Trespass("a_counter_only_goes_up", "system", (f"DELETE FROM {COUNTER}",)),
    Trespass("numbers_are_accounted_for", "system", (set_(COUNTER, "last = last + 1"), AT_THE_END)),
    Trespass(
        "numbers_are_accounted_for",
        "system",
        (f"INSERT INTO {COUNTER} (year, last) VALUES (2023, 1)", AT_THE_END),
    ),
    Trespass(
        "a_number_comes_from_the_counter",
        "system",
        (twice("certificates_certificate", **UNCOUNTED), AT_THE_END),
    ),
    Trespass(
        "two_people_change_a_begun_session",
        "bureau",
        (set_("applications_filingsession", "review_until = review_until + interval '9 days'"),),
    ),
    Trespass("a_session_in_use_stays", "system", ("DELETE FROM applications_filingsession",)),
    Trespass(
        "a_session_change_is_decided_once", "bureau", (set_("applications_sessionchange", "reason = '别的'"),)
    ),
    Trespass("a_revocation_is_decided_once", "bureau", (set_("certificates_revocation", "reason = '别的'"),)),
    Trespass(
        "a_lost_print_is_asked_for_then_taken_back",
        "bureau",
        (set_("certificates_lostprint", "number = ''"),),
    ),
    Trespass(
        "a_plan_moves_by_its_own_steps",
        "employer",
        (set_("training_trainingplan", "state = 'accepted', decided_at = now()"),),
    ),
    Trespass("a_plan_moves_by_its_own_steps", "employer", (set_("training_trainingplan", "topic = '别的'"),)),
    Trespass(
        "only_what_nobody_was_given_is_lost",
        "bureau",
        ("SELECT numbers_are_lost(number_year, serial, serial, now()) FROM certificates_certificate",),
    ),
    Trespass(
        "attendance_is_not_taken_before_the_day",
        "employer",
        (set_("training_trainingplan", "taken = ARRAY[(now() + interval '3 days')::date]"),),
    ),
    Trespass(
        "nobody_came_on_a_day_not_taken",
        "employer",
        (set_("training_attendee", "days = ARRAY[current_date]"),),
    ),
    *(Trespass("an_act_is_of_its_actor", "other_bureau", (f"SELECT {act}",)) for act in ACTS_OF_OTHERS),
]

# Of the trail of events nothing is taken; these two guards say so in a sentence and give it no name.
ONLY_GROWS = {
    "UPDATE": set_("organizations_event", "act = '别的'"),
    "DELETE": "DELETE FROM organizations_event",
    "TRUNCATE": "TRUNCATE organizations_event",
}
