"""A returned application: what the reviewer said stands where it is put right, and the task list leads there."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from applications import services
from applications.models import Application
from applications.states import State
from tests.applications.typing_in import text_of, url
from tests.world import World, plain_year

REMARK = "缺少签到表"


@pytest.fixture
def returned(world: World) -> Application:
    from review.cases.assessing import YearMark

    case = world.application(at=State.EMPLOYER_REVIEW)
    return world.return_(case, by="employer", marks={2022: YearMark(in_order=False, remark=REMARK)})


@pytest.mark.parametrize("page", ["year", "evidence"])
def test_a_returned_year_shows_the_remark_and_the_other_years_do_not(
    world: World, returned: Application, page: str
) -> None:
    me = world.browser("applicant")
    assert f"2022 年：{REMARK}" in text_of(me.get(url(page, returned, 2022)))
    assert REMARK not in text_of(me.get(url(page, returned, 2021)))


def test_only_the_returned_year_is_marked_in_the_task_list(world: World, returned: Application) -> None:
    page = text_of(world.browser("applicant").get(url("detail", returned)))
    assert "有退回意见" not in page.split("2020 年度")[1].split("佐证材料")[0]
    assert "有退回意见" in page.split("2022 年度")[1].split("2023 年度")[0]


def test_an_unfinished_draft_leads_to_its_first_open_part(world: World) -> None:
    case = world.draft(years=())
    page = text_of(world.browser("applicant").get(url("detail", case)))
    assert "填写 2020 年度" in page


def test_a_finished_draft_leads_to_submitting(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("detail", world.draft())))
    assert "button-primary" in page.split("核对并提交</a>")[-2].rsplit("<a", 1)[1]


def test_a_draft_that_only_lacks_papers_leads_to_uploading_them(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("detail", world.draft(evidence=False))))
    assert "上传佐证材料" in page.rsplit("button-primary", 1)[1].split("</a>")[0]


def labels(page: str) -> list[str]:
    return re.findall(r'class="task-text"><a [^>]*>([^<]+)<', page)


def test_the_returned_year_stands_first_with_what_was_said(world: World, returned: Application) -> None:
    page = text_of(world.browser("applicant").get(url("detail", returned)))
    assert labels(page)[:3] == ["2022 年度", "基本信息", "2020 年度"]
    assert f"2022 年：{REMARK}" in page.split("2022 年度")[1].split("基本信息")[0]
    assert page.index("2022 年度换材料") < page.index("2022 年度改学时")


def test_a_returned_year_that_was_changed_says_so_and_submitting_comes_next(
    world: World, returned: Application
) -> None:
    with world.acting("applicant") as actor:
        world.attach(actor, returned, 2022, "signin")
    page = text_of(world.browser("applicant").get(url("detail", returned)))
    assert "已修改" in page.split("2022 年度")[1].split("基本信息")[0]
    assert "2022 年度换材料" not in page


def test_lowered_hours_stand_beside_the_fields_of_their_category(world: World) -> None:
    from review.cases.assessing import YearMark

    case = world.application(at=State.EMPLOYER_REVIEW)
    marked = YearMark(in_order=False, remark=REMARK, recognised={"professional": Decimal(60)})
    with world.acting("applicant") as actor:
        case = world.withdraw(case)
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            year=2022,
            activities=plain_year(2022, professional="80"),
        )
    case = world.submit(case)
    world.return_(case, by="employer", marks={2022: marked})
    page = text_of(world.browser("applicant").get(url("year", case, 2022)))
    said = "2022 年专业科目申报 80 学时，认定 60 学时"
    assert said in page.split('id="professional"')[1]
    assert said not in page.split('id="public"')[1].split('id="professional"')[0]


@pytest.mark.requirement("R189", "R193")
def test_earlier_decisions_stay_visible_after_resubmitting(world: World, returned: Application) -> None:
    world.submit(returned)
    page = text_of(world.browser("applicant").get(url("progress", returned))).split('class="timeline"')[1]
    assert page.index("用人单位退回修改") < page.index("提交申报（第 2 次）") < page.index("审核中，今日收到")
    assert REMARK in page


@pytest.mark.requirement("R177")
def test_a_rejection_gives_the_reasons_and_one_button_to_a_corrected_copy(world: World) -> None:
    case = world.application(at=State.REJECTED)
    page = text_of(world.browser("applicant").get(url("detail", case)))
    assert page.index("材料与申报不符") < page.index("重新新增，沿用本次内容") < page.index("申报相关信息")
    assert page.count("重新新增，沿用本次内容") == 1
