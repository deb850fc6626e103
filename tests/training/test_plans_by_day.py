"""A training of several days: attendance is taken each day, and the hours follow from the days attended."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from cehours.lib import clock
from cehours.lib.lists import BadLines
from cehours.lib.refusal import Refusal
from cehours.trail import rows
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale
from organizations.acting.scope import scope
from organizations.messaging import notices
from tests.training.planning import accepted, attendees, hours_of, name_of, seen_by
from tests.world import World
from training import services
from training.models import PlanState, TrainingPlan
from training.plans import attendance_sheet
from training.plans import rules as plan_rules

FIRST = date(2025, 11, 4)
DAYS = [FIRST + timedelta(days=after) for after in range(3)]
WHO = ("applicant", "other_applicant", "third_applicant")


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), clock.SHANGHAI)


@pytest.fixture
def plan(world: World) -> TrainingPlan:
    """Three whole days, 24 hours, with three people on the list; accepted the day before."""
    return of(world, days=Decimal(3), last_day=DAYS[-1])


def of(world: World, **changes: object) -> TrainingPlan:
    with clock.at(morning(FIRST - timedelta(days=1))):
        return accepted(world, people=WHO, first_day=FIRST, **changes)


def take(world: World, plan: TrainingPlan, day: date, *who: str) -> TrainingPlan:
    """Who came on a day."""
    named = {name_of(world, each) for each in who}
    plan = seen_by(world, "employer", plan)
    with world.acting("employer") as actor:
        present = {each.pk for each in plan.attendees.all() if each.name in named}
        return services.take_days(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, came={day: present})


def count(world: World, plan: TrainingPlan) -> TrainingPlan:
    plan = seen_by(world, "employer", plan)
    with world.acting("employer") as actor:
        return services.count_hours(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)


def on_record(world: World) -> list[list[str]]:
    return [[row[2] for row in hours_of(world, who)] for who in WHO]


def whole(world: World, plan: TrainingPlan) -> TrainingPlan:
    """The first came on three days, the second on two, the third on none; counted."""
    take(world, plan, DAYS[0], "applicant", "other_applicant")
    take(world, plan, DAYS[1], "applicant")
    take(world, plan, DAYS[2], "applicant", "other_applicant")
    return count(world, plan)


@pytest.mark.requirement("R051")
def test_hours_follow_from_the_days_attended(world: World, plan: TrainingPlan) -> None:
    held = whole(world, plan)

    assert held.state == PlanState.HELD
    assert on_record(world) == [["24.0"], ["16.0"], []]
    with world.acting("other_applicant") as actor:
        assert "已登记 16 学时" in notices.of(actor)[0].body
    with scope(Actor.system("tests")):
        assert list(rows.faults()) == []


def test_nothing_is_on_record_before_the_hours_are_counted(world: World, plan: TrainingPlan) -> None:
    for day in DAYS:
        take(world, plan, day, *WHO)

    assert on_record(world) == [[], [], []]
    assert seen_by(world, "employer", plan).state == PlanState.ACCEPTED


def test_no_day_is_taken_before_it_has_come(world: World, plan: TrainingPlan) -> None:
    with clock.at(morning(DAYS[1])):
        take(world, plan, DAYS[1], *WHO)
        with pytest.raises(NotNow, match="11月6日还没有到"):
            take(world, plan, DAYS[2], *WHO)
        with pytest.raises(NotNow, match="培训结束以后"):
            count(world, plan)
        with pytest.raises(NotAllowed, match="不在培训日期之内"):
            take(world, plan, FIRST - timedelta(days=1), *WHO)


def test_a_day_that_is_missing_is_named_before_hours_are_counted(world: World, plan: TrainingPlan) -> None:
    take(world, plan, DAYS[0], *WHO)
    take(world, plan, DAYS[2], *WHO)

    with pytest.raises(NotNow, match="11月5日还没有登记"):
        count(world, plan)


def test_a_day_on_which_nobody_came_counts_for_nobody(world: World, plan: TrainingPlan) -> None:
    take(world, plan, DAYS[0], *WHO)
    take(world, plan, DAYS[1])
    take(world, plan, DAYS[2], *WHO)
    count(world, plan)

    assert on_record(world) == [["16.0"]] * 3


@pytest.mark.parametrize(
    ("days", "last", "taken", "came", "counted"),
    [
        ("2.5", 2, 3, 3, "2.5"),  # all days are the whole plan
        ("2.5", 2, 3, 2, "1.5"),  # 5/3 of a day, in half days
        ("2.5", 2, 3, 1, "0.5"),
        ("2", 24, 2, 1, "1"),  # two Fridays of a month
        ("2", 24, 4, 3, "1.5"),  # four afternoons
        ("3", 24, 2, 2, "2"),  # one day less than filed was held
        ("0.5", 1, 2, 1, "0"),
    ],
)
def test_the_share_of_the_days_in_half_days(
    days: str, last: int, taken: int, came: int, counted: str
) -> None:
    plan = TrainingPlan(
        first_day=FIRST,
        last_day=FIRST + timedelta(days=last),
        days=Decimal(days),
        taken=[FIRST + timedelta(days=after) for after in range(taken)],
    )

    assert plan_rules.days_for(plan, came) == Decimal(counted)


def test_a_correction_after_counting_changes_the_hours_at_once(world: World, plan: TrainingPlan) -> None:
    whole(world, plan)
    take(world, plan, DAYS[1], "other_applicant", "third_applicant")

    assert on_record(world) == [["16.0"], ["24.0"], ["8.0"]]
    take(world, plan, DAYS[1], "other_applicant")
    assert on_record(world) == [["16.0"], ["24.0"], []]
    with world.acting("third_applicant") as actor:
        assert notices.of(actor)[0].title == "培训学时已撤回"
    with scope(Actor.system("tests")):
        assert list(rows.faults()) == []


def test_an_old_page_takes_no_day(world: World, plan: TrainingPlan) -> None:
    with world.acting("employer") as actor, pytest.raises(Stale):
        services.take_days(actor=actor, plan_id=plan.pk, seen=99, came={FIRST: set()})


def test_attendance_as_a_whole_is_for_one_day_only(world: World, plan: TrainingPlan) -> None:
    plan = seen_by(world, "employer", plan)
    with world.acting("employer") as actor, pytest.raises(NotNow, match="请按天登记"):
        services.record_attendance(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, present=[])


def test_a_training_held_before_days_were_taken_is_corrected_as_it_was_recorded(
    world: World, plan: TrainingPlan
) -> None:
    first = next(each.pk for each in attendees(world, plan) if each.name == name_of(world, "applicant"))
    with world.acting("employer"):
        plan = seen_by(world, "employer", plan)
        plan.state, plan.held_at = PlanState.HELD, clock.now()
        plan.save(update_fields=["state", "held_at"])
        plan.attendees.update(attended=True)
        services.record_attendance(
            actor=world.employer, plan_id=plan.pk, seen=plan.audit_seq, present=[first]
        )

    assert on_record(world) == [["24.0"], [], []]


WRITES = {
    "a day to come": "UPDATE training_trainingplan SET taken = ARRAY[(now() + interval '9 days')::date]",
    "a day of nobody's": "UPDATE training_attendee SET days = ARRAY['2025-11-05'::date]",
    "hours without a record": "UPDATE training_attendee SET hours = 90",
}


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_the_database_holds_it_too(world: World, plan: TrainingPlan, sql: str) -> None:
    with (
        world.acting("employer"),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(sql)


def test_another_unit_takes_no_day(world: World, plan: TrainingPlan) -> None:
    with world.acting("other_employer"):
        assert not TrainingPlan.objects.filter(pk=plan.pk).update(taken=[FIRST])


# -- pages


def url(name: str, plan: TrainingPlan, *more: str) -> str:
    return reverse(f"training:{name}", args=[plan.pk, *more])


def test_the_days_are_listed_and_each_is_taken_on_its_own_page(world: World, plan: TrainingPlan) -> None:
    browser = world.browser("employer")
    overview = browser.get(url("attendance", plan), follow=True).content.decode()
    assert all(words in overview for words in ("11月4日", "11月5日", "11月6日", "待登记", "签到表"))
    page = browser.get(url("attendance_day", plan, "2025-11-04"))
    ticked = [each.pk for each in attendees(world, plan)][:2]
    form = {"version": page.context["plan"].audit_seq, "present": ticked, "confirmed": "on"}

    done = browser.post(url("attendance_day", plan, "2025-11-04"), form, follow=True).content.decode()

    assert "已登记 11月4日 出勤 2 人，缺勤 1 人" in done
    assert "1 天中 1 天" in done
    unconfirmed = browser.post(url("attendance_day", plan, "2025-11-05"), {**form, "confirmed": ""})
    assert unconfirmed.status_code == 422
    assert browser.get(url("attendance_day", plan, "2025-11-09")).status_code == 404
    assert browser.get(url("attendance_day", plan, "nonsense")).status_code == 404


def test_the_hours_are_shown_before_they_go_on_record(world: World, plan: TrainingPlan) -> None:
    take(world, plan, DAYS[0], "applicant", "other_applicant")
    take(world, plan, DAYS[1], "applicant")
    take(world, plan, DAYS[2], "applicant", "other_applicant")
    browser = world.browser("employer")
    page = browser.get(url("attendance_days", plan))
    assert "3 天中 2 天" in page.content.decode()

    answer = browser.post(
        url("attendance_days", plan),
        {"version": page.context["plan"].audit_seq, "confirmed": "on"},
        follow=True,
    )

    assert "已登记出勤 2 人" in answer.content.decode()
    assert "已登记 16 学时" in " ".join(answer.content.decode().split())
    assert on_record(world) == [["24.0"], ["16.0"], []]


def test_where_a_training_does_not_fill_its_calendar_the_day_is_chosen(world: World) -> None:
    plan = of(world, days=Decimal(2), last_day=FIRST + timedelta(days=14))
    browser = world.browser("employer")

    chosen = browser.get(url("attendance_days", plan), {"day": "2025.11.7"})

    assert chosen["Location"] == url("attendance_day", plan, "2025-11-07")
    wrong = browser.get(url("attendance_days", plan), {"day": "2025-11-31"}).content.decode()
    assert "请填写存在的日期" in wrong


def sheet_of(*lines: list[object]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought_back(world: World, plan: TrainingPlan, content: bytes) -> Any:
    """The answer to a sheet that the unit uploads."""
    file = SimpleUploadedFile("出勤表.xlsx", content)
    form = {"version": seen_by(world, "employer", plan).audit_seq, "file": file}
    return world.browser("employer").post(url("attendance_upload", plan), form, follow=True)


def test_the_sheet_is_taken_filled_in_and_brought_back(world: World, plan: TrainingPlan) -> None:
    browser = world.browser("employer")
    given = load_workbook(io.BytesIO(browser.get(url("attendance_workbook", plan)).content))
    assert [cell.value for cell in given.active[1]] == [
        "序号",
        "姓名",
        "证件号码",
        "11月4日",
        "11月5日",
        "11月6日",
    ]
    marks = dict(zip((name_of(world, who) for who in WHO), ("√√√", "√ √", "  √"), strict=True))
    for line in given.active.iter_rows(min_row=2):
        for cell, mark in zip(line[3:], marks[line[1].value], strict=True):
            cell.value = mark.strip() or None
    out = io.BytesIO()
    given.save(out)

    done = brought_back(world, plan, out.getvalue()).content.decode()
    count(world, plan)

    assert "已登记 11月4日、11月5日、11月6日 的出勤" in done
    assert on_record(world) == [["24.0"], ["16.0"], ["8.0"]]


def test_the_units_own_table_is_read_by_its_headings(world: World, plan: TrainingPlan) -> None:
    people = attendees(world, plan)
    content = sheet_of(
        ["某某医院培训考勤"],
        ["工号", "学员姓名", "部门", "2025/11/4", "2025年11月5日"],
        *[[number, each.name, "护理部", "到", "请假"] for number, each in enumerate(people, start=1)],
    )

    came = attendance_sheet.read(content, people, DAYS, DAYS[-1])

    assert came == {DAYS[0]: {each.pk for each in people}, DAYS[1]: set()}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines[1].__setitem__(1, "不在名单"), "“不在名单”不在参训名单上"),
        (lambda lines: lines[1].__setitem__(2, "大概"), "到场的请打“√”"),
        (lambda lines: lines.append(list(lines[1])), "重复"),
        (lambda lines: lines.pop(), "不在表中，请补上"),
        (lambda lines: lines[0].__setitem__(2, "备注"), "没有登记出勤的日期"),
    ],
    ids=["somebody else", "a word", "twice", "missing", "no day"],
)
def test_a_sheet_with_a_fault_takes_nothing_and_says_what(
    world: World, plan: TrainingPlan, change, says: str
) -> None:
    people = attendees(world, plan)
    lines = [
        ["序号", "姓名", "11月4日"],
        *[[number, each.name, "√"] for number, each in enumerate(people, 1)],
    ]
    change(lines)

    answer = brought_back(world, plan, sheet_of(*lines))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert seen_by(world, "employer", plan).taken == []


def test_a_sheet_takes_no_day_to_come(world: World, plan: TrainingPlan) -> None:
    people = attendees(world, plan)
    content = sheet_of(["姓名", "11月4日", "11月6日"], *[[each.name, "√", "√"] for each in people])

    with pytest.raises(BadLines, match="11月6日还没有到"):
        attendance_sheet.read(content, people, DAYS, DAYS[1])


def test_two_of_one_name_need_their_number(world: World, plan: TrainingPlan) -> None:
    people = attendees(world, plan)
    people[1].name = people[0].name
    plain = sheet_of(["姓名", "11月4日"], *[[each.name, "√"] for each in people])
    numbered = sheet_of(
        ["姓名", "证件号码", "11月4日"], *[[each.name, each.id_masked, "√"] for each in people]
    )

    with pytest.raises(Refusal, match="请写明证件号码"):
        attendance_sheet.read(plain, people, DAYS, DAYS[-1])
    if people[0].id_masked != people[1].id_masked:
        assert attendance_sheet.read(numbered, people, DAYS, DAYS[-1])


def test_a_sheet_to_sign_is_printed_for_each_day(world: World, plan: TrainingPlan) -> None:
    page = world.browser("employer").get(url("sign_in", plan)).content.decode()

    assert page.count('class="sign-in-table"') == 3
    assert page.count(name_of(world, "applicant")) == 3
    one = world.browser("employer").get(url("sign_in", plan), {"day": "2025-11-05"}).content.decode()
    assert one.count('class="sign-in-table"') == 1
    assert "2025年11月5日" in one
