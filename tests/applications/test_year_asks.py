"""您这一年学了什么？ A new year is empty; kinds are found, picked and worked out; nobody's silence claims anything."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from tests.applications.typing_in import add_year, text_of, url, year_of
from tests.world import World


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


@pytest.fixture
def browser(world: World) -> Client:
    return world.browser("applicant")


def typed_in(page: str) -> dict[str, str]:
    """What the fields of the year's lines hold, blank ones left out."""
    fields = re.findall(
        r'<input type="(?:text|hidden|date)" name="((?:public|professional|whole)-\d[^"]*)" value="([^"]*)"',
        page,
    )
    selects = re.findall(r'<select name="([a-z]+-[^"]+)"(.*?)</select>', page, re.DOTALL)
    chosen = {name: re.search(r'<option value="([^"]+)" selected', options) for name, options in selects}
    return {name: value for name, value in fields if value} | {
        name: found[1] for name, found in chosen.items() if found
    }


def redrawn(browser: Client, case: Application, act: str, **typed: Any) -> str:
    """The page of 2022 after a button that does not save, with nothing typed but this."""
    answer = browser.post(
        url("year_add", case), {"version": case.version, "year": "2022", "act": act, **typed}
    )
    assert answer.status_code == 200
    return text_of(answer)


def lines(world: World, case: Application, year: int) -> list[tuple[str, str, str]]:
    with world.acting("applicant"):
        rows = Application.objects.get(pk=case.pk).activities.filter(year_entry__year=year)
        return [(row.title, str(row.claimed), row.kind) for row in rows]


# A new year


def test_a_new_year_is_empty_with_examples_chips_and_neutral_meters(
    browser: Client, case: Application
) -> None:
    page = text_of(browser.get(url("year_add", case), {"year": "2022"}))
    assert typed_in(page) == {}
    assert 'placeholder="例如：2022公需科目"' in page
    assert re.findall(r'data-fill="(\d+)"', page) == ["30", "60"]
    assert page.count("还没有填写") == 3
    assert "已达到" not in page
    assert "还差" not in page


def test_a_chip_fills_in_its_hours_without_a_script(browser: Client, case: Application) -> None:
    page = redrawn(browser, case, "fill:professional-0:60", **{"professional-0-title": "某课程"})
    assert typed_in(page) == {"professional-0-title": "某课程", "professional-0-hours": "60"}
    assert "已达到" in page


def test_another_year_is_carried_over_on_demand_and_says_so(browser: Client, case: Application) -> None:
    assert "照 2021 年带入" in text_of(browser.get(url("year_add", case), {"year": "2022"}))
    page = redrawn(browser, case, "carry")
    found = typed_in(page)
    assert (found["public-0-title"], found["public-0-hours"], found["public-0-form"]) == (
        "2021公需科目",
        "30",
        "03",
    )
    assert page.count("照 2021 年带入，请改成 2022 年实际参加的") == 2
    assert page.count("名称里写的是 2021 年") == 2


def test_untouched_lines_are_left_out_when_a_year_is_saved(
    world: World, browser: Client, case: Application
) -> None:
    blank = {f"professional-0-{name}": "" for name in ("title", "hours", "form")}
    assert add_year(browser, case, year="2022", **blank).status_code == 302
    assert lines(world, case, 2022) == [("公需课程", "30.0", "")]


def test_a_year_with_nothing_typed_is_not_saved(browser: Client, case: Application) -> None:
    blank = {
        f"{side}-0-{name}": "" for side in ("public", "professional") for name in ("title", "hours", "form")
    }
    answer = add_year(browser, case, year="2022", **blank)
    assert answer.status_code == 422
    assert "请至少填写一项" in text_of(answer)


# Choosing


@pytest.mark.parametrize(("said", "kind"), [("网课", "distance"), ("支教", "expert"), ("成人自考", "degree")])
def test_everyday_words_find_a_kind_without_a_script(
    browser: Client, case: Application, said: str, kind: str
) -> None:
    page = redrawn(browser, case, "look", q=said, **{"public-0-title": "王氏定理"})
    assert re.search(rf'value="pick:\w+:{kind}"', page)
    assert 'value="pick:professional:invention"' not in page
    assert 'value="王氏定理"' in page


