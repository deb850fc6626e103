"""One thing has one word and one sign on the desk, and pages that cannot be undone say so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.models import FilingSession
from cehours.lib import clock
from review.batches.verdicts import Order
from review.models import BatchAct
from review.services import hold, keep_list_settings
from tests.review.batching import at_the_city
from tests.review.desks import body, submitted
from tests.world import World

pytestmark = pytest.mark.django_db


def tags(page: str, label: str) -> list[tuple[str, str]]:
    """Sign and words of the tags in the cells of a column."""
    cells = re.findall(rf'<td data-label="{label}">(.*?)</td>', page, re.DOTALL)
    return [
        (found[1], found[2].strip())
        for cell in cells
        if (found := re.search(r"icons\.svg#([\w-]+).*?</svg>([^<]+)", cell, re.DOTALL))
    ]


def test_a_returned_case_has_the_same_word_and_sign_in_both_columns(world: World) -> None:
    world.return_(submitted(world), by="employer")
    page = body(world.browser("employer").get(reverse("review:handled")))
    assert tags(page, "审核结果") == tags(page, "现在") == [("returned", "退回修改")]


def test_within_a_university_the_second_person_is_named_and_not_the_unit_as_if_another(
    world: World, settings: Any
) -> None:
    case = world.submit(world.draft(unit="university"))
    browser = world.browser("university_admin")
    asked = {"version": case.version, "kind": "department", "confirm": "yes"}
    asked["next_unit"] = str(world.university.pk)
    answer = browser.post(reverse("review:approve", args=[case.pk]), asked, follow=True)
    said = body(answer)
    assert "已审核通过，由本单位另一位经办人复审确认。" in said
    assert "送 湘水大学 审核" not in said


def test_what_is_held_says_the_same(world: World, settings: Any) -> None:
    settings.DECISION_DELAY_SECONDS = 60
    case = world.submit(world.draft(unit="university"))
    with world.acting("university_admin") as actor:
        order = Order(BatchAct.APPROVE, "", world.university.pk)
        hold(actor=actor, case_id=case.pk, seen=case.version, order=order)
    page = body(world.browser("university_admin").get(reverse("review:held")))
    assert "由本单位另一位经办人复审确认" in page


def another_year(world: World) -> None:
    now = clock.now()
    FilingSession.objects.create(
        name="2026年度高级职称学时核认",
        policy="hunan-2025",
        year=2026,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=90),
        review_until=now + timedelta(days=99),
    )


@pytest.mark.parametrize("name", ["review:inbox", "review:handled"])
def test_with_sessions_of_two_years_the_year_stands_in_the_lists(world: World, name: str) -> None:
    world.approve(at_the_city(world), by="city_bureau")
    at_the_city(world, by="other_applicant")
    browser = world.browser("city_bureau")
    heading = '<th scope="col">申报年度</th>'
    assert heading not in body(browser.get(reverse(name)))
    another_year(world)
    assert heading in body(browser.get(reverse(name)))


def test_columns_that_were_chosen_stay_as_they_were_chosen(world: World) -> None:
    another_year(world)
    at_the_city(world)
    with world.acting("city_bureau") as actor:
        keep_list_settings(actor=actor, kind="inbox", columns=["employer"], density="normal")
    assert "申报年度</th>" not in body(world.browser("city_bureau").get(reverse("review:inbox")))


def test_merging_says_that_it_cannot_be_undone_and_asks_where_to_with_one_button(world: World) -> None:
    page = body(world.browser("bureau").get(reverse("review:merge_unit", args=[world.hospital.pk])))
    assert re.search(
        r'<ol class="breadcrumb">\s*<li><a href="/">首页</a></li>\s*<li><a href="/units/">单位', page
    )
    assert page.count('name="find"') == 1
    assert re.search(r'class="[^"]*tip-block[^"]*".*?合并不能撤回，请逐项核对', page, re.DOTALL)
