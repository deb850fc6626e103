"""Records of a training base: matched by number and name, corrected, withdrawn, and theirs once they register."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cehours.trail import rows as trail_rows
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import Event, Person
from organizations.registry import identity
from tests.databases import connect_as_owner
from tests.training import feeding
from tests.training.feeding import delivered, of, row, standing, withdrawn
from tests.world import World
from training import queries, services
from training.feeds import queries as feed_queries
from training.feeds.reported import BadRows
from training.models import LearningRecord, RecognisedHours, RecordStanding, Standing


@pytest.fixture
def world(world: World) -> World:
    feeding.base(world)
    return world


def on_record(world: World, who: str = "applicant") -> list[tuple[Any, ...]]:
    with world.acting(who) as actor:
        return [(each.year, each.category, str(each.hours), each.number) for each in queries.on_record(actor)]


def titles(world: World, who: str = "applicant") -> list[str]:
    with world.acting(who) as actor:
        return [each.title for each in notices.of(actor).order_by("created_at", "title")]


def test_a_record_whose_number_and_name_fit_counts_for_its_person(world: World) -> None:
    delivered(world, [of(world, "applicant")])

    assert on_record(world) == [(2024, "public", "12.5", "XSDX-K-1")]
    assert titles(world) == ["学习记录已记入台账"]


def test_a_name_is_compared_as_people_mean_it(world: World) -> None:
    name, _ = feeding.number_of(world, "applicant")

    delivered(world, [of(world, "applicant", name=f"{name[0]} {name[1:]}")])

    assert len(on_record(world)) == 1


def test_another_name_counts_for_nobody_and_lies_with_the_bureau(world: World) -> None:
    delivered(world, [of(world, "applicant", name="别人")])

    assert on_record(world) == [] and titles(world) == []
    with world.acting("bureau") as bureau:
        assert [each.state for each in feed_queries.to_look_at(bureau)] == [Standing.MISMATCH]


def test_the_record_of_somebody_unknown_waits_and_is_theirs_when_they_register(world: World) -> None:
    delivered(world, [row()])
    assert standing().state == Standing.WAITING

    with scope(Actor.public()):
        person = identity.create_person(name="迟到者", id_kind="resident", id_number=feeding.NUMBER)
    feeding.worked_off()

    assert standing().state == Standing.COUNTED and standing().person_id == person
    with scope(Actor.system("tests")):
        assert [str(each.hours) for each in RecognisedHours.objects.filter(person=person)] == ["12.5"]


def test_who_registers_under_another_name_gets_nothing(world: World) -> None:
    delivered(world, [row()])

    with scope(Actor.public()):
        identity.create_person(name="冒名者", id_kind="resident", id_number=feeding.NUMBER)
    feeding.worked_off()

    assert standing().state == Standing.MISMATCH


def test_a_corrected_name_of_the_person_lets_the_record_in(world: World) -> None:
    delivered(world, [of(world, "applicant", name="改正后")])
    with scope(Actor.system("tests")):
        Person.objects.filter(pk=world.applicant.person_id).update(name="改正后")
    feeding.worked_off()

    assert len(on_record(world)) == 1


def test_who_registered_in_the_same_moment_is_found_by_the_hour(world: World) -> None:
    delivered(world, [of(world, "applicant")])
    with scope(Actor.system("tests")):  # as it stands when both transactions saw nothing of each other
        RecordStanding.objects.update(state=Standing.WAITING, person=None)
        assert services.take_all_waiting() == 1
    assert standing().state == Standing.COUNTED


def test_a_correction_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    delivered(world, [of(world, "applicant")])

    delivered(world, [of(world, "applicant", hours="8")])

    assert on_record(world) == [(2024, "public", "8.0", "XSDX-K-1")]
    with scope(Actor.system("tests")):
        versions = LearningRecord.objects.order_by("version").values_list("version", "hours")
        assert [(number, str(hours)) for number, hours in versions] == [(1, "12.5"), (2, "8.0")]
    assert titles(world) == ["学习记录已记入台账", "学习记录有变动"]


def test_a_correction_of_year_and_person_lets_the_old_hours_fall(world: World) -> None:
    delivered(world, [of(world, "applicant")])

    delivered(world, [of(world, "other_applicant", year=2023)])

    assert on_record(world) == []
    assert on_record(world, "other_applicant") == [(2023, "public", "12.5", "XSDX-K-1")]
    assert titles(world) == ["学习记录已记入台账", "学习记录有变动"]
    assert titles(world, "other_applicant") == ["学习记录已记入台账"]


def test_a_correction_that_changes_nothing_tells_nobody(world: World) -> None:
    delivered(world, [of(world, "applicant")])

    delivered(world, [of(world, "applicant")])

    assert titles(world) == ["学习记录已记入台账"]


def test_a_withdrawn_record_counts_no_more_until_it_is_reported_again(world: World) -> None:
    delivered(world, [of(world, "applicant")])

    withdrawn(world, "K-1")
    assert on_record(world) == [] and standing().state == Standing.WITHDRAWN
    assert standing().record.withdrawn and standing().version == 2

    delivered(world, [of(world, "applicant")])
    assert len(on_record(world)) == 1


def test_an_older_delivery_that_is_taken_up_late_changes_nothing(world: World) -> None:
    with world.acting("university_admin") as actor:
        first, _ = services.deliver(actor=actor, parcel=feeding.parcel(), rows=[of(world, "applicant")])
        second, _ = services.deliver(
            actor=actor, parcel=feeding.parcel(), rows=[of(world, "applicant", hours="6")]
        )
    with scope(Actor.system("tests")):
        services.take_up(str(second.pk))
        services.take_up(str(first.pk))

    assert on_record(world) == [(2024, "public", "6.0", "XSDX-K-1")]


@pytest.mark.parametrize("numbers", [["K-9"], ["K-1", "K-1"]])
def test_what_cannot_be_withdrawn_is_named_and_nothing_is_stored(world: World, numbers: list[str]) -> None:
    delivered(world, [of(world, "applicant")])
    if numbers == ["K-1", "K-1"]:
        withdrawn(world, "K-1")

    with pytest.raises(BadRows) as refusal, world.acting("university_admin") as actor:
        services.withdraw(actor=actor, parcel=feeding.parcel(), numbers=numbers)

    assert refusal.value.faults[0].field == "number"


def test_the_same_parcel_again_is_the_same_delivery(world: World) -> None:
    with world.acting("university_admin") as actor:
        first = services.deliver(actor=actor, parcel=feeding.parcel("once"), rows=[row()])
        again = services.deliver(actor=actor, parcel=feeding.parcel("once"), rows=[row()])
        assert first == (again[0], True) and again[1] is False
        with pytest.raises(services.OtherBody):
            services.deliver(actor=actor, parcel=feeding.parcel("once", "other"), rows=[row()])
        assert LearningRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"hours": "200"}, "hours"),
        ({"category": "选修"}, "category"),
        ({"year": 1999}, "year"),
        ({"year": 2999}, "year"),
    ],
)
def test_what_the_policy_does_not_bear_out_is_kept_for_the_bureau(
    world: World, changes: dict[str, Any], flag: str
) -> None:
    delivery = delivered(world, [of(world, "applicant", **changes)])

    assert on_record(world) == [] and delivery.flagged == 1
    assert standing().state == Standing.FLAGGED and standing().record.flags == [flag]


def test_only_the_provider_sees_what_it_delivered(world: World) -> None:
    delivery = delivered(world, [of(world, "applicant")])

    for who, number in [("university_admin", 1), ("employer", 0), ("bureau", 0), ("other_applicant", 0)]:
        with world.acting(who):
            assert LearningRecord.objects.count() == number, who
    with world.acting("applicant"):
        assert LearningRecord.objects.count() == 1  # their own
    for who in ("employer", "applicant"):
        with pytest.raises(NotYours), world.acting(who) as actor:
            feed_queries.deliveries(actor)
    with scope(Actor.program(delivery.provider_id)):
        assert LearningRecord.objects.count() == 1


def test_the_provider_cannot_learn_whether_somebody_is_known(world: World) -> None:
    rows = [of(world, "applicant"), row("K-2"), of(world, "other_applicant", "K-3", name="别人")]
    delivered(world, rows)

    for actor in (world.university_admin, Actor.program(standing().provider_id)):
        with scope(actor):
            assert RecordStanding.objects.count() == 0
            acts = Event.objects.filter(subject="delivery").values_list("act", flat=True)
            assert set(acts) == {"delivered"}


def test_nobody_delivers_in_anothers_name_or_changes_what_came(world: World) -> None:
    delivery = delivered(world, [of(world, "applicant")])
    for statement in ("UPDATE training_learningrecord SET hours = 90", "DELETE FROM training_learningrecord"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            scope(world.university_admin),
        ):
            LearningRecord.objects.raw(statement)._fetch_all()
    with pytest.raises(DatabaseError, match="row-level security"), world.acting("employer"):
        delivery.pk, delivery.idempotency_key, delivery.audit_seq, delivery.audit_hash = None, "x", 0, b""
        delivery.save(force_insert=True)


def test_one_event_speaks_for_a_whole_delivery_and_the_trail_holds(world: World) -> None:
    delivery = delivered(world, [of(world, "applicant"), row("K-2")])

    with scope(Actor.system("tests")):
        events = Event.objects.filter(subject="delivery", subject_id=delivery.pk).order_by("seq")
        assert [each.act for each in events] == ["delivered", "records_taken_up"]
        assert list(audit.faults()) == [] and list(trail_rows.faults()) == []


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("UPDATE training_learningrecord SET hours = hours + 1", "delivery"),
        ("UPDATE training_delivery SET sha256 = repeat('1', 64)", "delivery"),
        ("UPDATE training_recognisedhours SET hours = hours + 1", "recognised"),
    ],
)
def test_what_is_changed_behind_the_trail_is_named(
    committed_world: World, statement: str, subject: str
) -> None:
    feeding.base(committed_world)
    delivered(committed_world, [of(committed_world, "applicant")])
    with closing(connect_as_owner(connection.settings_dict["NAME"])) as link, link.cursor() as owner:
        owner.execute("SELECT set_config('app.kind', 'system', false)")
        owner.execute(f"ALTER TABLE {statement.split()[1]} NO FORCE ROW LEVEL SECURITY")
        owner.execute(statement)
        assert owner.rowcount == 1

    with scope(Actor.system("tests")):
        assert subject in {fault.subject for fault in trail_rows.faults()}


@pytest.mark.parametrize("state", [Standing.MISMATCH, Standing.FLAGGED])
def test_the_bureau_refuses_with_a_reason(world: World, state: Standing) -> None:
    changes: dict[str, Any] = {"name": "别人"} if state == Standing.MISMATCH else {"year": 1999}
    delivered(world, [of(world, "applicant", **changes)])

    with world.acting("bureau") as bureau:
        services.refuse_record(actor=bureau, standing_id=standing().pk, seen=1, reason="不在范围。")
        assert not feed_queries.to_look_at(bureau).exists()

    assert standing().state == Standing.REFUSED
    # What is wrong with a person's name is not the provider's to learn.
    assert titles(world, "university_admin") == (
        [] if state == Standing.MISMATCH else ["一条学习记录未予计入"]
    )


def test_the_bureau_accepts_and_the_hours_count(world: World) -> None:
    delivered(world, [of(world, "applicant", category="选修")])

    with world.acting("bureau") as bureau:
        services.accept_record(
            actor=bureau,
            standing_id=standing().pk,
            seen=1,
            reason="经核对属专业科目。",
            category="professional",
        )

    assert on_record(world) == [(2024, "professional", "12.5", "XSDX-K-1")]
    with scope(Actor.system("tests")):
        assert list(audit.faults()) == []


def test_a_mismatch_is_never_accepted_and_a_newer_version_makes_the_page_stale(world: World) -> None:
    delivered(world, [of(world, "applicant", name="别人")])
    with world.acting("bureau") as bureau, pytest.raises(NotAllowed, match="不能计入"):
        services.accept_record(actor=bureau, standing_id=standing().pk, seen=1, reason="同意。")

    delivered(world, [of(world, "applicant", name="又一人")])
    with world.acting("bureau") as bureau, pytest.raises(NotAllowed, match="刚刚"):
        services.refuse_record(actor=bureau, standing_id=standing().pk, seen=1, reason="不符。")


@pytest.mark.parametrize("who", ["employer", "university_admin", "city_bureau", "applicant"])
def test_only_the_province_judges_records(world: World, who: str) -> None:
    delivered(world, [of(world, "applicant", year=1999)])
    with world.acting(who) as actor, pytest.raises(NotYours):
        services.refuse_record(actor=actor, standing_id=standing().pk, seen=1, reason="不符。")


def test_an_ended_provider_delivers_no_more(world: World) -> None:
    provider = feeding.base(world)
    with world.acting("bureau") as bureau:
        services.end_provider(actor=bureau, provider_id=provider.pk)
    for actor in (world.university_admin, Actor.program(provider.pk)):
        with pytest.raises(NotYours), scope(actor):
            services.deliver(actor=actor, parcel=feeding.parcel(), rows=[row()])
