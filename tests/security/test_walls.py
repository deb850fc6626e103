"""The second wall: what PostgreSQL shows each actor, whatever the code above asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from applications.models import Activity, Application, Decision, Evidence, Participant, Revision, YearEntry
from applications.states import State
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import SET, scope
from organizations.models import Event, Message, OutboxItem, Person
from organizations.walls import OUTSIDE
from tests.databases import REPO, app_url, owner_url, web_url
from tests.training import planning
from tests.world import World
from training.models import Attendee, RecognisedHours, TrainingPlan

OF_A_CASE = [Application, YearEntry, Activity, Evidence, Revision, Decision, Certificate]


def rows(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_is_behind_the_wall_or_on_the_list_with_a_reason() -> None:
    walls = rows(
        "SELECT relname, relrowsecurity AND relforcerowsecurity, "
        "(SELECT count(*) FROM pg_policy WHERE polrelid = c.oid) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE nspname = 'public' AND relkind IN ('r', 'p')"
    )

    open_tables = {name for name, forced, _ in walls if not forced}
    assert open_tables == set(OUTSIDE)
    assert all(policies for _, forced, policies in walls if forced)


@pytest.mark.django_db
def test_there_is_no_view_that_would_look_over_the_wall() -> None:
    assert (
        rows(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = 'public' AND relkind IN ('v', 'm')"
        )
        == []
    )


@pytest.mark.django_db
def test_the_runtime_role_owns_nothing_and_bypasses_nothing() -> None:
    from cehours.boot import role_strengths

    assert rows("SELECT current_user") == [("cehours_worker",)]
    assert role_strengths() == []


WEB = ("-c", "import cehours.wsgi")
WORKER = ("-m", "celery", "-A", "cehours.celery", "worker", "--pool=solo", "--without-mingle")


@pytest.mark.parametrize(
    ("command", "url", "says"),
    [
        (WEB, owner_url, "bypasses row-level security"),
        (WORKER, owner_url, "bypasses row-level security"),
        (WEB, app_url, "could act as the system"),
        (WORKER, web_url, "would find no work"),
    ],
    ids=["web as the owner", "a worker as the owner", "web as a worker", "a worker as web"],
)
def test_what_starts_as_another_role_than_its_own_refuses(
    committed_db: str, command: tuple[str, ...], url: Callable[[str], str], says: str
) -> None:
    started = subprocess.run(
        [sys.executable, *command],
        cwd=REPO,
        env={**os.environ, "DATABASE_URL": url(committed_db)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert started.returncode != 0
    assert says in started.stderr


@pytest.mark.requirement("R205", "R223")
@pytest.mark.parametrize(
    "who", ["other_applicant", "other_employer", "other_bureau", "university_admin", "school_admin"]
)
@pytest.mark.parametrize("state", [State.EMPLOYER_REVIEW, State.APPROVED])
def test_an_outsider_sees_no_row_of_a_case(world: World, state: State, who: str) -> None:
    world.application(at=state)

    with world.acting(who):
        seen = {model.__name__: model._default_manager.count() for model in OF_A_CASE}

    assert seen == dict.fromkeys(seen, 0)


def test_those_who_take_part_see_it(world: World) -> None:
    case = world.application(at=State.APPROVED)

    for who in ("applicant", "employer", "department", "second_department", "bureau"):
        with world.acting(who):
            assert Application.objects.filter(pk=case.pk).exists(), who
            assert Certificate.objects.filter(application=case).exists(), who


def test_a_unit_sees_a_case_only_once_it_has_arrived(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    for who in ("department", "second_department", "bureau"):
        with world.acting(who):
            assert not Application.objects.filter(pk=case.pk).exists(), who


@pytest.mark.parametrize(
    "model",
    [*OF_A_CASE, Participant, Event, Person, Message, OutboxItem, RecognisedHours, TrainingPlan, Attendee],
)
def test_without_a_scope_there_is_nothing(world: World, model: type) -> None:
    world.application(at=State.APPROVED)
    planning.filed(world, people=["applicant"])

    assert model._default_manager.count() == 0


def test_an_inner_scope_puts_the_outer_actor_back_even_after_an_error(world: World) -> None:
    case = world.draft()

    with world.acting("applicant"):
        with pytest.raises(ZeroDivisionError), world.acting("other_applicant"):
            assert Application.objects.count() == 0
            raise ZeroDivisionError
        assert Application.objects.filter(pk=case.pk).exists()
        with world.acting("other_applicant"):
            pass
        assert Application.objects.filter(pk=case.pk).exists()


def test_nothing_stays_on_a_connection_after_a_request(committed_world: World) -> None:
    with committed_world.acting("employer"):
        pass

    assert rows(
        "SELECT coalesce(current_setting('app.unit', true), ''), current_setting('app.kind', true)"
    ) in (
        [("", "")],
        [("", None)],
    )


def test_who_acts_is_forgotten_with_the_transaction_even_when_nobody_takes_it_back(
    committed_world: World,
) -> None:
    """As when a connection is handed on in the middle: nothing but the end of the transaction is relied upon."""
    who = str(committed_world.hospital.pk)

    with transaction.atomic():
        rows(SET, "person", "", "", who, "", "")
        assert rows("SELECT current_setting('app.unit', true)") == [(who,)]

    assert rows("SELECT nullif(current_setting('app.unit', true), '')") == [(None,)]


def test_nobody_writes_a_participant(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    for who in ("applicant", "employer", "other_employer"):
        with pytest.raises(DatabaseError, match="permission denied"), world.acting(who) as actor:
            Participant.objects.create(application=case, unit_id=actor.unit_id or world.firm.pk)


def test_nobody_files_in_another_persons_name(world: World) -> None:
    case = world.draft()

    with pytest.raises(DatabaseError, match="row-level security"), world.acting("other_applicant"):
        copy = Application(
            session=world.session,
            person_id=case.person_id,
            name="x",
            id_kind="resident",
            id_cipher=b"",
            id_index=b"",
        )
        copy.save(force_insert=True)


def test_an_event_cannot_be_signed_with_somebody_elses_name(world: World) -> None:
    from organizations import audit

    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(DatabaseError, match="row-level security"), world.acting("employer"):
        audit.record(world.bureau, "approved", case)


@pytest.mark.parametrize("table", ["organizations_event", "applications_revision", "applications_decision",
                                   "applications_assessment", "applications_participant"])  # fmt: skip
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.django_db
def test_what_only_grows_is_neither_changed_nor_emptied(table: str, verb: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows(verb.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE applications_application DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE applications_application NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY applications_application_select ON applications_application",
        "ALTER TABLE organizations_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE cehours_owner",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_runtime_role_cannot_take_the_wall_down(attack: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(attack)


def test_a_public_actor_sees_no_person_and_no_case(world: World) -> None:
    world.application(at=State.APPROVED)

    with scope(Actor.public()):
        assert Person.objects.count() == Application.objects.count() == Certificate.objects.count() == 0


def test_identity_numbers_lie_nowhere_in_the_open(world: World) -> None:
    import re

    world.application(at=State.APPROVED)
    number = re.compile(r"(?<![0-9a-f])\d{17}[\dXx](?![0-9a-f])")  # digits inside a hash are none

    with scope(Actor.system("test")):
        for model in apps.get_models():
            for row in model._default_manager.order_by("pk").values():
                for column, value in row.items():
                    text = (
                        bytes(value).decode("latin-1")
                        if isinstance(value, bytes | memoryview)
                        else str(value)
                    )
                    assert not number.search(text), f"{model.__name__}.{column}"


def test_a_ciphertext_moved_to_another_row_does_not_open(world: World) -> None:
    from cehours.lib.crypto import Tampered
    from organizations.registry import identity

    case = world.draft()

    with world.acting("applicant"):
        assert identity.unseal(case.id_cipher, table="application", pk=case.pk)
        with pytest.raises(Tampered):
            identity.unseal(case.id_cipher, table="application", pk=world.session.pk)
