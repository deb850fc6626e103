"""下一件 follows the part of the list a case was opened from, and says so when nothing of it is left."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from review.views import lists
from tests.review.desks import body, queries_of, several, submitted
from tests.world import World

INBOX = reverse("review:inbox")
REASON = "2022 年结业证书缺少学时，请补充。"
WARNED = "原件遗失，单位已出具证明"


@pytest.fixture
def desk(world: World) -> tuple[Client, list[Application], list[Application]]:
    """An employer's desk: warned and clean cases in turn, the oldest first."""
    warned, clean = [], []
    for number in range(3):
        for cases, evidence in ((warned, False), (clean, True)):
            name = f"{'clean' if evidence else 'warned'}_{number}"
            world.add_person(name)
            cases.append(submitted(world, by=name, evidence=evidence, note="" if evidence else WARNED))
    return world.browser("employer"), warned, clean


def link_to(page: str, case: Application) -> str:
    """The address under which a page opens a case."""
    found = re.search(rf'href="({reverse("review:case", args=[case.pk])}[^"#]*)"', page)
    assert found, "no link"
    return unescape(found[1])


def next_of(page: str) -> str:
    found = re.search(r'href="([^"]*)" data-next-case', page)
    return unescape(found[1]) if found else ""


def leads_to(address: str, case: Application) -> bool:
    return urlsplit(address).path == reverse("review:case", args=[case.pk])


def test_the_next_case_stays_in_the_filter_in_the_order_of_the_list(desk) -> None:
    browser, warned, _ = desk
    address = link_to(body(browser.get(INBOX, {"view": "warned"})), warned[0])
    for case in (*warned[1:], warned[0]):  # and from the top again after the last
        page = body(browser.get(address))
        address = next_of(page)
        assert leads_to(address, case)
        assert f'href="{INBOX}?view=warned"' in page


def test_after_a_decision_the_next_one_is_the_one_below_and_not_the_first(desk) -> None:
    browser, _, clean = desk
    address = link_to(body(browser.get(INBOX, {"view": "clean"})), clean[1])
    page = body(browser.get(address))
    carried = re.search(r'name="from" value="([^"]*)"', page)
    assert carried

    answer = browser.post(
        reverse("review:return", args=[clean[1].pk]),
        {"version": clean[1].version, "opinion": REASON, "from": unescape(carried[1])},
    )

    assert answer.status_code == 302
    assert leads_to(next_of(body(browser.get(answer.url))), clean[2])


@pytest.mark.parametrize("sort", ["submitted", "unit", "name"])
def test_the_next_case_follows_the_order_that_was_chosen(desk, sort: str) -> None:
    browser, warned, clean = desk
    listed = body(browser.get(INBOX, {"sort_by": sort}))
    cases = sorted((*warned, *clean), key=lambda case: listed.index(str(case.pk)))
    address = link_to(listed, cases[0])
    for case in (*cases[1:], cases[0]):  # and from the top again after the last
        page = body(browser.get(address))
        address = next_of(page)
        assert leads_to(address, case)
        assert f'href="{INBOX}?sort_by={sort}"' in page


def test_after_a_decision_the_next_one_is_the_one_below_in_that_order(desk) -> None:
    browser, warned, clean = desk
    listed = body(browser.get(INBOX, {"sort_by": "unit"}))
    cases = sorted((*warned, *clean), key=lambda case: listed.index(str(case.pk)))

    answer = browser.post(
        reverse("review:return", args=[cases[2].pk]),
        {"version": cases[2].version, "opinion": REASON, "from": "sort_by=unit"},
    )

    assert leads_to(next_of(body(browser.get(answer.url))), cases[3])


def test_what_is_left_when_a_filter_is_used_up_comes_in_the_same_order(desk) -> None:
    browser, warned, clean = desk
    listed = body(browser.get(INBOX, {"sort_by": "unit"}))
    cases = sorted((*warned, *clean), key=lambda case: listed.index(str(case.pk)))
    asked = {"name": cases[0].name, "sort_by": "unit"}

    address = next_of(body(browser.get(link_to(body(browser.get(INBOX, asked)), cases[0]))))

    assert leads_to(address, cases[1])
    assert parse_qs(urlsplit(address).query)["from"] == ["sort_by=unit"]