def test_enter_looks_for_the_words_typed_and_saves_where_there_are_none(
    world: World, browser: Client, case: Application
) -> None:
    assert add_year(browser, case, year="2022", act="enter", q="论文").status_code == 200
    assert lines(world, case, 2022) == []
    assert add_year(browser, case, year="2022", act="enter", q=" ").status_code == 302
    assert len(lines(world, case, 2022)) == 2


def test_what_is_not_found_is_not_said_not_to_count(browser: Client, case: Application) -> None:
    page = redrawn(browser, case, "look", q="没有这种活动")
    assert "这不等于不能折算" in page
    assert "细则没有列出" not in page


def test_a_kind_that_only_another_system_reports_is_not_offered(browser: Client, case: Application) -> None:
    page = text_of(browser.get(url("year_add", case), {"year": "2022"}))
    assert ":institution_platform" not in page
    assert ":filed_plan" not in page


def test_a_picked_kind_takes_the_blank_line_of_its_side_and_names_its_papers(
    browser: Client, case: Application
) -> None:
    page = redrawn(browser, case, "pick:professional:training")
    assert typed_in(page) == {"professional-0-kind": "training"}
    assert "培训天数" in page
    assert "这一项要备的材料，以下任选一种" in page
    assert "培训通知 + 培训课程表或培训日程安排" in page
    assert 'name="professional-1-title"' not in page


def test_a_second_one_stands_behind_what_was_typed(browser: Client, case: Application) -> None:
    page = redrawn(
        browser, case, "pick:public:distance", **{"public-count": "1", "public-0-title": "王氏定理"}
    )
    assert typed_in(page) == {"public-0-title": "王氏定理", "public-1-kind": "distance"}


TRAINING = {"professional-0-kind": "training", "professional-0-fact-days": "5"}


def test_a_kind_for_a_carried_line_takes_the_computed_figure_because_nobody_typed_one(
    browser: Client, case: Application
) -> None:
    carried = {
        "professional-0-title": "进修",
        "professional-0-hours": "60",
        "professional-0-carried": "2021:60",
    }
    page = redrawn(browser, case, "pick:professional:training", into="professional-0", **carried)
    assert typed_in(page) == {"professional-0-title": "进修", "professional-0-kind": "training"}
    assert "照 2021 年带入，请" not in page

    page = redrawn(browser, case, "count", **TRAINING, **{"professional-0-title": "进修"})
    assert '按细则折算 <strong class="hours">40</strong>' in page
    assert 'placeholder="40"' in page
    assert "高出" not in page


def test_the_sum_is_one_sentence_and_less_is_offered_only_where_there_is_something(
    browser: Client, case: Application
) -> None:
    page = re.sub(r"\s+", "", redrawn(browser, case, "count", **TRAINING))
    assert "半天折算4学时。计算：5天" in page
    assert "。，" not in page
    assert "可以填报得更少" in page

    nothing = {"professional-0-kind": "degree", "professional-0-fact-recognised": "false"}
    more = {"professional-0-fact-courses": "1", "professional-0-fact-passed_on": "2022"}
    page = redrawn(browser, case, "count", **nothing, **more)
    assert '按细则折算 <strong class="hours">0</strong>' in page
    assert "可以填报得更少" not in page


def test_hours_that_somebody_typed_stay_and_can_be_an_over_claim(browser: Client, case: Application) -> None:
    typed = {"professional-0-title": "进修", "professional-0-hours": "60"}
    page = redrawn(browser, case, "pick:professional:training", into="professional-0", **typed)
    assert typed_in(page)["professional-0-hours"] == "60"
    page = redrawn(browser, case, "count", **TRAINING, **typed)
    assert "申报的高出 20 学时" in page


def test_hours_left_to_the_rules_follow_the_facts_after_the_year_was_saved(
    world: World, browser: Client, case: Application
) -> None:
    more = {**TRAINING, "professional-0-hours": "", "professional-0-form": ""}
    add_year(browser, case, year="2022", **more)
    assert lines(world, case, 2022)[1] == ("专业课程", "40.0", "training")
    assert "professional-0-hours" not in typed_in(text_of(browser.get(url("year", case, 2022))))
    now = world.see("applicant", case.pk)
    browser.post(url("year", now, 2022), year_of(now, **{**more, "professional-0-fact-days": "8"}))
    assert lines(world, case, 2022)[1] == ("专业课程", "64.0", "training")


