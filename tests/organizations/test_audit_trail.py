"""The trail only grows, and `manage.py verify_audit` finds whatever was done to it behind its back."""

from __future__ import annotations

from io import StringIO
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from applications import services as filing
from applications.models import Application
from applications.states import State
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Audited, Event
from tests.databases import as_owner
from tests.world import World

SYSTEM = Actor.system("tests")


def verify() -> tuple[int, str]:
    """Exit status and output of the command, run as the runtime role."""
    said = StringIO()
    try:
        call_command("verify_audit", stdout=said, stderr=said)
    except SystemExit as stop:
        return int(stop.code or 0), said.getvalue()
    return 0, said.getvalue()


def behind_its_back(database: str, *statements: str) -> None:
    """Runs statements as the owner with the guards off: what an operator with too many rights could do."""
    for switch, work in (("DISABLE", statements), ("ENABLE", ())):
        for table in ("organizations_event", "applications_application"):
            as_owner(database, f"ALTER TABLE {table} {switch} TRIGGER USER")
        for statement in work:
            as_owner(database, statement)


def events(case: Application) -> list[Event]:
    with scope(SYSTEM):
        return list(Event.objects.filter(subject_id=case.pk).order_by("seq"))


def last(case: Application) -> int:
    return len(events(case))


def test_an_untouched_trail_is_whole(world: World) -> None:
    world.application(at=State.APPROVED)
    assert verify() == (0, "办理记录完整。\n")


@pytest.mark.requirement("R035")
def test_every_act_of_a_case_is_one_link_of_its_chain(world: World) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW)
    acts = [event.act for event in events(case)]
    assert acts[0] == "started"
    assert acts[-2:] == ["submitted", "forwarded"]
    assert [event.seq for event in events(case)] == list(range(1, len(acts) + 1))


@pytest.mark.requirement("R036")
def test_an_event_says_who_acted_for_which_unit(world: World) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW)
    event = events(case)[-1]
    assert (event.user_id, event.person_id) == (world.employer.user_id, world.employer.person_id)
    assert event.unit_id == world.hospital.pk


def test_no_event_holds_a_name_or_an_identity_number(world: World) -> None:
    case = world.application(at=State.APPROVED)
    with scope(SYSTEM):
        written = "".join(Event.objects.values_list("facts", flat=True))
    assert case.name not in written
    assert not any(len(digits) >= 18 and digits.isdecimal() for digits in written.split('"'))


@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE organizations_event SET act = 'x'",
        "DELETE FROM organizations_event",
        "TRUNCATE organizations_event",
    ],
)
def test_the_runtime_role_cannot_change_or_remove_events(world: World, verb: str) -> None:
    world.draft(evidence=False)
    refused = pytest.raises(DatabaseError, match="permission denied")
    with scope(SYSTEM), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(verb)


def test_not_even_the_owner_changes_events_by_the_way(committed_world: World, committed_db: str) -> None:
    committed_world.draft(evidence=False)
    for verb in ("UPDATE organizations_event SET act = 'x'", "DELETE FROM organizations_event"):
        with pytest.raises(Exception, match="only grows"):
            as_owner(committed_db, verb)


def forged(case: Application, **facts: object) -> Event:
    """What would be the next event of the case's chain, with a time and a hash of its writer's making."""
    prev, person = events(case)[-1].hash, case.person_id
    given = {"seq": last(case) + 1, "act": "forged", "prev": prev, "person_id": person, **facts}
    return Event(subject="application", subject_id=case.pk, hash=b"\0" * 32, facts="{}", **given)


def test_a_forged_time_or_hash_is_replaced_by_the_databases_own(world: World) -> None:
    case = world.draft(evidence=False)
    with world.acting("applicant"):
        Event.objects.bulk_create([forged(case)])
    stored = events(case)[-1]
    assert bytes(stored.hash) == audit.link_hash(stored)
    assert verify()[0] == 1


def test_nobody_writes_an_event_in_another_persons_name(world: World) -> None:
    case = world.draft(evidence=False)
    refused = pytest.raises(DatabaseError, match="row-level security")
    with world.acting("applicant"), refused, transaction.atomic():
        Event.objects.bulk_create([forged(case, person_id=world.bureau.person_id)])


@pytest.mark.parametrize(
    ("who", "facts"),
    [
        ("applicant", {"seq": 99}),
        ("applicant", {"prev": b"another"}),
        ("applicant", {"subject": "elsewhere"}),
        ("other_applicant", {}),
        ("other_bureau", {}),
    ],
)
def test_an_event_is_only_ever_the_next_of_a_chain_that_its_writer_sees(
    world: World, who: str, facts: dict[str, object]
) -> None:
    event = forged(world.draft(evidence=False), person_id=world.people[who].person_id)
    event.unit_id = world.people[who].unit_id
    for name, value in facts.items():
        setattr(event, name, value)
    refused = pytest.raises(DatabaseError, match=r"next of a chain|no chain of")
    with world.acting(who), refused, transaction.atomic():
        Event.objects.bulk_create([event])


def test_a_chain_begins_with_the_row_it_is_about(committed_world: World) -> None:
    me = committed_world.applicant
    first = Event(subject="application", subject_id=uuid4(), seq=1, act="started", prev=b"", facts="{}")
    first.person_id = me.person_id
    with pytest.raises(DatabaseError, match="begins with the row"), committed_world.acting("applicant"):
        Event.objects.bulk_create([first])