def test_a_filter_that_is_used_up_goes_over_to_the_whole_list_with_a_sentence(desk) -> None:
    browser, warned, clean = desk
    address = link_to(body(browser.get(INBOX, {"name": clean[1].name})), clean[1])

    page = body(browser.get(address))

    assert "所选条件下没有其他可以办理的申报了，“下一件”来自全部待办" in page
    assert leads_to(next_of(page), warned[2])
    assert "from" not in parse_qs(urlsplit(next_of(page)).query)


def test_when_nothing_at_all_is_left_it_says_so(world: World) -> None:
    case = submitted(world)
    browser = world.browser("employer")

    answer = browser.post(
        reverse("review:return", args=[case.pk]), {"version": case.version, "opinion": REASON}, follow=True
    )

    assert "待办中没有其他可以办理的申报了" in body(answer)
    assert not next_of(body(answer))


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_the_way_back_survives_the_second_step(desk, act: str) -> None:
    browser, _, clean = desk
    typed = {"version": clean[0].version, "opinion": "材料与申报内容不符", "from": "view=clean"}
    first = body(browser.post(reverse(f"review:{act}", args=[clean[0].pk]), typed))
    assert 'name="from" value="view=clean"' in first

    answer = browser.post(
        reverse(f"review:{act}", args=[clean[0].pk]),
        {**typed, "confirm": "yes", "kind": "department", "next_unit": str(clean[0].employer.parent_id)},
    )

    assert answer.status_code == 302
    assert leads_to(next_of(body(browser.get(answer.url))), clean[1])


def test_turning_pages_of_evidence_keeps_the_way_back(desk) -> None:
    browser, _, clean = desk
    address = reverse("review:case", args=[clean[0].pk])
    page = body(browser.get(address, {"from": "view=clean"}, headers={"HX-Request": "true"}))
    assert "from=view%3Dclean&amp;paper=" in page
    assert "from=view%3Dclean&amp;paper=" in body(browser.get(address, {"from": "view=clean"}))


def test_a_made_up_way_back_does_no_harm(desk) -> None:
    browser, _, clean = desk
    for asked in (
        "view=nonsense",
        "%00",
        "?" * 500,
        "number=abc",
        "//evil.example",
        "x=1&" * 300,
        "cursor=%00",
    ):
        page = browser.get(reverse("review:case", args=[clean[0].pk]), {"from": asked})
        assert page.status_code == 200, asked
        assert 'href="//' not in body(page)


def test_a_filter_leads_to_nothing_of_another_desk(world: World) -> None:
    mine, foreign = submitted(world), submitted(world, by="other_applicant", unit="firm")

    page = body(world.browser("employer").get(reverse("review:case", args=[mine.pk]), {"from": "unit=云创"}))

    assert str(foreign.pk) not in page
    assert not next_of(page)


def test_the_case_page_asks_as_many_questions_for_three_cases_as_for_one(world: World) -> None:
    case = submitted(world)
    browser = world.browser("employer")
    address = f"{reverse('review:case', args=[case.pk])}?from=view%3Dclean"
    several(world, 1)
    one = queries_of(browser, address)
    world.add_person("further")
    submitted(world, by="further")
    assert queries_of(browser, address) == one


def test_the_way_back_leads_to_the_same_page_of_the_list(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    browser, warned, clean = desk
    first = body(browser.get(INBOX))
    further = re.search(r'href="(\?cursor=[^"]+)"', first)
    assert further
    second = body(browser.get(INBOX + unescape(further[1])))
    assert warned[1].name in second

    page = body(browser.get(link_to(second, warned[1])))
    assert leads_to(next_of(page), clean[1])
    back = re.search(rf'href="({INBOX}\?cursor=[^"]+)"', page)

    assert back
    again = body(browser.get(unescape(back[1])))
    assert warned[1].name in again
    assert warned[0].name not in again
