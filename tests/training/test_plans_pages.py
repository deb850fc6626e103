"""The pages of training plans: what each side sees and presses, and what wrong or hostile input meets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from organizations import audit
from tests.security.nasty import FORM, LONE_SURROGATE, NASTY, encoded
from tests.training.planning import (
    TOPIC,
    accepted,
    attended,
    attendees,
    day,
    filed,
    hours_of,
    line_of,
    listed,
    name_of,
    seen_by,
    written,
)
from tests.world import World
from training.models import PlanState, TrainingPlan

NEW = reverse("training:plan_new")


def at(name: str, plan: TrainingPlan) -> str:
    return reverse(f"training:{name}", args=[plan.pk])


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def put_on_list(browser: Client, plan: TrainingPlan, **sent: Any) -> str:
    """Sends a list, confirms what was read of it, and gives the words of the page that showed it."""
    page = browser.post(at("people", plan), sent)
    (confirmed,) = re.findall(r'name="confirmed"\s+value="(.*?)"', page.content.decode())
    pasted = page.context["form"]["pasted"].value()
    answer = browser.post(at("people", plan), {**sent, "file": "", "pasted": pasted, "confirmed": confirmed})
    assert answer.status_code == 302
    return words(page)


def typed(**changes: str) -> dict[str, str]:
    plain = {
        "topic": TOPIC,
        "category": "professional",
        "first_day": day(0).isoformat(),
        "last_day": day(0).isoformat(),
        "days": "0.5",
        "place": "住院部会议室",
        "lecturers": "",
        "purpose": "岗位需要",
    }
    return {**plain, **changes}


@pytest.mark.requirement("R051", "R052", "R053", "R054", "R245")
def test_from_the_first_word_to_the_hours_on_record(world: World) -> None:
    employer, department = world.browser("employer"), world.browser("department")
    page = employer.post(NEW, typed(topic="自选的题目"), follow=True)
    assert "自选的题目" in words(page)
    assert "4 学时" in words(page)
    with world.acting("employer"):
        plan = TrainingPlan.objects.get()
    put_on_list(employer, plan, pasted=line_of(world, "applicant"))
    page = employer.post(
        at("plan_file", plan), {"version": seen_by(world, "employer", plan).audit_seq}, follow=True
    )
    assert "等待省级医疗集团备案" in words(page)

    shown = words(department.get(at("plan", plan)))
    assert "岗位需要" in shown
    assert name_of(world, "applicant") in shown
    assert line_of(world, "applicant").split()[1] not in shown
    version = seen_by(world, "department", plan).audit_seq
    page = department.post(at("plan_accept", plan), {"version": version}, follow=True)
    plan = seen_by(world, "employer", plan)
    assert plan.number and f"编号 {plan.number}" in words(page)

    present = [str(row.pk) for row in attendees(world, plan)]
    version = seen_by(world, "employer", plan).audit_seq
    answer = {"version": version, "present": present, "confirmed": "on"}
    page = employer.post(at("attendance", plan), answer, follow=True)
    assert "已登记出勤 1 人，其中 1 人的学时已记入本人台账" in words(page)
    assert "已登记 4 学时" in words(page)
    assert [row[3] for row in hours_of(world, "applicant")] == ["自选的题目"]


def test_an_act_that_only_a_later_release_has_words_for_is_left_out(world: World) -> None:
    plan = filed(world)
    with world.acting("employer") as actor:
        audit.record(actor, "plan_sung", plan)

    page = world.browser("employer").get(at("plan", plan))

    assert page.status_code == 200
    assert "报备" in words(page)
    assert "plan_sung" not in words(page)


def test_the_lists_show_each_side_its_own(world: World) -> None:
    filed(world)
    assert TOPIC in words(world.browser("employer").get(reverse("training:plans")))
    assert TOPIC in words(world.browser("department").get(reverse("training:filed")))
    assert TOPIC not in words(world.browser("department").get(reverse("training:plans")))
    for who in ("other_employer", "second_department"):
        assert TOPIC not in words(world.browser(who).get(reverse("training:filed"))), who
    assert world.browser("bureau").get(reverse("training:plans")).url == reverse("training:filed")
    assert world.browser("applicant").get(reverse("training:plans")).status_code == 404


def test_a_list_is_narrowed_to_a_year(world: World) -> None:
    written(world)
    written(world, topic="前年的培训", first_day=date(2024, 3, 4), last_day=date(2024, 3, 4))
    employer, url = world.browser("employer"), reverse("training:plans")
    of_2024 = words(employer.get(url, {"year": "2024"}))
    assert "前年的培训" in of_2024
    assert TOPIC not in of_2024
    assert TOPIC in words(employer.get(url, {"year": "去年"}))


def test_what_was_typed_stays_when_something_is_wrong(world: World) -> None:
    page = world.browser("employer").post(NEW, typed(days="3", purpose="不要丢"))
    assert page.status_code == 422
    assert "培训天数不能超过 1 天" in words(page)
    assert "不要丢" in page.content.decode()


def test_a_form_opened_before_somebody_else_saved_is_not_lost(world: World) -> None:
    plan = written(world)
    first = typed(topic="先保存的", version=str(plan.audit_seq))
    world.browser("second_employer").post(at("plan_edit", plan), first)
    page = world.browser("employer").post(at("plan_edit", plan), {**first, "topic": "后保存的"})
    assert page.status_code == 409
    assert "后保存的" in page.content.decode()
    assert "刚刚有变动" in words(page)
    assert seen_by(world, "employer", plan).topic == "先保存的"


def test_a_plan_is_not_returned_without_a_reason_and_a_decision_is_not_lost(world: World) -> None:
    plan = filed(world)
    department = world.browser("department")
    page = department.post(at("plan_return", plan), {"version": plan.audit_seq, "reason": " "})
    assert page.status_code == 422
    assert "请填写退回原因" in words(page)
    page = department.post(at("plan_return", plan), {"version": plan.audit_seq - 1, "reason": "缺主讲教师"})
    assert page.status_code == 409
    assert "缺主讲教师" in page.content.decode()
    assert seen_by(world, "department", plan).state == PlanState.FILED


def test_attendance_asks_for_the_comparison_with_the_list_of_signatures(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    page = world.browser("employer").post(at("attendance", plan), {"version": plan.audit_seq})
    assert page.status_code == 422
    assert "请核对签到记录" in words(page)


def test_after_the_training_has_begun_the_page_says_what_is_left_to_do(world: World) -> None:
    plan = written(world)
    with clock.at(clock.now() + timedelta(days=1)):
        employer = world.browser("employer")
        assert "培训日期已过，不能报备" in words(employer.get(at("plan", plan)))
        page = employer.post(at("plan_file", plan), {"version": plan.audit_seq})
        assert page.status_code == 422
        assert "按一般培训提供材料" in words(page)
        assert "名单不能再增减" in words(employer.get(at("people", plan), follow=True))


def test_a_draft_is_deleted_after_one_question(world: World) -> None:
    plan = written(world)
    employer = world.browser("employer")
    assert "不能恢复" in words(employer.get(at("plan_discard", plan)))
    assert "已删除" in words(employer.post(at("plan_discard", plan), follow=True))
    assert employer.get(at("plan", plan)).status_code == 404


def test_whose_hours_wait_for_a_registration_is_said(world: World) -> None:
    plan = accepted(world)
    listed(world, plan, "未注册 护照 E1234567")
    employer = world.browser("employer")
    present = [str(row.pk) for row in attendees(world, plan)]
    answer = {"version": seen_by(world, "employer", plan).audit_seq, "present": present, "confirmed": "on"}
    assert "1 人的学时待登记" in words(employer.post(at("attendance", plan), answer, follow=True))


def test_what_was_read_is_shown_before_anybody_is_added(world: World) -> None:
    plan = written(world)
    employer = world.browser("employer")
    number = line_of(world, "applicant").split()[1]
    page = employer.post(at("people", plan), {"pasted": f"1\t柏一禾\t女\t{number}"})
    assert "读到 1 人，还没有加入 请逐行核对" in words(page)
    assert "柏一禾 居民身份证" in words(page)
    assert attendees(world, plan) == []

    page = employer.post(
        at("people", plan), {"pasted": f"柏二 {number}", "confirmed": page.context["digest"]}
    )
    assert "读到 1 人" in words(page), "something else than what was looked at is looked at first"
    assert attendees(world, plan) == []


def test_a_file_is_read_shown_and_added_together_with_who_was_ticked(world: World) -> None:
    earlier, plan = written(world, people=["other_applicant"]), written(world)
    known = f"p{attendees(world, earlier)[0].pk}"
    content = f"名单\n序号,证件号码,姓名\n1,{line_of(world, 'applicant').split()[1]},柏一禾\n".encode(
        "gb18030"
    )
    shown = put_on_list(
        world.browser("employer"), plan, file=SimpleUploadedFile("名单.csv", content), known=[known]
    )

    assert "确认加入 1 人和勾选的 1 人" in shown
    assert {row.name for row in attendees(world, plan)} == {"柏一禾", name_of(world, "other_applicant")}


def test_a_file_that_is_no_list_says_so_at_its_field_and_keeps_what_was_pasted(world: World) -> None:
    plan = written(world)
    page = world.browser("employer").post(
        at("people", plan),
        {"pasted": "不要丢 护照 E1234567", "file": SimpleUploadedFile("名单.pdf", b"%PDF-1.7")},
    )
    assert page.status_code == 422
    assert "这是PDF" in page.context["form"].errors["file"][0]
    assert "不要丢" in page.content.decode()


def test_the_sentence_counts_who_was_credited_and_names_who_was_not_and_why(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    listed(world, plan, "未注册 护照 E1234567")
    present = [str(row.pk) for row in attendees(world, plan)]
    answer = {"version": seen_by(world, "employer", plan).audit_seq, "present": present, "confirmed": "on"}
    page = words(world.browser("employer").post(at("attendance", plan), answer, follow=True))

    assert "已登记出勤 2 人，其中 1 人的学时已记入本人台账" in page
    assert "未注册（1 人）的学时没有记入：没有找到姓名和证件号码都一致的注册人员" in page
    assert "出勤 2 人，1 人的学时已记入本人台账" in page


def test_a_wrong_name_is_corrected_after_the_training_and_the_hours_follow(world: World) -> None:
    name, number = line_of(world, "applicant").split()
    plan = accepted(world)
    listed(world, plan, f"{name}误 {number}")
    attended(world, plan, f"{name}误")
    assert hours_of(world, "applicant") == []
    (row,) = attendees(world, plan)
    employer, url = world.browser("employer"), reverse("training:person_correct", args=[plan.pk, row.pk])
    assert url in employer.get(at("plan", plan)).content.decode()
    assert url not in world.browser("department").get(at("plan", plan)).content.decode()

    page = employer.post(url, {"name": name, "id_kind": "resident", "id_number": ""}, follow=True)

    assert f"名单已更正，{name}的学时已记入本人台账" in words(page)
    assert "更正名单 1 人" in words(page)
    assert len(hours_of(world, "applicant")) == 1
    page = employer.post(url, {"name": name, "id_kind": "resident", "id_number": ""})
    assert "学时已经记入台账" in words(page)


def test_a_correction_says_what_is_wrong_with_it_at_its_field(world: World) -> None:
    plan = accepted(world, people=["applicant"])
    listed(world, plan, "未注册 护照 E1234567")
    row = next(row for row in attendees(world, plan) if row.name == "未注册")
    employer, url = world.browser("employer"), reverse("training:person_correct", args=[plan.pk, row.pk])
    for changes, field, says in (
        ({"id_number": "E7654321", "name": "另一人"}, "name", "不能同时更改"),
        ({"id_kind": "resident", "id_number": "1"}, "id_number", "应为 18 位"),
        (
            {"id_kind": "resident", "id_number": line_of(world, "applicant").split()[1]},
            "id_number",
            "已在名单上",
        ),
    ):
        page = employer.post(url, {"name": "未注册", "id_kind": "passport", "id_number": "", **changes})
        assert page.status_code == 422
        assert says in page.context["form"].errors[field][0]
    with clock.at(clock.now() + timedelta(days=31)):
        page = employer.post(url, {"name": "未登册", "id_kind": "passport", "id_number": ""}, follow=True)
        assert "名单已更正" in words(page), "attendance is not recorded yet, so its term has not begun"


def forms(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """(who, address, a form filled in rightly) for every form there is."""
    draft, waiting, ready = written(world), filed(world), accepted(world, people=["applicant"])
    present = [str(row.pk) for row in attendees(world, ready)]
    return [
        ("employer", NEW, typed()),
        ("employer", at("plan_edit", draft), typed(version=str(draft.audit_seq))),
        ("employer", at("plan_file", draft), {"version": draft.audit_seq}),
        ("employer", at("people", draft), {"pasted": "张三 护照 E1", "known": "p1", "confirmed": "x"}),
        (
            "employer",
            reverse("training:person_correct", args=[ready.pk, present[0]]),
            {"name": "张三", "id_kind": "passport", "id_number": "E1234567"},
        ),
        ("department", at("plan_return", waiting), {"version": waiting.audit_seq, "reason": "缺"}),
        ("department", at("plan_accept", waiting), {"version": waiting.audit_seq, "reason": ""}),
        (
            "employer",
            at("attendance", ready),
            {"version": ready.audit_seq, "present": present, "confirmed": "on"},
        ),
    ]


@pytest.mark.long
def test_nonsense_in_any_field_is_answered_and_never_crashes(world: World) -> None:
    wrong = []
    for who, url, data in forms(world):
        browser = world.browser(who)
        for field in data:
            bodies = [encoded({**data, field: value}) for value in NASTY]
            bodies.append(encoded(data, **{field: LONE_SURROGATE}))
            for body in bodies:
                status = browser.post(url, body, content_type=FORM).status_code
                if status not in (200, 302, 400, 409, 422):
                    wrong.append((url, field, status))
    assert wrong == []
