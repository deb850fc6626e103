"""A returned application: what the reviewer said stands where it is put right, and the task list leads there."""

from __future__ import annotations

import pytest

from applications.models import Application
from applications.states import State
from tests.applications.typing_in import text_of, url
from tests.world import World

REMARK = "缺少签到表"


@pytest.fixture
def returned(world: World) -> Application:
    from review.assessing import YearMark

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
    assert page.count("有退回意见") == 1
    assert "有退回意见" in page.split("2022 年度")[1].split("2023 年度")[0]


def test_an_unfinished_draft_leads_to_its_first_open_part(world: World) -> None:
    case = world.draft(years=())
    page = text_of(world.browser("applicant").get(url("detail", case)))
    assert "填写2020 年度" in page


def test_a_finished_draft_leads_to_submitting(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("detail", world.draft())))
    assert "button-primary" in page.split("核对并提交</a>")[-2].rsplit("<a", 1)[1]
