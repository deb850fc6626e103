"""A year's plans at once: pasted, uploaded, taken over from an earlier year; read first, then added."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from tests.training.planning import written
from tests.world import World
from training.models import PlanState, TrainingPlan
from training.presenters import sheet

SEVERAL = reverse("training:plans_several")
YEAR = clock.today().year
HEAD = "培训主题\t科目\t开始日期\t结束日期\t培训天数\t培训地点\t主讲教师"
ROWS = (
    f"护理新技术\t专业科目\t{YEAR}.5.1\t{YEAR}年5月3日\t2.5天\t住院部\t院外专家",
    f"职业道德\t公需\t{YEAR}/6/9\t\t1\t报告厅\t",
)


def drafts(world: World) -> list[TrainingPlan]:
    with world.acting("employer"):
        return list(TrainingPlan.objects.filter(year=YEAR).order_by("first_day"))


def confirm(browser: Client, page: Any) -> Any:
    """Presses 确认新增 on the page that showed what was read."""
    (confirmed,) = re.findall(r'name="confirmed" value="(.*?)"', page.content.decode())
    pasted = page.context["form"]["pasted"].value()
    return browser.post(SEVERAL, {"pasted": pasted, "confirmed": confirmed}, follow=True)


def test_a_pasted_table_is_shown_first_and_becomes_drafts_when_it_was_looked_at(world: World) -> None:
    employer = world.browser("employer")
    page = employer.post(SEVERAL, {"pasted": "\n".join((HEAD, *ROWS))})
    assert "读到 2 个计划，还没有新增" in page.content.decode()
    assert drafts(world) == []

    page = confirm(employer, page)

    assert "已新增 2 个草稿" in page.content.decode()
    first, second = drafts(world)
    assert (first.first_day, first.last_day, first.hours) == (date(YEAR, 5, 1), date(YEAR, 5, 3), 20)
    assert (second.first_day, second.last_day, second.category) == (
        date(YEAR, 6, 9),
        date(YEAR, 6, 9),
        "public",
    )
    assert {first.state, second.state} == {PlanState.DRAFT}


def test_a_workbook_is_read_with_its_dates(world: World) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["序号", *HEAD.split("\t")])
    book.active.append([1, "检验质量", "专业科目", date(YEAR, 3, 4), date(YEAR, 3, 5), 2, "检验科", ""])
    book.save(out)
    employer = world.browser("employer")

    page = employer.post(SEVERAL, {"file": SimpleUploadedFile("计划.xlsx", out.getvalue())})
    confirm(employer, page)

    (plan,) = drafts(world)
    assert (plan.topic, plan.first_day, plan.last_day, plan.days) == (
        "检验质量",
        date(YEAR, 3, 4),
        date(YEAR, 3, 5),
        2,
    )


def test_every_wrong_row_is_named_and_nothing_is_added_or_lost(world: World) -> None:
    wrong = (
        f"没有日期\t专业科目\t{YEAR}.2.30\t\t1\t甲",
        f"天数过多\t专业科目\t{YEAR}.5.1\t{YEAR}.5.1\t3\t甲",
        f"没有地点\t专业科目\t{YEAR}.5.1\t\t1\t",
        f"科目写错\t选修\t{YEAR}.5.1\t\t1\t甲",
        ROWS[0],
    )
    page = world.browser("employer").post(SEVERAL, {"pasted": "\n".join((HEAD, *ROWS, *wrong))})

    assert page.status_code == 422
    says = page.context["form"].errors["pasted"]
    assert [each.split("：")[0] for each in says] == ["第 4 行", "第 5 行", "第 6 行", "第 7 行", "第 8 行"]
    for part, sentence in zip(
        ("存在的日期", "不能超过 1 天", "请填写培训地点", "“选修”应为", "完全相同"), says, strict=True
    ):
        assert part in sentence
    assert "护理新技术" in page.content.decode()
    assert drafts(world) == []


def test_a_table_without_headings_and_an_empty_form_are_told_what_is_asked_for(world: World) -> None:
    employer = world.browser("employer")
    for sent, says in (({"pasted": ROWS[0]}, "第一行应是列名"), ({"pasted": ""}, "请粘贴或者上传培训计划表")):
        page = employer.post(SEVERAL, sent)
        assert page.status_code == 422
        assert says in page.content.decode()


def test_last_years_plans_are_taken_over_on_this_years_days(world: World) -> None:
    day = date(YEAR - 1, 9, 8)
    written(world, topic='写有"引号"的', first_day=day, last_day=day)
    written(world, topic="同年的另一项", first_day=day.replace(month=10), last_day=day.replace(month=10))
    employer = world.browser("employer")
    assert f"从 {YEAR - 1} 年复制" in employer.get(SEVERAL).content.decode()

    page = employer.get(SEVERAL, {"from": str(YEAR - 1)})
    page = employer.post(SEVERAL, {"pasted": page.context["form"]["pasted"].value()})
    confirm(employer, page)

    assert [(plan.topic, plan.first_day) for plan in drafts(world)] == [
        ("写有”引号”的", date(YEAR, 9, 8)),
        ("同年的另一项", date(YEAR, 10, 8)),
    ]


def test_a_leap_day_is_taken_over_as_the_28th(world: World) -> None:
    leap = date(2024, 2, 29)
    plan = written(world, first_day=leap, last_day=leap)

    (taken,) = sheet.taken_over([plan], 2025)

    assert taken.first_day == taken.last_day == date(2025, 2, 28)


def test_only_a_unit_that_writes_plans_has_the_page_and_only_its_own_years_are_offered(world: World) -> None:
    day = date(YEAR - 1, 9, 8)
    written(world, first_day=day, last_day=day)
    assert world.browser("bureau").get(SEVERAL).status_code == 404
    page = world.browser("other_employer").get(SEVERAL, {"from": str(YEAR - 1)})
    assert not page.context["form"]["pasted"].value()
    assert 'href="?from=' not in page.content.decode()
