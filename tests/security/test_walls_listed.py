"""manage.py walls: whoever reads it reads what PostgreSQL holds now, not what a migration once said."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from organizations.walls import OUTSIDE
from tests.databases import as_owner


def walls(*tables: str) -> str:
    out = StringIO()
    call_command("walls", *tables, stdout=out)
    return out.getvalue()


def of_table(name: str, listed: str) -> str:
    """The lines of one table."""
    return listed.split(f"\n{name}\n", 1)[1].split("\n\n", 1)[0]


def names(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_every_table_is_listed_with_its_wall_or_the_reason_for_having_none() -> None:
    listed = walls()

    for table in names(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ):
        wall = f"none, {OUTSIDE[table]}" if table in OUTSIDE else "enabled, FORCE"
        assert of_table(table, listed).startswith(f"  row-level security: {wall}\n"), table
    for model in apps.get_models():
        assert f"\n{model._meta.db_table}\n" in listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        ("policy {}:", "SELECT polname FROM pg_policy"),
        ("trigger {}:", "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"),
        ("function {}(", "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
    ],
)
def test_every_policy_trigger_and_function_is_listed_once(kind: str, sql: str) -> None:
    listed = walls()
    found = names(sql)

    assert len(found) > 10
    assert {name: listed.count(kind.format(name)) for name in found} == {
        name: found.count(name) for name in found
    }


@pytest.mark.django_db
def test_the_settings_of_the_transaction_read_as_such() -> None:
    conditions, _, _ = walls().partition("\nfunction ")

    assert "current_unit_id = «app.unit» OR person_id = «app.person» OR «app.kind» = 'system'" in conditions
    assert "current_setting" not in conditions


@pytest.mark.django_db
def test_of_a_policy_that_was_changed_twice_the_last_text_is_listed() -> None:
    listed = of_table("applications_decision", walls("applications_decision"))

    assert "p.unit_id IS NULL OR applications_decision.revision <= p.revision" in listed


@pytest.mark.django_db
def test_what_only_grows_is_seen_in_the_privileges_that_are_left() -> None:
    assert "\n  cehours_app may SELECT, INSERT\n" in of_table("organizations_event", walls())


@pytest.mark.django_db
def test_one_table_comes_with_the_functions_that_guard_it_or_name_it() -> None:
    listed = walls("certificates_revocation")

    assert "\norganizations_event\n" not in listed
    functions = {line.split("(")[0] for line in listed.splitlines() if line.startswith("function ")}
    assert {f"function {name}" for name in ("certificate_guard", "certificate_revokes")} & functions
    assert "function event_seal" not in functions


@pytest.mark.django_db
def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="applications_nothing"):
        walls("applications_application", "applications_nothing")


def test_a_wall_taken_down_by_hand_is_seen(committed_db: str) -> None:
    as_owner(committed_db, "ALTER TABLE applications_evidence NO FORCE ROW LEVEL SECURITY")
    as_owner(committed_db, "ALTER TABLE applications_draft DISABLE ROW LEVEL SECURITY")
    as_owner(committed_db, "ALTER TABLE organizations_event DISABLE TRIGGER event_only_grows")
    as_owner(committed_db, "DROP POLICY certificates_certificate_select ON certificates_certificate")

    listed = walls()

    assert "row-level security: enabled without FORCE" in of_table("applications_evidence", listed)
    assert "row-level security: NONE, and no reason" in of_table("applications_draft", listed)
    assert "trigger event_only_grows (DISABLED)" in of_table("organizations_event", listed)
    assert "certificates_certificate_select" not in listed
