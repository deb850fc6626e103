"""核对并提交, 撤销, 删除 and 审核进度."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from applications.models import Application
from applications.presenters.deadlines import in_words
from applications.states import State
from cehours.lib import clock
from tests.applications.typing_in import text_of, url
from tests.world import World

PROMISE = {"declared_true": "on"}


def state(world: World, case: Application) -> str:
    return world.see("applicant", case.pk).state


def submit(world: World, case: Application, **typed: Any) -> Any:
    return world.browser("applicant").post(url("submit", case), {"version": case.version, **typed})


def test_the_check_page_shows_everything_that_was_filled_in(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("check", world.draft())))
    for expected in (
        "省第九人民医院",
        "副高级",
        "建筑学",
        "2020公需科目",
        "2024专业科目",
        "course_duration.png",
    ):
        assert expected in page
    assert "各年度学时和材料齐全，可以提交" in page
    assert "本人承诺所填内容真实" in page


def test_warnings_come_before_the_content(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("check", world.draft(years=(2020,), evidence=False))))
    blocking, doubt = page.index("还缺 2021 年的学时"), page.index("2020 年 · 远程教育、培训班：缺 4 样")
    assert blocking < doubt < page.index("申报相关信息")


def test_submitting_hands_the_case_over_and_says_who_has_it(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").post(
        url("submit", case), {"version": case.version, **PROMISE}, follow=True
    )
    assert state(world, case) == State.EMPLOYER_REVIEW
    page = text_of(answer)
    assert "已提交" in page
    assert "现在由 <strong>省第九人民医院</strong> 审核" in page
    assert "审核通过后进入下一环节：主管部门审核" in page


def test_without_the_promise_nothing_is_submitted(world: World) -> None:
    case = world.draft()
    answer = submit(world, case)
    assert answer.status_code == 422
    assert "请勾选“本人承诺所填内容真实”后再提交" in text_of(answer)
    assert state(world, case) == State.DRAFT


def test_submitting_with_nothing_filed_is_refused_in_words(world: World) -> None:
    case = world.draft(years=())
    answer = submit(world, case, **PROMISE)
    assert answer.status_code == 422
    assert "还没有填写任何年度的学时" in text_of(answer)
    assert state(world, case) == State.DRAFT


def test_submitting_with_a_year_missing_names_the_year(world: World) -> None:
    case = world.draft(years=(2020, 2021, 2022, 2023))
    answer = submit(world, case, **PROMISE)
    assert answer.status_code == 422
    assert "还缺 2024 年的学时" in text_of(answer)


def test_missing_papers_need_a_reason_which_is_kept(world: World) -> None:
    case = world.draft(evidence=False)
    page = text_of(world.browser("applicant").get(url("check", case)))
    assert "材料不全的说明" in page
    answer = submit(world, case, **PROMISE)
    assert answer.status_code == 422
    assert "请上传；确实没有的，请在“材料不全的说明”中写明原因" in text_of(answer)
    assert submit(world, case, evidence_note="原单位已撤销", **PROMISE).status_code == 302
    assert world.see("applicant", case.pk).evidence_note == "原单位已撤销"


def test_after_the_deadline_nothing_is_submitted_and_what_was_typed_stays(world: World) -> None:
    case = world.draft(evidence=False)
    with clock.at(world.session.closes_at + timedelta(minutes=1)):
        answer = submit(world, case, evidence_note="原单位已撤销", **PROMISE)
        assert answer.status_code == 422
        assert "申报期已结束，不能再提交" in text_of(answer)
        assert "原单位已撤销" in text_of(answer)
        page = text_of(world.browser("applicant").get(url("check", case)))
        assert f"申报已于 {in_words(world.session.closes_at)} 截止，不能再提交" in page
    assert state(world, case) == State.DRAFT


def test_an_old_check_page_submits_nothing(world: World) -> None:
    case = world.draft()
    answer = world.browser("applicant").post(url("submit", case), {"version": case.version - 1, **PROMISE})
    assert answer.status_code == 409
    assert "在另一个窗口或设备上修改过" in text_of(answer)
    assert state(world, case) == State.DRAFT


def test_pressing_submit_twice_does_not_submit_twice(world: World) -> None:
    case = world.draft()
    submit(world, case, **PROMISE)
    assert submit(world, case, **PROMISE).status_code == 409
    assert world.see("applicant", case.pk).revision == 1


# -- 撤销


def test_withdrawing_is_asked_once_and_then_done(world: World) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW)
    browser = world.browser("applicant")
    asked = text_of(browser.get(url("withdraw", case)))
    assert "省级医疗集团正在审核" in asked
    assert f"请在 {in_words(world.session.closes_at)}前重新提交" in asked
    assert state(world, case) == State.DEPARTMENT_REVIEW
    browser.post(url("withdraw", case), {"version": case.version})
    assert state(world, case) == State.WITHDRAWN
    told = text_of(browser.get(url("progress", case)))
    assert "申报已由本人收回" in told  # 退回 is another state
    assert "申报退回申报人" not in told


def test_withdrawing_says_when_nothing_can_be_submitted_any_more(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    with clock.at(world.session.closes_at + timedelta(days=1)):
        asked = text_of(world.browser("applicant").get(url("withdraw", case)))
    assert f"申报已于 {in_words(world.session.closes_at)} 截止。撤销后不能再提交" in asked
    assert "仍要撤销" in asked


def test_a_case_decided_meanwhile_is_not_withdrawn(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    seen = case.version
    world.approve(case, by="employer")
    answer = world.browser("applicant").post(url("withdraw", case), {"version": seen})
    assert answer.status_code == 409
    assert "撤销没有执行" in text_of(answer)
    assert state(world, case) == State.DEPARTMENT_REVIEW


def test_the_withdrawn_case_can_be_submitted_again(world: World) -> None:
    case = world.application(at=State.WITHDRAWN)
    case = world.see("applicant", case.pk)
    assert submit(world, case, **PROMISE).status_code == 302
    assert world.see("applicant", case.pk).revision == 2


# -- 删除


def test_a_draft_is_deleted_after_one_question(world: World) -> None:
    case = world.draft()
    browser = world.browser("applicant")
    assert "不能恢复" in text_of(browser.get(url("discard", case)))
    browser.post(url("discard", case))
    assert browser.get(url("detail", case)).status_code == 404


def test_what_was_submitted_once_is_not_deleted(world: World) -> None:
    case = world.application(at=State.WITHDRAWN)
    answer = world.browser("applicant").post(url("discard", case))
    assert answer.status_code == 422
    assert "需保留审核记录，不能删除" in text_of(answer)
    assert state(world, case) == State.WITHDRAWN


# -- 审核进度 and the task list


@pytest.mark.requirement("R189")
def test_progress_tells_who_did_what_and_who_has_it_now(world: World) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW, hop=2)
    page = text_of(world.browser("applicant").get(url("progress", case)))
    told = re.findall(r'class="timeline-what">([^<]+)<', page)
    assert told == [
        "新增申报",
        "提交申报",
        "用人单位审核通过",
        "主管部门审核通过",
        "省卫健主管委审核中，今日收到",
        "人社部门备案",
        "出具学时认定单",
    ]
    assert "省第九人民医院 · 单位审核人员" in page
    with world.acting("applicant"):
        assert not [each for each in case.decisions.all() if each.reviewer_name in page]


def test_progress_counts_the_workdays_on_the_present_desk(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    days = clock.workdays_between(case.arrived_at, case.arrived_at + timedelta(days=10))
    with clock.at(case.arrived_at + timedelta(days=10)):
        page = text_of(world.browser("applicant").get(url("progress", case)))
    assert f"省第九人民医院审核中，已 {days} 个工作日" in page


def test_a_returned_case_shows_the_reason_first_and_can_be_edited(world: World) -> None:
    case = world.application(at=State.RETURNED)
    page = text_of(world.browser("applicant").get(url("detail", case)))
    assert page.index("请补充结业证书") < page.index("申报内容")
    assert url("year", case, 2020) in page


def test_the_task_list_says_what_is_missing(world: World) -> None:
    case = world.draft(years=(2020,), evidence=False)
    page = text_of(world.browser("applicant").get(url("detail", case)))
    for expected in (
        "基本信息",
        "2020 年度",
        "2024 年度",
        "未填写",
        "2020 年 · 远程教育、培训班：缺 4 样",
        "暂不能提交",
    ):
        assert expected in page


@pytest.mark.parametrize("name", ["detail", "check", "progress"])
def test_no_component_is_left_uncompiled(world: World, name: str) -> None:
    assert "<c-" not in text_of(world.browser("applicant").get(url(name, world.draft())))
