"""申报年度明细信息: the notice's row, more lines, kinds with facts, and every kind of bad input."""

from __future__ import annotations

import re
from typing import Any

import pytest

from applications.filed import facts
from applications.models import Application
from tests.applications.typing_in import add_year, text_of, url, year_of
from tests.world import World


def years(world: World, case: Application) -> list[int]:
    with world.acting("applicant"):
        return [entry.year for entry in Application.objects.get(pk=case.pk).years.all()]


def activities(world: World, case: Application, year: int) -> list[tuple[str, str, str]]:
    with world.acting("applicant"):
        rows = Application.objects.get(pk=case.pk).activities.filter(year_entry__year=year)
        return [(row.title, str(row.claimed), row.form) for row in rows]


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


@pytest.mark.requirement("R167", "R168", "R170")
def test_the_row_asks_for_what_the_notice_prints(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("year_add", case)))
    starred = re.findall(r'class="star" aria-hidden="true">\*</span>([^<]+)<', page)
    assert starred == [
        "年度",
        "公需科目名称",
        "公需科目折算学时分",
        "公需科目继续教育形式",
        "专业科目名称",
        "专业科目折算学时分",
        "专业科目继续教育形式",
    ]
    assert "远程教育" in page
    assert "培训班" in page
    assert "合计学时分由系统计算" in page


@pytest.mark.requirement("R150", "R166")
def test_saving_the_plain_row_adds_the_year(world: World, case: Application) -> None:
    answer = add_year(world.browser("applicant"), case, year="2022")
    assert answer["Location"] == url("detail", case)
    assert activities(world, case, 2022) == [("公需课程", "30.0", "03"), ("专业课程", "60.0", "01")]


def test_save_and_next_goes_to_the_next_missing_year(world: World, case: Application) -> None:
    answer = add_year(world.browser("applicant"), case, year="2022", act="next")
    assert answer["Location"] == f"{url('year_add', case)}?year=2023"


BAD = {
    "year outside the span": ({"year": "2019"}, "2019 年不在本次核认跨度（2020-2024 年）内"),
    "the same year twice": ({"year": "2021"}, "2021 年已经填写，请在原有年度上点击“修改”"),
    "no year": ({"year": ""}, "请选择“年度”"),
    "negative hours": ({"public-0-hours": "-3"}, "学时不能为负数"),
    "three decimals": ({"public-0-hours": "30.125"}, "学时最小单位为 0.5，请改为 30 或 30.5"),
    "hours in words": ({"professional-0-hours": "六十"}, "学时应为数字"),
    "too many hours": ({"professional-0-hours": "99999"}, "学时不能超过 9999"),
    "no hours": ({"public-0-hours": ""}, "请填写“公需科目折算学时分”"),
    "no title": ({"professional-0-title": " "}, "请填写“专业科目名称”"),
    "no form": ({"public-0-form": ""}, "请选择“公需科目继续教育形式”"),
    "an unknown form": ({"public-0-form": "99"}, "请选择“公需科目继续教育形式”"),
    "hours another system must report": ({"public-0-form": "platform"}, "请选择“公需科目继续教育形式”"),
    "nothing at all": ({"public-count": "0", "professional-count": "0"}, "请至少填写一项"),
}


