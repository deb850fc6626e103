"""Finding one's way in lists: numbers that obey filters, orders, pages, saved conditions, other lists, paper."""

import html
import re

import pytest
from django.urls import reverse

from cehours.lib import clock
from cehours.lib.pinyin import name_keys
from tests.review import batching
from tests.review.desks import body, several, submitted

INBOX, HANDLED = reverse("review:inbox"), reverse("review:handled")


def numbers_of(page):
    """What the tabs above a list say: label → number."""
    return dict(re.findall(r">\s*([^<>\s]+)<span class=\"count\">([^<]+)</span>", page))


def test_the_numbers_on_the_tabs_obey_the_other_conditions(world):
    submitted(world)
    submitted(world, by="other_applicant", evidence=False, note="原件遗失，单位已出具证明")
    name = submitted(world, by="third_applicant").name
    browser = world.browser("employer")
    assert numbers_of(body(browser.get(INBOX))) == {
        "全部": "3", "达标且无警示": "2", "有警示": "1", "等待较久": "0",
    }  # fmt: skip
    page = body(browser.get(INBOX, {"name": name, "view": "warned"}))
    assert numbers_of(page) == {"全部": "1", "达标且无警示": "1", "有警示": "0", "等待较久": "0"}


def test_the_numbers_above_what_was_handled_obey_the_other_conditions(world):
    for by in ("applicant", "other_applicant"):
        world.approve(submitted(world, by=by), by="employer")
    page = body(world.browser("employer").get(HANDLED, {"name": "没有这个人"}))
    assert set(numbers_of(page).values()) == {"0"}


def test_who_is_looked_for_is_found_in_the_other_lists_too(world):
    case = world.approve(submitted(world), by="employer")
    page = body(world.browser("employer").get(INBOX, {"name": case.name}))
    assert re.search(r'href="/review/handled/\?name=[^"]+">已办 1 件</a>', page)
    waiting = submitted(world, by="other_applicant")
    page = body(world.browser("employer").get(HANDLED, {"name": waiting.name}))
    assert re.search(r'href="/review/\?name=[^"]+">待办 1 件</a>', page)
    assert "所查的人另有" not in body(world.browser("employer").get(INBOX))


@pytest.mark.parametrize("typed", ["自由职业", "自由", "ziyouzhiye", "zyzy"])
def test_freelancers_are_found_by_what_the_list_says_of_their_unit(world, typed):
    case = batching.filed(world, unit=None)
    assert case.name in body(world.browser("city_bureau").get(INBOX, {"unit": typed}))
    assert case.name not in body(world.browser("city_bureau").get(INBOX, {"unit": "第九"}))


@pytest.mark.parametrize("sort", ["", "submitted", "unit", "name"])
def test_every_order_shows_each_case_once_on_pages_that_lead_both_ways(world, monkeypatch, sort):
    monkeypatch.setattr("review.views.lists.PAGE", 2)
    cases = several(world, 5)
    browser, address, seen = world.browser("employer"), f"{INBOX}?sort_by={sort}", []
    for _ in range(3):
        page = body(browser.get(address))
        seen += [
            case.name
            for case in sorted(cases, key=lambda each: page.find(str(each.pk)))
            if str(case.pk) in page
        ]
        following = re.search(r'href="(\?[^"]+)" rel="next"', page)
        address = INBOX + html.unescape(following[1]) if following else address
    assert sorted(seen) == sorted(case.name for case in cases)
    assert "第 3 页，共 3 页" in page
    assert 'rel="prev"' in page


def test_names_go_by_their_pinyin(world):
    cases = several(world, 4)
    page = body(world.browser("employer").get(INBOX, {"sort_by": "name"}))
    by_pinyin = sorted(cases, key=lambda case: name_keys(case.name).full)
    assert by_pinyin != cases
    assert sorted(cases, key=lambda case: page.index(str(case.pk))) == by_pinyin


def test_a_page_is_jumped_to_by_its_number(world, monkeypatch):
    monkeypatch.setattr("review.views.lists.PAGE", 1)
    cases = several(world, 3)
    browser = world.browser("employer")
    page = body(browser.get(INBOX, {"page": "2"}))
    assert [case.pk for case in cases if str(case.pk) in page] == [cases[1].pk]
    assert "共 3 件，第 2 页，共 3 页" in page
    for made_up in ("0", "99", "x", "-1", "²"):
        assert str(cases[0].pk) in body(browser.get(INBOX, {"page": made_up}))


def test_the_length_of_a_page_is_remembered_and_a_made_up_one_is_not(world):
    submitted(world)
    browser = world.browser("employer")
    browser.post(reverse("review:look"), {"list": "inbox", "column": "employer", "size": "200"})
    assert re.search(r'name="size" value="200" checked', body(browser.get(INBOX)))
    browser.post(reverse("review:look"), {"list": "inbox", "column": "employer", "size": "100000"})
    assert re.search(r'name="size" value="50" checked', body(browser.get(INBOX)))


def test_conditions_are_saved_under_a_name_by_each_person_for_themselves(world):
    browser, save = world.browser("employer"), reverse("review:view_save")
    browser.post(save, {"list": "inbox", "filter": "view=warned&sort_by=name&made=up", "name": " 有警示 "})
    page = body(browser.get(INBOX))
    assert re.search(r'href="\?sort_by=name&amp;view=warned">有警示</a>', page)
    assert ">有警示</a>" not in body(world.browser("second_employer").get(INBOX))
    kept = re.search(r'name="forget" value="(\d+)"', page)[1]
    world.browser("second_employer").post(save, {"list": "inbox", "forget": kept})
    assert kept in body(browser.get(INBOX))
    browser.post(save, {"list": "inbox", "forget": kept})
    assert "还没有保存过" in body(browser.get(INBOX))


def test_a_view_needs_a_name_and_there_is_a_most(world, monkeypatch):
    browser, save = world.browser("employer"), reverse("review:view_save")
    answer = browser.post(save, {"list": "inbox", "filter": "view=warned", "name": "  "}, follow=True)
    assert "请写一个名称" in body(answer)
    monkeypatch.setattr("review.models.SavedView.MOST", 1)
    for name in ("一", "二"):
        answer = browser.post(save, {"list": "inbox", "filter": "view=warned", "name": name}, follow=True)
    assert "最多保存 1 个" in body(answer)


def test_on_paper_a_list_says_whose_it_is_of_what_and_when(world):
    submitted(world)
    page = body(world.browser("employer").get(INBOX, {"view": "clean"}))
    printed = page[page.index('class="list-printed"') :]
    printed = printed[: printed.index("</p>")]
    for words in (
        "省第九人民医院",
        "分类 达标且无警示",
        f"{clock.today().year}年",
        "打印",
        "第 1 页，共 1 页",
    ):
        assert words in printed