@pytest.mark.parametrize(
    "change", ["audit_seq = audit_seq + 1", "audit_seq = 0, audit_hash = ''", "audit_hash = 'x'"]
)
def test_only_an_event_moves_the_head_of_a_chain(world: World, change: str) -> None:
    case = world.draft(evidence=False)
    refused = pytest.raises(DatabaseError, match="the head of a chain of application")
    with world.acting("applicant"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(f"UPDATE applications_application SET {change} WHERE id = %s", [case.pk])


@pytest.mark.django_db
def test_every_audited_row_has_its_guards() -> None:
    audited = {
        model._meta.db_table: model.SUBJECT for model in apps.get_models() if issubclass(model, Audited)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled, tgargs FROM pg_trigger "
            "WHERE tgfoid = 'chain_head_guard'::regproc"
        )
        guards = {
            (table, name, on, bytes(facts).rstrip(b"\0").decode())
            for table, name, on, facts in cursor.fetchall()
        }
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname IN ('event_continues', 'event_begins')")
        bodies = [body for (body,) in cursor.fetchall()]
    assert guards == {
        (table, name, "O", subject)
        for table, subject in audited.items()
        for name in ("chain_head_begins", "chain_head_moves")
    }
    for table, subject in audited.items():
        assert all(f"NEW.subject = '{subject}'" in body and f"FROM {table} " in body for body in bodies)


CHANGES = {
    "act": "act = 'returned'",
    "facts": """facts = replace(facts, '"', ' "')""",
    "time": "at = at + interval '1 microsecond'",
    "person": "person_id = gen_random_uuid()",
    "unit": "unit_id = (SELECT id FROM organizations_unit WHERE name = '湘水大学')",
    "one bit of the hash": "hash = set_bit(hash, 7, 1 - get_bit(hash, 7))",
    "one bit of the link": "prev = set_bit(prev, 7, 1 - get_bit(prev, 7))",
}


def test_whatever_is_changed_in_an_event_is_found_and_named(
    committed_world: World, committed_db: str
) -> None:
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    seq = last(case) - 1
    here = f"subject_id = '{case.pk}' AND seq = {seq}"
    as_owner(committed_db, f"CREATE TABLE kept AS SELECT * FROM organizations_event WHERE {here}")
    for what, change in CHANGES.items():
        behind_its_back(committed_db, f"UPDATE organizations_event SET {change} WHERE {here}")
        status, said = verify()
        assert status == 1, what
        assert f"application {case.pk} #{seq}" in said, what
        behind_its_back(
            committed_db,
            f"DELETE FROM organizations_event WHERE {here}",
            "INSERT INTO organizations_event OVERRIDING SYSTEM VALUE SELECT * FROM kept",
        )
        assert verify()[0] == 0, f"{what} was not put back"


def test_a_link_forged_with_a_fitting_hash_is_betrayed_by_the_next(
    committed_world: World, committed_db: str
) -> None:
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    seq = last(case) - 1
    behind_its_back(
        committed_db,
        "UPDATE organizations_event SET act = 'forged', hash = event_hash("
        "seq, prev, subject, subject_id, 'forged', user_id, person_id, unit_id, at, facts) "
        f"WHERE subject_id = '{case.pk}' AND seq = {seq}",
    )
    status, said = verify()
    assert status == 1
    assert f"application {case.pk} #{seq + 1}: does not continue" in said


def test_a_missing_row_is_found(committed_world: World, committed_db: str) -> None:
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    behind_its_back(
        committed_db, f"DELETE FROM organizations_event WHERE subject_id = '{case.pk}' AND seq = 3"
    )
    status, said = verify()
    assert status == 1
    assert f"application {case.pk} #3: missing" in said


def test_a_cut_tail_is_found(committed_world: World, committed_db: str) -> None:
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    length = last(case)
    behind_its_back(
        committed_db, f"DELETE FROM organizations_event WHERE subject_id = '{case.pk}' AND seq > {length - 2}"
    )
    status, said = verify()
    assert status == 1
    assert f"application {case.pk} #{length - 1}: cut" in said


def test_a_chain_that_is_gone_altogether_is_found(committed_world: World, committed_db: str) -> None:
    case = committed_world.draft(evidence=False)
    behind_its_back(committed_db, f"DELETE FROM organizations_event WHERE subject_id = '{case.pk}'")
    status, said = verify()
    assert status == 1
    assert f"application {case.pk}" in said


def test_a_head_set_back_with_its_tail_does_not_match(committed_world: World, committed_db: str) -> None:
    """Who cuts the tail and lowers the count, but cannot know that the head's hash counts too."""
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    length = last(case)
    behind_its_back(
        committed_db,
        f"DELETE FROM organizations_event WHERE subject_id = '{case.pk}' AND seq = {length}",
        f"UPDATE applications_application SET audit_seq = {length - 1} WHERE id = '{case.pk}'",
    )
    status, said = verify()
    assert status == 1
    assert "head does not match" in said


def test_a_discarded_draft_leaves_a_chain_that_is_whole(world: World) -> None:
    case = world.draft(evidence=False)
    with world.acting("applicant") as actor:
        filing.discard(actor=actor, application_id=case.pk)
    assert events(case)[-1].act == "deleted"
    assert verify()[0] == 0


def test_writers_at_the_same_time_make_no_fork(committed_world: World) -> None:
    world = committed_world
    case, start = world.draft(evidence=False), Barrier(4)

    def work() -> None:
        start.wait()
        try:
            for turn in range(10):
                with world.acting("applicant") as actor:
                    audit.record(actor, "looked", Application.objects.get(pk=case.pk), turn=turn)
        finally:
            connections.close_all()

    before = last(case)
    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert last(case) == before + 40
    assert verify()[0] == 0


def test_an_act_that_fails_leaves_no_event(world: World) -> None:
    case = world.draft(evidence=False)
    before = last(case)
    with world.acting("applicant") as actor, transaction.atomic():
        audit.record(actor, "looked", Application.objects.get(pk=case.pk))
        transaction.set_rollback(True)
    assert last(case) == before
    assert verify()[0] == 0
