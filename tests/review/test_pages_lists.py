"""待办 and 已办: what is on the desk, in which order, and for whom."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.states import State
from cehours.lib import clock
from review.models import ListKind
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
    assert 'data-act-label="审核通过"' in body(world.browser("bureau").get(INBOX))
    submitted(world, by="other_applicant")
    assert 'name="pick"' not in body(world.browser("employer").get(INBOX))


def test_ones_own_application_is_listed_with_the_reason_and_no_button(world):
    own = world.add_person("own", person_of="employer")
    case = submitted(world, by="own")
    page = body(world.browser("employer").get(INBOX))
    assert case.name in page
    assert "不能由本人审核" in page
    assert ">审核</a>" not in page
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


# -- what else can be asked for


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ({"region": "430000"}, True),
        ({"region": "430100"}, False),
        ({"series": "工程技术人员"}, True),
        ({"series": "卫生技术人员"}, False),
        ({"year": "2025"}, True),
        ({"unit": "sdjrmyy"}, True),
        ({"unit": "shengdi"}, True),
        ({"unit": "qwert"}, False),
        ({"mark": "again"}, False),
        ({"mark": "flagged"}, False),
        ({"mark": "reduced"}, False),
    ],
)
def test_the_list_is_narrowed_by_region_series_year_unit_and_mark(world, asked, is_there):
    case = world.application(at=State.BUREAU_REVIEW)
    page = body(world.browser("bureau").get(INBOX, asked))
    assert (str(case.pk) in page) is is_there


def test_a_region_includes_what_lies_below_it(world):
    case = submitted(world, unit="school")  # in a district of the city
    world.approve(case, by="school_admin")
    browser = world.browser("city_bureau")
    assert str(case.pk) in body(browser.get(INBOX, {"region": "430100"}))
    assert str(case.pk) in body(browser.get(INBOX, {"region": "430102"}))
    assert str(case.pk) not in body(browser.get(INBOX, {"region": "430104"}))


def test_a_case_filed_once_more_carries_that_mark(world):
    case = world.application(at=State.RETURNED)
    world.submit(case)
    assert str(case.pk) in body(world.browser("employer").get(INBOX, {"mark": "again"}))


def test_every_condition_is_a_chip_that_takes_only_itself_away(world):
    submitted(world)
    page = body(world.browser("employer").get(INBOX, {"unit": "第九", "view": "clean", "year": "2025"}))
    assert "单位名称：第九" in page and "分类：达标且无警示" in page and "申报年度：2025 年" in page
    assert 'href="?unit=%E7%AC%AC%E4%B9%9D&amp;year=2025"' in page
    assert 'href="?unit=%E7%AC%AC%E4%B9%9D&amp;view=clean"' in page


def test_the_tabs_keep_the_other_conditions(world):
    submitted(world)
    page = body(world.browser("employer").get(INBOX, {"unit": "第九"}))
    assert 'href="?unit=%E7%AC%AC%E4%B9%9D&amp;view=late"' in page


@pytest.mark.parametrize(("days", "says"), [(0, "今天收到"), (9, "请尽快"), (21, "请立即办理")])
def test_a_long_wait_is_said_in_workdays_and_words(world, days, says):
    submitted(world)
    with clock.at(clock.now() + timedelta(days=days)):
        assert says in body(world.browser("employer").get(INBOX))


# -- 已撤销 (A31)


WITHDRAWN = reverse("review:withdrawn")


def test_a_case_withdrawn_before_the_decision_stays_findable_with_the_reason(world):
    case = submitted(world)
    world.withdraw(case)
    browser = world.browser("employer")
    assert str(case.pk) not in body(browser.get(INBOX))
    page = body(browser.get(WITHDRAWN))
    assert str(case.pk) in page
    assert "尚未审核就由申报人撤销" in page
    assert str(case.pk) in body(browser.get(WITHDRAWN, {"name": case.name}))
    assert browser.get(reverse("review:case", args=[case.pk])).status_code == 200


def test_it_stays_findable_when_it_is_on_its_way_again(world):
    case = world.application(at=State.BUREAU_REVIEW)
    world.withdraw(case)
    world.submit(case)
    page = body(world.browser("bureau").get(WITHDRAWN))
    assert str(case.pk) in page
    assert "待单位审核" in page


def test_a_withdrawal_is_shown_to_the_unit_it_left_and_to_no_other(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    world.withdraw(case)
    assert str(case.pk) in body(world.browser("department").get(WITHDRAWN))
    for who in ("employer", "bureau", "other_employer"):
        assert str(case.pk) not in body(world.browser(who).get(WITHDRAWN))


def test_withdrawn_asks_as_many_questions_for_three_cases_as_for_one(world):
    world.withdraw(submitted(world))
    browser = world.browser("employer")
    one = queries_of(browser, WITHDRAWN)
    for number, case in enumerate(several(world, 2)):
        world.withdraw(case, by=f"more_{number}")
    assert queries_of(browser, WITHDRAWN) == one


# -- columns and density


LOOK = reverse("review:look")


def test_columns_and_density_are_remembered_for_the_person(world):
    submitted(world)
    browser = world.browser("employer")
    assert "子专业名称</th>" not in body(browser.get(INBOX))
    answer = browser.post(
        LOOK, {"list": "inbox", "column": ["specialty", "waiting"], "density": "dense", "filter": "unit=第九"}
    )
    assert answer["Location"] == f"{INBOX}?unit=%E7%AC%AC%E4%B9%9D"
    page = body(world.browser("employer").get(INBOX))
    assert "子专业名称</th>" in page and "证件号码</th>" not in page
    assert "table-dense" in page
    assert "证件号码</th>" in body(world.browser("second_employer").get(INBOX))


@pytest.mark.parametrize("kind", list(ListKind))
def test_a_list_loads_no_more_of_the_header_than_it_shows(world, kind):
    address = reverse(f"review:{kind}")
    browser = world.browser("employer")
    browser.post(LOOK, {"list": kind, "column": ["specialty"], "density": "normal"})

    with CaptureQueriesContext(connection) as asked:
        browser.get(address)

    (rows,) = [each["sql"] for each in asked if '"specialty"' in each["sql"]]
    assert '"id_cipher"' not in rows and '"title_series"' not in rows


def test_the_columns_can_be_set_back(world):
    submitted(world)
    browser = world.browser("employer")
    browser.post(LOOK, {"list": "inbox", "column": ["waiting"], "density": "dense"})
    browser.post(LOOK, {"list": "inbox", "reset": "1"})
    page = body(browser.get(INBOX))
    assert "证件号码</th>" in page and "table-dense" not in page


def test_made_up_columns_are_left_out(world):
    submitted(world)
    browser = world.browser("employer")
    assert (
        browser.post(LOOK, {"list": "inbox", "column": ["id_cipher", "state"], "density": "x"}).status_code
        == 302
    )
    page = body(browser.get(INBOX))
    assert "审核状态</th>" in page and "证件号码</th>" not in page


# -- pages by key, and numbers that stop counting


def test_pages_lead_both_ways_and_show_every_case_once(world, monkeypatch):
    monkeypatch.setattr("review.views.lists.PAGE", 2)
    cases = [str(case.pk) for case in [submitted(world), *several(world, 4)]]
    browser = world.browser("employer")
    seen, page = [], body(browser.get(INBOX))
    while True:
        seen += [pk for pk in cases if f"/cases/{pk}/" in page]
        forward = re.search(r'href="(\?[^"]+)" rel="next"', page)
        if not forward:
            break
        page = body(browser.get(INBOX + forward[1].replace("&amp;", "&")))
    assert seen == cases
    back = re.search(r'href="(\?[^"]+)" rel="prev"', page)
    page = body(browser.get(INBOX + back[1].replace("&amp;", "&")))
    assert [pk for pk in cases if f"/cases/{pk}/" in page] == cases[2:4]


def test_a_number_above_the_list_stops_at_the_cap(world, monkeypatch):
    monkeypatch.setattr("review.lists.counts.MOST_COUNTED", 1)
    monkeypatch.setattr("review.views.lists.MOST_COUNTED", 1)
    submitted(world)
    assert ">1</span>" in body(world.browser("employer").get(INBOX))
    several(world, 2)
    assert ">1+</span>" in body(world.browser("employer").get(INBOX))


def test_everything_that_matches_can_be_sent_to_a_batch(world, monkeypatch):
    monkeypatch.setattr("review.views.lists.PAGE", 1)
    for name in ("applicant", "other_applicant"):
        world.application(at=State.BUREAU_REVIEW, by=name)
    browser = world.browser("bureau")
    page = body(browser.get(INBOX, {"unit": "第九"}))
    assert "全部符合条件的 2 件" in page
    answer = browser.post(
        reverse("review:batch"),
        {"all": "unit=%E7%AC%AC%E4%B9%9D", "shown_at": clock.now().isoformat(), "shown": "2"},
    )
    assert answer.status_code == 200
    assert "2" in body(answer)
