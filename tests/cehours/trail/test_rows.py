"""Rows are compared with what their events recorded: each column of each table, changed behind the trail's back."""

from __future__ import annotations

import random

import pytest

from tests.cehours.trail.tampering import OTHERS, columns_of, tampered, verified
from tests.world import World

THE_KEY = "the key of the row, which nothing else names"
WHEN = "a time that the event's own time tells as well"
PRINTED = "where and when the bytes that the event names were stored"
# What no event names, with the reason. A column that is named after all is stale here.
COPY = "the applicant's working copy: what is decided on is frozen in the revision, which is named"
PLACE = "where the case stands on its frozen route: its decisions name each hop and unit"
SOUGHT = "found by it, made from the name (manage.py recompute makes it again)"
RECKONED = "reckoned from the revision, which is named"
SAID = "what the applicant says of the file, frozen in the revision; what is in it is named by its digest"
SCANNED = "what the scanner said, of a file that is named by its digest"
UNNAMED: dict[str, dict[str, str]] = {
    "applications_application": {
        **dict.fromkeys(
            (
                *(
                    "name",
                    "gender",
                    "ethnicity",
                    "employer_id",
                    "nature",
                    "target_title",
                    "phone",
                    "education",
                ),
                *("title_series", "specialty", "region_id", "region_anchor", "remark", "span_exception"),
                *("evidence_note", "copied_from_id", "session_id"),
            ),
            COPY,
        ),
        **dict.fromkeys(("route", "final_label", "steps", "step", "hop", "standing_for_id"), PLACE),
        **dict.fromkeys(("created_at", "submitted_at", "arrived_at", "decided_at", "declared_true_at"), WHEN),
        **dict.fromkeys(("pinyin", "initials"), SOUGHT),
        **dict.fromkeys(("years_met", "warnings"), RECKONED),
        "version": "counts what was saved, for pages that are open meanwhile",
    },
    "applications_assessment": {"id": THE_KEY, "application_id": "the decision says whose it is"},
    "applications_decision": {},
    "applications_evidence": {
        **dict.fromkeys(
            (
                *("kind", "stamped", "filename", "content_type", "size", "pages", "prior_from", "prior_to"),
                *("confirmed", "position", "year_entry_id"),
            ),
            SAID,
        ),
        **dict.fromkeys(("scan", "scanned_at"), SCANNED),
        "uploaded_at": WHEN,
    },
    "applications_filingsession": {},
    "applications_participant": {
        "id": THE_KEY,
        "revision": "the highest that reached the unit; a trigger keeps it",
        "since": WHEN,
    },
    "applications_revision": {"id": THE_KEY, "submitted_at": WHEN},
    "certificates_certificate": {
        "lent_by": "the cases whose years it took, known from the revisions",
        "issued_at": WHEN,
        "storage_key": PRINTED,
        "size": PRINTED,
        "rendered_at": PRINTED,
        "superseded_by_id": "empty until an event says so",
        "ended_at": WHEN,
        "ended_reason": "the revocation's reason, digested there",
    },
    "certificates_numbercounter": {},
    "certificates_revocation": {
        "requested_name": "the account's, whose person the event names",
        "requested_at": WHEN,
        "decided_name": "the account's, whose person the event names",
        "decided_at": WHEN,
    },
    "organizations_event": {
        "id": THE_KEY,
        "xid": "the transaction, by which checkpoints take up what is new",
    },
    "organizations_membership": {"id": THE_KEY, "since": WHEN},
    "organizations_unit": {"pinyin": SOUGHT, "initials": SOUGHT, "created_at": WHEN},
    "training_recognisedhours": {
        "id": THE_KEY,
        "title": "empty for certificates; shown only",
        "recorded_at": WHEN,
        "changed": "the transaction, by which the public institutions' platform reads on",
    },
}
A_SLICE = 4  # tables, unless --long asks for all
WHERE = {
    "training_recognisedhours": "source = 'certificate'",
    "applications_evidence": "application_id IN (SELECT id FROM applications_application WHERE state = 'draft')",
    "applications_application": "state = 'approved'",
    "certificates_certificate": "state = 'ready'",
    "organizations_event": "subject = 'application' AND seq = 2",
}


def test_a_world_in_which_everything_went_right_agrees_with_its_trail(told: World) -> None:
    assert verified() == []


def test_each_column_that_is_changed_is_named_or_listed_here_with_its_reason(
    owner: World, request: pytest.FixtureRequest
) -> None:
    whole = request.config.getoption("--long")
    tables = sorted(UNNAMED) if whole else random.sample(sorted(UNNAMED), A_SLICE)
    found = {table: silent(table) for table in tables}
    unlisted = {f"{table}.{name}" for table in tables for name in found[table] - UNNAMED[table].keys()}
    stale = {f"{table}.{name}" for table in tables for name in UNNAMED[table].keys() - found[table]}
    assert (unlisted, stale) == (set(), set()), (
        f"unlisted: {sorted(unlisted)}; named after all: {sorted(stale)}"
    )


def silent(table: str) -> set[str]:
    """The columns of which one value can be changed and nothing is named."""
    one = f"ctid = (SELECT min(ctid) FROM {table} WHERE {WHERE.get(table, 'true')})"
    return {
        column
        for column, kind in columns_of(table).items()
        if not tampered(table, f"UPDATE {table} SET {column} = {OTHERS[kind].format(column)} WHERE {one}")
    }
