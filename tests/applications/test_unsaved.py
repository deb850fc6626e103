"""A draft is not the application: it is named where one decides to submit, and ends by a press."""

from __future__ import annotations

from typing import Any

import pytest

from applications.models import Activity, Application, Draft
from applications.states import State
from tests.applications.typing_in import header_of, text_of, url, year_of
from tests.world import World

TAB = "0123456789abcdef"


@pytest.fixture
def case(world: World) -> Application:
    return world.draft()


def opened(page: str) -> str:
    return page.split('name="opened" value="')[1].split('"')[0]


def type_in(world: World, case: Application, section: str, typed: dict[str, Any], *, tab: str = TAB) -> None:
    """As the page's script keeps it, a moment after the last key."""
    browser = world.browser("applicant")
    name, *more = section.split(":")
    page = text_of(browser.get(url(name, case, *more)))
    answer = browser.post(url("draft", case, section), {**typed, "tab": tab, "opened": opened(page)})
    assert answer.json()["state"] in ("saved", "other"), answer.json()


def change_2022(world: World, case: Application, title: str = "换了一门课", **more: str) -> None:
    typed = year_of(case, **{"public-0-title": title, "public-0-hours": "36", **more})
    type_in(world, case, "year:2022", typed)


def settle(world: World, case: Application, section: str, act: str, back: str = "check") -> Any:
    return world.browser("applicant").post(
        url("draft_settle", case, section), {"act": act, "back": back}, follow=True
    )


def titles(world: World, case: Application) -> set[str]:
    with world.acting("applicant"):
        return set(Activity.objects.filter(application=case).values_list("title", flat=True))


def drafts(world: World, case: Application) -> int:
    with world.acting("applicant"):
        return Draft.objects.filter(application=case).count()


def test_the_task_list_names_the_year_and_offers_both_ends(world: World, case: Application) -> None:
    change_2022(world, case)
    page = text_of(world.browser("applicant").get(url("detail", case)))
    task = page.split(">2022 年度<")[1].split(">2023 年度<")[0]
    assert "有未保存的修改" in task and "自动保存的内容还没有点“保存”" in task
    assert 'value="save"' in task and 'value="drop"' in task
    assert page.count("有未保存的修改") == 2  # the year, and submitting that waits for it
    assert "有未保存的修改，请先保存或放弃" in page.split(">核对并提交<")[1]


def test_nothing_is_submitted_while_a_draft_is_left_behind(world: World, case: Application) -> None:
    change_2022(world, case)
    browser = world.browser("applicant")
    page = text_of(browser.get(url("check", case)))
    assert "2022 年度：有未保存的修改" in page.split("提交前须处理")[1].split("</ul>")[0]
    sent = browser.post(url("submit", case), {"version": case.version, "declared_true": "on"})
    assert sent.status_code == 422
    assert "有未保存的修改，请先保存或放弃，再提交。" in text_of(sent)
    assert world.see("applicant", case.pk).state == State.DRAFT
    assert drafts(world, case) == 1


def test_saving_makes_it_part_of_the_application_and_comes_back(world: World, case: Application) -> None:
    change_2022(world, case)
    answer = settle(world, case, "year:2022", "save")
    assert answer.redirect_chain[-1][0] == url("check", case)
    assert "已保存2022 年度的修改" in text_of(answer)
    assert "换了一门课" in titles(world, case)
    assert drafts(world, case) == 0


def test_giving_it_up_leaves_the_application_as_it_was(world: World, case: Application) -> None:
    before = titles(world, case)
    change_2022(world, case)
    answer = settle(world, case, "year:2022", "drop", back="detail")
    assert answer.redirect_chain[-1][0] == url("detail", case)
    assert "有未保存的修改" not in text_of(answer)
    assert titles(world, case) == before
    assert drafts(world, case) == 0


def test_what_cannot_be_saved_is_opened_with_everything_typed(world: World, case: Application) -> None:
    change_2022(world, case, **{"professional-0-title": ""})
    answer = settle(world, case, "year:2022", "save")
    assert answer.redirect_chain[-1][0] == url("year", case, 2022)
    assert "2022 年度还没有填好，不能保存" in text_of(answer)
    assert 'value="换了一门课"' in text_of(answer)
    assert "换了一门课" not in titles(world, case)


def test_the_header_and_a_year_that_is_not_there_yet_are_named_too(world: World) -> None:
    case = world.draft(years=(2020, 2021, 2022, 2023))
    type_in(world, case, "header", header_of(case, specialty="结构工程"))
    browser = world.browser("applicant")
    page = text_of(browser.get(url("year_add", case), {"year": "2024"}))
    typed = {**year_of(case), "year": "2024", "tab": "f" * 12, "opened": opened(page)}
    browser.post(url("draft", case, "year:new"), typed)
    waiting = text_of(browser.get(url("check", case))).split("提交前须处理")[1]
    assert waiting.index("基本信息：有未保存的修改") < waiting.index("2024 年度：有未保存的修改")
    settle(world, case, "header", "save")
    settle(world, case, "year:2024", "save")
    assert world.see("applicant", case.pk).specialty == "结构工程"
    with world.acting("applicant"):
        assert case.years.filter(year=2024).exists()
    assert drafts(world, case) == 0


def test_two_tabs_with_different_content_are_compared_before_saving(world: World, case: Application) -> None:
    change_2022(world, case, "第一个窗口")
    typed = year_of(case, **{"public-0-title": "第二个窗口"})
    type_in(world, case, "year:2022", typed, tab="f" * 12)
    page = text_of(world.browser("applicant").get(url("check", case))).split("提交前须处理")[1]
    assert "对照后选择" in page and 'value="save"' not in page.split("</ul>")[0]
    assert settle(world, case, "year:2022", "save").redirect_chain[-1][0] == url(
        "draft_compare", case, "year:2022"
    )


def test_what_was_saved_since_is_compared_and_not_overwritten(world: World, case: Application) -> None:
    change_2022(world, case)
    with world.acting("applicant"):
        Draft.objects.filter(application=case).update(opened="0" * 32)  # the year was saved elsewhere
    settle(world, case, "year:2022", "save")
    assert "换了一门课" not in titles(world, case)
    assert drafts(world, case) == 1


def test_a_draft_that_says_what_is_saved_is_no_draft(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("check", case)))
    assert "未保存" not in page
    answer = settle(world, case, "year:2022", "save")
    assert "没有未保存的修改" in text_of(answer)
