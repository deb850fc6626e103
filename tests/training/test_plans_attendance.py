"""The list of a plan, who came, and the hours that stand on record afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from applications.filed import records
from applications.filed.facts import policy_of
from cehours.lib import clock
from cehours.lib.idnumbers import make_resident_id
from cehours.lib.lists import BadLines
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.registry import identity
from tests.training.planning import (
    TOPIC,
    accepted,
    attended,
    attendees,
    day,
    entered,
    filed,
    hours_of,
    line_of,
    listed,
    name_of,
    written,
)
from tests.world import World
from training import services, tasks
from training.models import Attendee
from training.plans import queries as plans

NUMBER = make_resident_id("430102", date(1990, 5, 4), 88)


@pytest.mark.requirement("R051", "R055")
def test_who_was_listed_and_came_finds_the_hours_to_tick_for_that_year(world: World) -> None:
    plan = accepted(world, people=["applicant", "other_applicant"])
    attended(world, plan, name_of(world, "applicant"))

    assert hours_of(world, "applicant") == [(plan.year, "professional", "4.0", TOPIC)]
    assert hours_of(world, "other_applicant") == []
    case = world.draft(years=(2024,))
    with world.acting("applicant") as actor:
        offered = records.offered(actor, policy_of(case), case, plan.year)
        assert [(row.get_source_display(), row.number, row.hours) for row in offered] == [
            ("备案培训计划", plan.number, Decimal(4))
        ]
        assert records.offered(actor, policy_of(case), case, plan.year - 1) == []
        assert notices.of(actor)[0].title == "培训学时已登记"
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


def test_a_correction_takes_hours_back_and_gives_them(world: World) -> None:
    plan = accepted(world, people=["applicant", "other_applicant"])
    attended(world, plan, name_of(world, "applicant"))
    attended(world, plan, name_of(world, "other_applicant"))

    assert hours_of(world, "applicant") == []
    assert [row[2] for row in hours_of(world, "other_applicant")] == ["4.0"]
    attended(world, plan, name_of(world, "applicant"), name_of(world, "other_applicant"))
    assert [row[2] for row in hours_of(world, "applicant")] == ["4.0"]


def test_attendance_is_corrected_within_thirty_days_and_who_loses_hours_is_told(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    plan = attended(world, plan, name_of(world, "applicant"))
    assert plan.held_at is not None

    with clock.at(plan.held_at + timedelta(days=30, seconds=1)), pytest.raises(NotNow, match="已满 30 天"):
        attended(world, plan)
    assert len(hours_of(world, "applicant")) == 1

    with clock.at(plan.held_at + timedelta(days=30)):
        attended(world, plan)
    assert hours_of(world, "applicant") == []
    with world.acting("applicant") as actor:
        assert notices.of(actor)[0].title == "培训学时已撤回"


def test_nobody_is_credited_before_the_plan_is_accepted_and_over(world: World) -> None:
    plan = filed(world, people=["applicant"])
    with pytest.raises(NotNow, match="还没有备案"):
        attended(world, plan, name_of(world, "applicant"))
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI)):
        plan = accepted(world, people=["applicant"], first_day=day(1), last_day=day(2), days=Decimal(2))
        with pytest.raises(NotNow, match="培训结束以后"):
            attended(world, plan, name_of(world, "applicant"))
    assert hours_of(world, "applicant") == []


def test_who_registers_later_is_credited_by_the_hour_under_the_same_name_and_number(world: World) -> None:
    plan = accepted(world)
    listed(world, plan, f"迟到者 {NUMBER}")
    attended(world, plan, "迟到者")
    assert [row.credited_at for row in attendees(world, plan)] == [None]

    with scope(Actor.public()):
        person = identity.create_person(name="迟到者", id_kind="resident", id_number=NUMBER)
    assert [tasks.credit_late(), tasks.credit_late()] == [1, 0]
    with scope(Actor.system("test")):
        assert [row.person_id for row in plan.attendees.all()] == [person]


def test_the_right_number_under_another_name_earns_nothing(world: World) -> None:
    plan = accepted(world)
    listed(world, plan, f"冒名者 {line_of(world, 'applicant').split()[1]}")
    attended(world, plan, "冒名者")

    assert hours_of(world, "applicant") == []


def test_the_list_closes_when_the_training_has_begun(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    with clock.at(clock.now() + timedelta(days=1)), world.acting("employer") as actor:
        with pytest.raises(NotNow, match="名单不能再增减"):
            services.add_people(actor=actor, plan_id=plan.pk, pasted=line_of(world, "other_applicant"))
        row = plan.attendees.get()
        with pytest.raises(NotNow, match="名单不能再增减"):
            services.remove_person(actor=actor, plan_id=plan.pk, attendee_id=row.pk)


def test_a_pasted_list_is_read_as_spreadsheets_and_people_write_it(world: World) -> None:
    plan = written(world)
    with world.acting("employer") as actor:
        pasted = (
            f"张三\t{NUMBER}\r\n\r\n买买提·艾力，护照，E1234567\nMary Ann Smith 护照 P7654321\n张三 {NUMBER}"
        )
        done = services.add_people(actor=actor, plan_id=plan.pk, pasted=pasted)
        again = services.add_people(actor=actor, plan_id=plan.pk, pasted=f"张三 {NUMBER}")
    rows = attendees(world, plan)
    assert {(row.name, row.id_kind) for row in rows} == {
        ("张三", "resident"), ("买买提·艾力", "passport"), ("Mary Ann Smith", "passport"),
    }  # fmt: skip
    assert (done.added, done.already, again.added, again.already) == (3, 0, 0, 1)
    assert all(NUMBER not in row.id_masked for row in rows)


BAD = {
    "no number": ("张三", "应为“姓名 证件号码”"),
    "a wrong check digit": (f"张三 {NUMBER[:-1]}{'0' if NUMBER[-1] != '0' else '1'}", "号码有误"),
    "no name": ("护照 E1234567", "缺少姓名"),
}


@pytest.mark.parametrize(("line", "says"), BAD.values(), ids=BAD.keys())
def test_a_line_that_cannot_be_read_is_named_and_nobody_is_added(world: World, line: str, says: str) -> None:
    plan = written(world)
    with world.acting("employer") as actor, pytest.raises(BadLines, match=f"第 2 行：.*{says}"):
        services.add_people(actor=actor, plan_id=plan.pk, pasted=f"李四 护照 E7654321\n{line}")
    assert attendees(world, plan) == []


def test_members_and_people_of_earlier_lists_are_taken_by_a_tick(world: World) -> None:
    written(world, people=["applicant"])
    plan = written(world)
    with world.acting("employer") as actor:
        known = plans.known_people(plan)
        assert {each.name for each in known} == {
            name_of(world, "applicant"), str(world.employer.user), str(world.second_employer.user),
        }  # fmt: skip
        done = services.add_people(
            actor=actor, plan_id=plan.pk, pasted="", known=[each.key for each in known]
        )
    assert done.added == 3
    with world.acting("other_employer") as actor:
        foreign = services.write_plan(actor=actor, data=entered())
        with pytest.raises(NotAllowed, match="请粘贴名单"):
            services.add_people(
                actor=actor, plan_id=foreign.pk, pasted="", known=[each.key for each in known]
            )


def test_of_very_many_the_first_by_name_are_offered(world: World) -> None:
    earlier, plan = written(world), written(world)
    names = [f"丁{number:03}" for number in range(plans.MOST_KNOWN + 5)]
    with world.acting("employer"):
        Attendee.objects.bulk_create(
            Attendee(
                plan=earlier,
                name=name,
                id_kind="passport",
                id_index=(999 - number).to_bytes(32, "big"),
                id_masked="E****",
            )
            for number, name in enumerate(names)
        )

        offered = [each.name for each in plans.known_people(plan, "丁")]

    assert offered == names[: plans.MOST_KNOWN]


def test_a_department_takes_nobody_over_from_the_lists_that_were_filed_with_it(world: World) -> None:
    theirs = attendees(world, filed(world, people=["applicant"]))[0]
    plan = written(world, by="department")
    with world.acting("department") as actor:
        assert [each.name for each in plans.known_people(plan)] == [str(actor.user)]
        with pytest.raises(NotAllowed, match="请粘贴名单"):
            services.add_people(actor=actor, plan_id=plan.pk, pasted="", known=[f"p{theirs.pk}"])


def test_a_key_from_another_list_cannot_be_marked_present(world: World) -> None:
    other = attendees(world, written(world, people=["other_applicant"]))[0]
    plan = accepted(world, people=["applicant"])
    with world.acting("employer") as actor:
        seen = plans.visible_plan(actor, plan.pk).audit_seq
        with pytest.raises(NotAllowed, match="不在名单上"):
            services.record_attendance(actor=actor, plan_id=plan.pk, seen=seen, present={other.pk})
    with world.acting("other_employer") as actor, pytest.raises(NotYours):
        services.remove_person(actor=actor, plan_id=plan.pk, attendee_id=other.pk)


def test_the_department_reads_the_list_and_writes_nothing_on_it(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    with world.acting("department"):
        assert Attendee.objects.filter(plan=plan).count() == 1
        assert Attendee.objects.filter(plan=plan).update(attended=True) == 0
        assert Attendee.objects.filter(plan=plan).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Attendee.objects.create(plan=plan, name="x", id_kind="resident", id_index=b"1", id_masked="*")
    for who in ("other_employer", "bureau", "applicant"):
        with world.acting(who):
            assert not Attendee.objects.exists(), who
