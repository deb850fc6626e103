"""Digests of rows: what an event records of them, and `verify_audit` computes again. Made by the database for both.

The columns of a table are never changed within a format of the facts (`audit.FORMAT`): what was recorded must come out
the same for as long as it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

COLUMNS = {
    "applications_decision": (
        *(
            "id",
            "application_id",
            "revision",
            "hop",
            "state",
            "unit_id",
            "user_id",
            "person_id",
            "reviewer_name",
        ),
        *("outcome", "filing", "opinion", "next_unit_id", "@arrived_at", "@decided_at"),
    ),
    "applications_assessment": ("year", "category", "claimed", "recognised", "in_order", "remark"),
    "applications_filingsession": (
        *("id", "name", "policy", "year", "@opens_at", "@closes_at", "@review_until", "grace_days"),
    ),
    "organizations_unit": (
        *("id", "name", "uscc", "affiliation", "nature", "parent_id", "region_id", "top_level"),
        *("bureau_level", "active", "merged_into_id"),
    ),
    "certificates_certificate": (
        *("id", "number", "number_year", "serial", "person_id", "application_id", "revision", "from_year"),
        *("to_year", "by_approval", "lent_by", "issued_by_id", "@issued_at", "token", "sheet"),
    ),
    "training_learningrecord": (
        *(
            "id",
            "provider_id",
            "row",
            "number",
            "version",
            "withdrawn",
            "name",
            "id_kind",
            "id_index",
            "year",
        ),
        *("category", "hours", "title", "completed_on", "flags"),
    ),
}


def sql(table: str, alias: str) -> str:
    """The digest (hex) of the row `alias`; of a decision, with its assessments."""
    text = _text(table, alias)
    if table == "applications_decision":
        under = (
            f"(SELECT coalesce(string_agg({_text('applications_assessment', 's')}, E'\\x1e' "  # noqa: S608
            f"ORDER BY s.year, s.category), '') FROM applications_assessment s WHERE s.decision_id = {alias}.id)"
        )
        text = f"concat_ws(E'\\x1d', {text}, {under})"
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


def many(table: str, alias: str, order: str) -> str:
    """One digest (hex) of all rows of a group, an aggregate."""
    joined = f"string_agg({_text(table, alias)}, E'\\x1e' ORDER BY {alias}.{order})"
    return f"encode(sha256(convert_to({joined}, 'UTF8')), 'hex')"


def _text(table: str, alias: str) -> str:
    """Columns in order, joined; a time (@) in seconds, because its text hangs on the session's zone."""
    columns = (
        f"extract(epoch FROM {alias}.{name[1:]})::text" if name[0] == "@" else f"{alias}.{name}::text"
        for name in COLUMNS[table]
    )
    return f"concat_ws(E'\\x1f', {', '.join(f'''coalesce({column}, '')''' for column in columns)})"


def of(table: str, keys: Iterable[object]) -> dict[object, str]:
    """The digests of rows as they stand, by key, as the current actor."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, {sql(table, 'd')} FROM {table} d WHERE d.id = ANY(%s::uuid[])",  # noqa: S608
            [[str(key) for key in keys]],
        )
        return dict(cursor.fetchall())


def one(table: str, key: object) -> str:
    return next(iter(of(table, [key]).values()))
