"""待办 and 已办: what is on the desk, in which order, and for whom."""

import re

import pytest
from django.urls import reverse

from applications.states import State
from tests.review.desks import body, queries_of, several, submitted

INBOX, HANDLED = reverse("review:inbox"), reverse("review:handled")


def test_the_inbox_shows_the_name_in_full_and_the_identity_number_masked(world):
    case = submitted(world)
    page = body(world.browser("employer").get(INBOX))
    assert case.name in page
    assert re.search(r"\d\*{16}[\dX]", page)
    assert not re.search(r"\d{17}[\dX]", page)
    assert "省第九人民医院" in page
    assert "待单位审核" in page
    assert "今天收到" in page


def test_an_outsider_finds_an_empty_desk(world):
    case = submitted(world)
    page = body(world.browser("other_employer").get(INBOX))
    assert case.name not in page
    assert "暂无数据" in page
    assert "现在没有需要本单位审核的申报" in page


def test_a_person_without_a_units_hat_is_told_to_put_one_on(world):
    for address in (INBOX, HANDLED, reverse("review:batch")):
        answer = world.browser("applicant").get(address)
        assert answer.status_code == 403
        assert "切换到正确的单位" in body(answer)


@pytest.mark.requirement("R204", "R231")
@pytest.mark.parametrize(
    ("who", "title"),
    [
        ("employer", "学时核认申报单位审核"),
        ("bureau", "学时核认待办"),
    ],
)
def test_the_list_is_called_as_in_annex_3(world, who, title):
    page = body(world.browser(who).get(INBOX))
    assert f"<h1>{title}</h1>" in page


@pytest.mark.requirement("R221", "R222", "R241")
def test_a_departments_list_is_called_as_in_annex_3(world):
    world.application(at=State.DEPARTMENT_REVIEW)
    page = body(world.browser("department").get(INBOX))
    assert "<h1>学时核认上级单位审核</h1>" in page


def test_only_the_bureau_can_tick_rows(world):
    world.application(at=State.BUREAU_REVIEW)
    assert "批量审核" in body(world.browser("bureau").get(INBOX))
    submitted(world, by="other_applicant")
    assert 'name="pick"' not in body(world.browser("employer").get(INBOX))


def test_ones_own_application_is_listed_with_the_reason_and_no_button(world):
    own = world.add_person("own", person_of="employer")
    case = submitted(world, by="own")
    page = body(world.browser("employer").get(INBOX))
    assert case.name in page
    assert "不能由本人审核" in page
    assert ">审核<" not in page
    assert own.person_id == case.person_id


def test_the_filter_finds_cases_with_warnings_and_those_without(world):
    clean = submitted(world)
    warned = submitted(world, by="other_applicant", evidence=False, note="原件遗失，单位已出具证明")
    browser = world.browser("employer")
    page = body(browser.get(INBOX, {"view": "clean"}))
    assert str(clean.pk) in page
    assert str(warned.pk) not in page
    page = body(browser.get(INBOX, {"view": "warned"}))
    assert str(clean.pk) not in page
    assert str(warned.pk) in page
    assert "项待核对" in page


def test_the_filter_by_unit_and_state_lives_in_the_address(world):
    case = world.application(at=State.BUREAU_REVIEW)
    browser = world.browser("bureau")
    assert str(case.pk) in body(browser.get(INBOX, {"unit": "第九", "step": "bureau_review"}))
    page = body(browser.get(INBOX, {"unit": "学校"}))
    assert str(case.pk) not in page
    assert "没有符合条件的申报" in page


def test_a_made_up_filter_or_cursor_shows_the_whole_list(world):
    case = submitted(world)
    answer = world.browser("employer").get(INBOX, {"view": "all'--", "step": "x", "cursor": "%00"})
    assert answer.status_code == 200
    assert str(case.pk) in body(answer)


def test_the_oldest_case_comes_first(world):
    first, second = submitted(world), submitted(world, by="other_applicant")
    page = body(world.browser("employer").get(INBOX))
    assert page.index(str(first.pk)) < page.index(str(second.pk))


def test_handled_shows_the_result_and_where_the_case_is_now(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    page = body(world.browser("employer").get(HANDLED))
    assert case.name in page
    assert "审核通过" in page
    assert "省级医疗集团" in page


def test_handled_can_be_narrowed_to_one_result(world):
    case = world.application(at=State.RETURNED)
    browser = world.browser("employer")
    assert str(case.pk) in body(browser.get(HANDLED, {"outcome": "returned"}))
    assert "没有符合条件的记录" in body(browser.get(HANDLED, {"outcome": "rejected"}))


def test_the_inbox_asks_as_many_questions_for_three_cases_as_for_one(world):
    submitted(world)
    browser = world.browser("employer")
    one = queries_of(browser, INBOX)
    several(world, 2)
    assert queries_of(browser, INBOX) == one


def test_handled_asks_as_many_questions_for_three_decisions_as_for_one(world):
    world.return_(submitted(world), by="employer")
    browser = world.browser("employer")
    one = queries_of(browser, HANDLED)
    for case in several(world, 2):
        world.return_(case, by="employer")
    assert queries_of(browser, HANDLED) == one


@pytest.mark.requirement("R205")
def test_a_case_is_found_by_part_of_the_name(world):
    wanted = submitted(world)
    other = submitted(world, by="other_applicant")

    page = body(world.browser("employer").get(INBOX, {"name": wanted.name[-2:]}))

    assert str(wanted.pk) in page
    assert str(other.pk) not in page
