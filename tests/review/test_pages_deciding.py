"""The three decisions as a reviewer makes them in the browser."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.models import Application, Decision
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.review.desks import body, submitted
from tests.world import plain_year

REASON = "2022 年结业证书缺少学时，请补充。"


def at(act, case):
    return reverse(f"review:{act}", args=[case.pk])


def now(case):
    with scope(Actor.system("tests")):
        return Application.objects.select_related("current_unit").get(pk=case.pk)


def choice(world, unit, kind="department"):
    return {"confirm": "yes", "kind": kind, "next_unit": str(world.units[unit].pk)}


@pytest.mark.requirement("R226", "R228", "R220")
def test_approving_takes_two_steps_and_the_first_changes_nothing(world):
    case = submitted(world)
    browser = world.browser("employer")
    first = body(browser.post(at("approve", case), {"version": case.version, "opinion": "情况属实"}))
    assert "审核上级单位类型" in first
    assert "审核上级单位名称" in first
    assert "上级审核单位" in first
    assert "经办机构（人社部门）" in first
    assert "情况属实" in first
    assert now(case).state == State.EMPLOYER_REVIEW

    answer = browser.post(
        at("approve", case), {"version": case.version, "opinion": "情况属实", **choice(world, "group")}
    )
    assert answer.status_code == 302
    assert now(case).state == State.DEPARTMENT_REVIEW
    assert now(case).current_unit.name == "省级医疗集团"
    assert "已审核通过，送 省级医疗集团 审核" in body(browser.get(answer.url))


def test_the_second_step_can_be_opened_by_address(world):
    page = body(world.browser("employer").get(at("approve", submitted(world))))
    assert "省级医疗集团" in page


def test_the_second_step_of_a_case_elsewhere_leads_back_to_the_case(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    answer = world.browser("employer").get(at("approve", case))
    assert answer.status_code == 302
    assert answer.url == at("case", case)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "", "next_unit": ""}, "请选择审核上级单位名称"),
        ({"kind": "department", "next_unit": "no-uuid"}, "请选择审核上级单位名称"),
        ({"kind": "bureau", "unit": "group"}, "属于“上级审核单位”"),
        ({"kind": "department", "unit": "hospital"}, "就是本单位"),
        ({"kind": "department", "unit": "firm"}, "不是本单位的上级主管单位"),
        ({"kind": "department", "unit": "commission"}, "不能跳过省级医疗集团"),
        ({"kind": "bureau", "unit": "province"}, "不能跳过"),
    ],
    ids=[
        "no target",
        "no unit at all",
        "wrong type",
        "itself",
        "outsider",
        "skips a superior",
        "bureau too early",
    ],
)
def test_approving_without_a_fitting_next_unit_is_refused(world, typed, says):
    case = submitted(world)
    unit = typed.pop("unit", None)
    if unit:
        typed["next_unit"] = str(world.units[unit].pk)
    answer = world.browser("employer").post(
        at("approve", case), {"version": case.version, "opinion": "情况属实", "confirm": "yes", **typed}
    )
    assert answer.status_code == 422
    assert says in body(answer)
    assert "情况属实" in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW


def test_the_last_step_asks_for_confirmation_and_then_approves(world):
    case = world.application(at=State.BUREAU_REVIEW)
    browser = world.browser("bureau")
    first = body(browser.get(at("approve", case)))
    assert "这是最后一个审核环节" in first
    assert "备案通过</button>" in first
    assert "审核上级单位名称" not in first
    answer = browser.post(at("approve", case), {"version": now(case).version, "confirm": "yes"})
    assert answer.status_code == 302
    assert now(case).state == State.APPROVED
    assert "已备案通过，系统正在出具学时认定单" in body(browser.get(answer.url))


@pytest.mark.requirement("R210")
@pytest.mark.parametrize("act", ["return", "reject"])
@pytest.mark.parametrize("typed", ["", "   ", "不行"])
def test_a_refusal_without_a_reason_keeps_what_was_typed(world, act, typed):
    case = submitted(world)
    marks = {"y2022-in_order": "no", "y2022-remark": "缺少签到表"}
    answer = world.browser("employer").post(
        at(act, case), {"version": case.version, "opinion": typed, **marks}
    )
    assert answer.status_code == 422
    assert "请写明原因（不少于 5 个字）" in body(answer)
    assert "缺少签到表" in body(answer)
    assert "data-error-summary" in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW


@pytest.mark.requirement("R214")
def test_returning_hands_the_case_to_the_applicant_with_marked_years(world):
    case = submitted(world)
    browser = world.browser("employer")
    answer = browser.post(
        at("return", case),
        {"version": case.version, "opinion": REASON, "y2022-in_order": "no", "y2022-remark": "缺少签到表"},
    )
    assert answer.status_code == 302
    assert now(case).state == State.RETURNED
    with scope(Actor.system("tests")):
        decision = Decision.objects.get(application=case)
        assert decision.opinion == REASON
        marked = decision.assessments.filter(in_order=False)
        assert {(row.year, row.remark) for row in marked} == {(2022, "缺少签到表")}
    assert "退回修改，申报人可以看到原因" in body(browser.get(answer.url))


def test_a_ready_reason_chosen_without_scripts_becomes_the_reason(world):
    case = submitted(world)
    ready = "材料模糊，无法辨认，请重新上传清晰的扫描件或照片。"
    world.browser("employer").post(
        at("return", case), {"version": case.version, "ready": ready, "opinion": "2023 年"}
    )
    with scope(Actor.system("tests")):
        assert Decision.objects.get(application=case).opinion == f"{ready}\n2023 年"


def test_rejecting_is_asked_once_with_what_will_happen(world):
    case = submitted(world)
    browser = world.browser("employer")
    typed = {"version": case.version, "opinion": "材料与申报内容不符"}
    first = body(browser.post(at("reject", case), typed))
    assert "确定审核不通过？" in first
    assert "申报人需要重新新增申报" in first
    assert "材料与申报内容不符" in first
    assert now(case).state == State.EMPLOYER_REVIEW
    assert browser.post(at("reject", case), {**typed, "confirm": "yes"}).status_code == 302
    assert now(case).state == State.REJECTED


def test_rejecting_after_the_window_says_that_nothing_can_be_filed_any_more(world):
    from datetime import timedelta

    from cehours.lib import clock

    case = submitted(world)
    with clock.at(world.session.closes_at + timedelta(days=1)):
        answer = world.browser("employer").post(
            at("reject", case), {"version": case.version, "opinion": "材料与申报内容不符"}
        )
    assert "申报人在本申报期不能再次提交" in body(answer)


def test_coming_back_from_the_second_step_shows_again_what_was_typed(world):
    case = submitted(world)
    answer = world.browser("employer").post(
        at("case", case), {"version": case.version, "opinion": "情况属实", "y2021-remark": "核对过原件"}
    )
    assert answer.status_code == 200
    assert "情况属实" in body(answer)
    assert "核对过原件" in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW


def lowered(world, professional="72"):
    """A submitted case whose 2022 has hours to spare."""
    from applications import services as filing

    case = world.draft()
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=plain_year(2022, professional=professional),
        )
    return world.submit(case)


def test_lowered_hours_travel_through_the_second_step_and_are_recognised(world):
    case = lowered(world)
    browser = world.browser("employer")
    marks = {"y2022-professional": "64.5", "y2022-remark": "两天课程没有签到"}
    first = body(browser.post(at("approve", case), {"version": case.version, **marks}))
    assert 'name="y2022-professional" value="64.5"' in first
    browser.post(at("approve", case), {"version": case.version, **marks, **choice(world, "group")})
    with scope(Actor.system("tests")):
        rows = Decision.objects.get(application=case).assessments
        assert rows.get(year=2022, category="professional").recognised == Decimal("64.5")
        assert rows.get(year=2021, category="professional").recognised == Decimal(60)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"y2022-professional": "80", "y2022-remark": "多算"}, "最多可认定 72 学时"),
        ({"y2022-professional": "64"}, "请写明核减原因"),
        ({"y2022-professional": "50", "y2022-remark": "少了两天"}, "核减后不达标"),
        ({"y2022-professional": "-1", "y2022-remark": "少了两天"}, "学时不能为负数"),
        ({"y2022-professional": "60.125", "y2022-remark": "少了两天"}, "学时最小单位为 0.5"),
        ({"y2022-professional": "六十", "y2022-remark": "少了两天"}, "学时应为数字"),
        ({"y2022-in_order": "no"}, "请写明 2022 年哪里不规范"),
        ({"y2022-remark": "长" * 301}, "不能超过 300 个字"),
        ({"opinion": "长" * 501}, "不能超过 500 个字"),
    ],
)
def test_a_mark_that_cannot_stand_is_refused_before_the_second_step(world, typed, says):
    case = lowered(world)
    answer = world.browser("employer").post(
        at("approve", case), {"version": case.version, "opinion": "请核对两次签到", **typed}
    )
    assert answer.status_code == 422
    assert says in body(answer)
    for value in typed.values():
        assert str(value) in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW


def test_a_case_decided_meanwhile_answers_with_who_did_what_and_keeps_the_text(world):
    case = submitted(world)
    world.approve(case, by="second_employer", opinion="材料齐全")
    answer = world.browser("employer").post(
        at("return", case),
        {"version": case.version, "opinion": REASON, "y2022-in_order": "no", "y2022-remark": "缺少签到表"},
    )
    assert answer.status_code == 409
    page = body(answer)
    assert "操作没有执行" in page
    assert "省第九人民医院" in page
    assert "材料齐全" in page
    assert "省级医疗集团" in page
    assert REASON in page
    assert "缺少签到表" in page
    assert now(case).state == State.DEPARTMENT_REVIEW


def test_a_case_withdrawn_meanwhile_says_so(world):
    case = submitted(world)
    world.withdraw(case)
    answer = world.browser("employer").post(at("return", case), {"version": case.version, "opinion": REASON})
    assert answer.status_code == 409
    assert "申报人已撤销" in body(answer)


@pytest.mark.parametrize("version", ["", "x", "-3", "99999999999999999999"])
def test_a_forged_version_decides_nothing(world, version):
    case = submitted(world)
    answer = world.browser("employer").post(at("return", case), {"version": version, "opinion": REASON})
    assert answer.status_code == 409
    assert now(case).state == State.EMPLOYER_REVIEW


def test_nobody_decides_their_own_application(world):
    world.add_person("own", person_of="employer")
    case = submitted(world, by="own")
    browser = world.browser("employer")
    for act in ("approve", "return", "reject"):
        answer = browser.post(at(act, case), {"version": case.version, "opinion": REASON, "confirm": "yes"})
        assert answer.status_code == 422
        assert "不能由本人审核" in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW


def test_a_previous_hop_cannot_decide_any_more(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    for act in ("approve", "return", "reject"):
        answer = world.browser("employer").post(
            at(act, case), {"version": now(case).version, "opinion": REASON, "confirm": "yes"}
        )
        assert answer.status_code == 404
    assert now(case).state == State.DEPARTMENT_REVIEW


def test_a_decision_cannot_be_made_by_opening_an_address(world):
    case = submitted(world)
    browser = world.browser("employer")
    assert browser.get(at("return", case)).status_code == 405
    assert browser.get(at("reject", case)).status_code == 405
    assert now(case).state == State.EMPLOYER_REVIEW


def test_after_the_last_day_of_review_the_page_says_so_and_nothing_is_decided(world):
    from cehours.lib import clock

    case = submitted(world)
    with clock.at(world.session.review_until):
        browser = world.browser("employer")
        assert "审核截止时间已过" in body(browser.get(at("case", case)))
        answer = browser.post(at("return", case), {"version": case.version, "opinion": REASON})
        assert answer.status_code == 422
        assert "审核截止时间已过" in body(answer)
    assert now(case).state == State.EMPLOYER_REVIEW
