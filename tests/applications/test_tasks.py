"""The task list: every part in any order, what is missing in the rules' words, and the bars of each year."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import services
from applications.filed import facts
from applications.models import Application
from applications.presenters.task_list import Task, tasks
from tests.applications.test_recognised import enter
from tests.applications.typing_in import text_of, url
from tests.world import World, plain_year


def parts(world: World, case: Application) -> dict[str, Task]:
    with world.acting("applicant"):
        return {task.label: task for task in tasks(case, facts.find(case))}


def with_year(world: World, public: str, professional: str) -> Application:
    case = world.draft(years=(), evidence=False)
    with world.acting("applicant") as actor:
        services.add_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2023,
            activities=plain_year(2023, public=public, professional=professional),
        )
        case.refresh_from_db()
    return case


def test_a_short_year_says_what_is_short_in_the_words_of_the_rules(world: World) -> None:
    year = parts(world, with_year(world, "30", "55"))["2023 年度"]
    assert year.missing == ("2023 年：专业科目还差 5 学时",)
    assert (year.tone, year.status) == ("look", "学时不足")
    assert [(bar.label, int(bar.value), int(bar.minimum), int(bar.gap)) for bar in year.bars] == [
        ("公需", 30, 30, 0),
        ("专业", 55, 60, 5),
        ("合计", 85, 90, 5),
    ]


def test_missing_papers_are_one_line_a_year_that_leads_to_them(world: World) -> None:
    case = with_year(world, "30", "60")
    papers = parts(world, case)["佐证材料"]
    assert [(link.says, link.url) for link in papers.links] == [
        ("2023 年 · 远程教育、培训班：缺 4 样", f"/applications/{case.pk}/years/2023/evidence/")
    ]


def test_every_part_can_be_opened_from_the_first_moment(world: World) -> None:
    case = world.draft(years=(), ethnicity="", employer=None)
    found = parts(world, case)
    assert list(found) == [
        "基本信息",
        *(f"{year} 年度" for year in range(2020, 2025)),
        "佐证材料",
        "核对并提交",
    ]
    assert all(task.url for label, task in found.items() if label != "佐证材料")
    assert found["2020 年度"].hint == "至少 公需 30 · 专业 60 · 合计 90 学时"


def test_the_basics_name_every_field_that_is_still_empty(world: World) -> None:
    case = world.draft(years=(), phone="", specialty="", title_series="")
    assert parts(world, case)["基本信息"].missing == ("还要填写：联系电话、申报大类、子专业名称",)


def test_the_bars_are_text_for_those_who_do_not_see_them(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("detail", with_year(world, "30", "55"))))
    shown = page.split("2023 年度")[1].split("</li>")[0]
    read = re.sub(r"<[^>]+>|\s+", "", shown)
    assert "公需30/30学时" in read
    assert "专业55/60学时，还差5" in read
    assert 'style="' not in page


def queries_of(world: World, case: Application) -> int:
    browser = world.browser("applicant")
    browser.get(url("detail", case))
    with CaptureQueriesContext(connection) as queries:
        browser.get(url("detail", case))
    return len(queries)


@pytest.mark.parametrize("page", ["detail"])
def test_the_task_list_asks_as_often_for_five_years_as_for_one(world: World, page: str) -> None:
    one = queries_of(world, world.draft(by="applicant", years=(2020,)))
    with world.acting("applicant") as actor:
        case = Application.objects.get()
        for year in (2021, 2022, 2023, 2024):
            case.refresh_from_db()
            services.add_year(
                actor=actor,
                application_id=case.pk,
                seen=case.version,
                year=year,
                activities=plain_year(year),
            )
    assert queries_of(world, case) == one


def test_a_year_says_what_is_on_file_for_it_and_can_be_ticked(world: World) -> None:
    enter(world, year=2022)
    page = text_of(world.browser("applicant").get(url("detail", world.draft(years=(2020,), evidence=False))))
    assert "系统已有 30 学时，可直接勾选" in page