@pytest.mark.parametrize(("typed", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_gets_its_sentence_and_changes_nothing(
    world: World, case: Application, typed: dict[str, str], says: str
) -> None:
    answer = add_year(
        world.browser("applicant"), case, **{"year": "2022", "professional-0-title": "王氏定理", **typed}
    )
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert years(world, case) == [2020, 2021]


@pytest.mark.parametrize("name", ["year outside the span", "negative hours", "three decimals", "no form"])
def test_bad_input_keeps_what_was_typed(world: World, case: Application, name: str) -> None:
    typed = {"year": "2022", "professional-0-title": "王氏定理", **BAD[name][0]}
    page = text_of(add_year(world.browser("applicant"), case, **typed))
    assert 'value="王氏定理"' in page
    for field, value in BAD[name][0].items():
        assert field == "year" or not value or f'value="{value}"' in page


@pytest.mark.requirement("R169")
def test_a_total_sent_along_is_ignored(world: World, case: Application) -> None:
    add_year(world.browser("applicant"), case, year="2022", total="900", **{"public-0-hours": "10"})
    assert "公需科目还差 20 学时" in text_of(world.browser("applicant").get(url("detail", case)))
    with world.acting("applicant"):
        found = facts.find(Application.objects.get(pk=case.pk)).of_year(2022)
    assert found is not None
    assert found.assessment.total == 70


def test_an_old_page_is_told_so_and_keeps_the_row(world: World, case: Application) -> None:
    answer = add_year(
        world.browser("applicant"), case, year="2022", version=0, **{"public-0-title": "王氏定理"}
    )
    assert answer.status_code == 409
    assert 'value="王氏定理"' in text_of(answer)
    assert years(world, case) == [2020, 2021]


@pytest.mark.requirement("R171", "R190")
def test_changing_a_year_replaces_its_lines(world: World, case: Application) -> None:
    answer = world.browser("applicant").post(
        url("year", case, 2020), year_of(case, **{"public-0-hours": "３５．５学时"})
    )
    assert answer.status_code == 302
    assert activities(world, case, 2020)[0] == ("公需课程", "35.5", "03")


def test_one_more_line_is_added_without_a_script_and_without_saving(world: World, case: Application) -> None:
    typed = year_of(case, act="add:professional", **{"professional-0-title": "王氏定理"})
    page = text_of(world.browser("applicant").post(url("year", case, 2020), typed))
    assert 'name="professional-1-title"' in page
    assert 'value="王氏定理"' in page
    assert activities(world, case, 2020)[1][0] == "2020专业科目"


def test_a_line_is_taken_out_without_a_script(world: World, case: Application) -> None:
    typed = year_of(
        case,
        act="drop:professional-0",
        **{
            "professional-count": "2",
            "professional-1-title": "第二项",
            "professional-1-hours": "20",
            "professional-1-form": "01",
        },
    )
    page = text_of(world.browser("applicant").post(url("year", case, 2020), typed))
    assert 'value="第二项"' in page
    assert 'value="专业课程"' not in page
    assert 'name="professional-1-title"' not in page


def test_several_lines_on_a_side_add_up(world: World, case: Application) -> None:
    more = {"professional-1-title": "第二项", "professional-1-hours": "20.5", "professional-1-form": "06"}
    typed = year_of(case, **{"professional-count": "2", "professional-0-hours": "39.5", **more})
    world.browser("applicant").post(url("year", case, 2020), typed)
    assert len(activities(world, case, 2020)) == 3
    assert "专业 60" in text_of(world.browser("applicant").get(url("detail", case)))


PAPER = {
    "professional-0-kind": "paper",
    "professional-0-fact-serial": "cn",
    "professional-0-fact-author": "first",
    "professional-0-fact-published_on": "2022-05",
}


def test_choosing_a_kind_asks_for_its_facts(world: World, case: Application) -> None:
    typed = year_of(case, year="2022", act="count", **{"professional-0-kind": "paper"})
    page = text_of(world.browser("applicant").post(url("year_add", case), typed))
    for label in ("刊物的统一刊号", "署名", "刊期"):
        assert label in page
    assert years(world, case) == [2020, 2021]


def test_the_rules_work_out_the_hours_and_cite_the_clause(world: World, case: Application) -> None:
    typed = year_of(case, year="2022", act="count", **{**PAPER, "professional-0-hours": ""})
    page = text_of(world.browser("applicant").post(url("year_add", case), typed))
    assert '按细则折算 <strong class="hours">30</strong> 学时' in page
    assert "附件2·二·3" in page


def test_hours_left_blank_are_those_of_the_rules_and_the_form_is_the_kinds_own(
    world: World, case: Application
) -> None:
    add_year(world.browser("applicant"), case, year="2022", **{**PAPER, "professional-0-hours": ""})
    assert activities(world, case, 2022)[1] == ("专业课程", "30.0", "06")


def test_claiming_more_than_the_rules_give_needs_a_reason(world: World, case: Application) -> None:
    browser = world.browser("applicant")
    typed = {"year": "2022", **PAPER, "professional-0-hours": "40"}
    answer = add_year(browser, case, **typed)
    assert answer.status_code == 422
    assert "申报的高于细则折算的 30 学时" in text_of(answer)
    assert (
        add_year(browser, case, **typed, **{"professional-0-over_reason": "含两篇合并计算"}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("published_on", "五月", "刊期应为日期"),
        ("author", "", "请选择“署名”"),
        ("author", "boss", "请从列表中选择“署名”"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named(
    world: World, case: Application, fact: str, value: str, says: str
) -> None:
    typed: dict[str, Any] = {"year": "2022", **PAPER, f"professional-0-fact-{fact}": value}
    answer = add_year(world.browser("applicant"), case, **typed)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert years(world, case) == [2020, 2021]


def test_a_posting_that_completes_the_year_stands_alone(world: World, case: Application) -> None:
    facts = {"place": "tibet", "start": "2022-01-01", "end": "2022-12-31", "passed": "true"}
    typed = {f"public-0-fact-{key}": value for key, value in facts.items()}
    typed |= {"public-0-kind": "aid", "public-0-hours": "", "professional-count": "0"}
    assert add_year(world.browser("applicant"), case, year="2022", **typed).status_code == 302
    assert "公需 30 · 专业 60 · 合计 90 学时" in text_of(world.browser("applicant").get(url("detail", case)))


def test_the_meter_says_the_gap_in_words(world: World, case: Application) -> None:
    typed = year_of(case, year="2022", act="count", **{"professional-0-hours": "52.5"})
    page = text_of(world.browser("applicant").post(url("year_add", case), typed))
    assert "还差 7.5 学时" in page


@pytest.mark.requirement("R171")
def test_deleting_a_year_is_asked_once_and_names_the_files(world: World) -> None:
    case = world.draft(years=(2020,))
    browser = world.browser("applicant")
    asked = text_of(browser.get(url("year_delete", case, 2020)))
    assert "已上传的 3 个附件也会一并删除" in asked
    assert years(world, case) == [2020]
    browser.post(url("year_delete", case, 2020), {"version": case.version})
    assert years(world, case) == []


def test_a_year_that_was_never_filed_is_not_found(world: World, case: Application) -> None:
    assert world.browser("applicant").get(url("year", case, 2024)).status_code == 404