def test_a_plain_line_asks_which_kind_it_is_among_those_of_its_form(
    browser: Client, case: Application
) -> None:
    typed = {"professional-0-title": "某文", "professional-0-form": "06"}
    page = redrawn(browser, case, "rule:professional-0", **typed)
    assert "这一项是什么活动？" in page
    assert set(re.findall(r'value="pick:professional:(\w+)"', page)) == {"book", "textbook", "paper"}
    assert 'name="into" value="professional-0"' in page


def test_an_activity_becomes_a_plain_line_again(browser: Client, case: Application) -> None:
    page = redrawn(browser, case, "plain:professional-0", **TRAINING, **{"professional-0-title": "进修"})
    assert typed_in(page) == {"professional-0-title": "进修", "professional-0-form": "01"}


# What completes the whole year

POSTING = {"place": "tibet", "start": "2022-01-01", "end": "2022-12-31", "passed": "true"}


def test_a_posting_stands_outside_the_sides_and_needs_no_other_line(
    world: World, browser: Client, case: Application
) -> None:
    page = redrawn(browser, case, "pick:whole:aid")
    assert typed_in(page) == {"whole-0-kind": "aid"}
    assert "视同完成全年的任务" in page
    assert "下面的公需科目、专业科目不用再填" in page

    facts = {f"whole-0-fact-{key}": value for key, value in POSTING.items()}
    blank = {
        f"{side}-0-{name}": "" for side in ("public", "professional") for name in ("title", "hours", "form")
    }
    sent = {**facts, **blank, "whole-count": "1", "whole-0-kind": "aid", "whole-0-title": "援藏"}
    assert add_year(browser, case, year="2022", **sent).status_code == 302
    assert lines(world, case, 2022) == [("援藏", "90.0", "aid")]
    assert "公需 30 · 专业 60 · 合计 90 学时" in text_of(browser.get(url("detail", case)))
    assert typed_in(text_of(browser.get(url("year", case, 2022))))["whole-0-title"] == "援藏"


def test_one_that_was_saved_under_a_side_is_shown_outside_them_now(
    world: World, browser: Client, case: Application
) -> None:
    facts = {f"professional-0-fact-{key}": value for key, value in POSTING.items()}
    add_year(
        browser, case, year="2022", **facts, **{"professional-0-kind": "aid", "professional-0-hours": ""}
    )
    found = typed_in(text_of(browser.get(url("year", case, 2022))))
    assert found["whole-0-kind"] == "aid"
    assert not [name for name in found if name.startswith("professional-")]


@pytest.mark.parametrize(
    "act",
    [
        "pick:public:nonsense",
        "pick:nowhere:paper",
        "fill:public-7:30",
        "drop:x",
        "plain:",
        "rule:public-9",
        "pick",
    ],
)
def test_a_button_that_does_not_exist_changes_nothing(browser: Client, case: Application, act: str) -> None:
    typed = {"public-0-title": "王氏定理", "public-0-hours": "7"}
    assert typed_in(redrawn(browser, case, act, **typed)) == typed


def test_the_check_page_says_that_it_counts_for_all_subjects(browser: Client, case: Application) -> None:
    facts = {f"whole-0-fact-{key}": value for key, value in POSTING.items()}
    sent = {**facts, "whole-count": "1", "whole-0-kind": "aid", "whole-0-title": "援藏", "public-count": "0"}
    add_year(browser, case, year="2022", **sent, **{"professional-count": "0"})
    page = text_of(browser.get(url("check", case)))
    assert "视同完成全年" in page[page.index("援藏") :]


def test_a_title_of_another_year_is_told_at_the_check(browser: Client, case: Application) -> None:
    add_year(browser, case, year="2022", **{"public-0-title": "2020 年公需课程"})
    page = text_of(browser.get(url("check", case)))
    assert "2022 年“2020 年公需课程”的名称里写的是 2020 年" in page
