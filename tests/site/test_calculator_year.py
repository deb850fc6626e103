"""A year put together in the calculator: kept in the address, counted by the policy, nothing stored."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from cehours.site.calculator import basket, state, views
from tests.site.test_calculator import (
    AID,
    INVENTION,
    PAPER,
    PUBLIC_30,
    page,
    says_at,
    year_of,
)


@pytest.mark.django_db
def test_what_is_added_stands_in_the_year_and_in_the_address_only(client: Client) -> None:
    response = client.get("/calculator/", {"policy": "hunan-2025", "year": "2024", **PAPER, "act": "add"})
    address = response["Location"]
    assert address.endswith("#year")
    assert "item=paper~~serial~cn~author~first~published_on~2024-05" in address
    html = client.get(address).content.decode()
    assert "发表论文 30 学时" in year_of(html)
    assert "已加入 2024 年度：发表论文，30 学时。" in html
    assert "还没有加入活动" in year_of(page(client))


@pytest.mark.django_db
def test_nothing_is_added_before_its_category_is_chosen(client: Client) -> None:
    html = page(client, {"kind": "training", "f-days": "2", "act": "add"}, status=422)
    assert "请选择“计入科目”。" in says_at(html, "category")


@pytest.mark.requirement("R015", "R016", "R017", "R077")
@pytest.mark.django_db
def test_a_complete_year_says_so_and_an_incomplete_one_what_is_missing(client: Client) -> None:
    complete = year_of(page(client, {"item": [PUBLIC_30, INVENTION]}))
    short = year_of(page(client, {"item": [INVENTION]}))
    assert "2024 年度已达到要求" in complete
    assert "还差" not in complete
    assert "公需科目 0 / 至少 30 学时 还差 30 学时" in short
    assert "专业科目 60 / 至少 60 学时 已达到" in short


@pytest.mark.requirement("R129")
@pytest.mark.django_db
def test_a_deemed_year_says_that_other_hours_are_not_added_to_it(client: Client) -> None:
    alone = year_of(page(client, {"item": [AID]}))
    both = year_of(page(client, {"item": [AID, INVENTION, INVENTION]}))

    assert "2024 年度视同完成" in alone
    assert "不累加" not in alone
    assert "专业科目 120 / 至少 60 学时 已达到" in both
    assert "合计按较大者计 120 学时" in both


@pytest.mark.django_db
def test_an_activity_of_another_year_is_kept_and_says_why_it_does_not_count(client: Client) -> None:
    words = year_of(page(client, {"year": "2023", "item": [INVENTION]}))
    assert re.search("国家发明专利 不计入 .*授权在 2024 年，不计入 2023 年度", words)


@pytest.mark.django_db
def test_an_activity_can_be_taken_out_and_changed(client: Client) -> None:
    html = page(client, {"item": [PUBLIC_30, INVENTION]})
    drops = re.findall(r'href="([^"]+)">移除', html)
    changes = re.findall(r'href="([^"]+)">修改', html)
    left = year_of(client.get(drops[0].replace("&amp;", "&")).content.decode())
    assert "远程教育" not in left
    assert "国家发明专利" in left
    changed = client.get(changes[1].replace("&amp;", "&")).content.decode()
    assert 'name="f-rank" value="1"' in changed
    assert "国家发明专利" not in year_of(changed)


@pytest.mark.django_db
def test_entries_that_the_policy_does_not_know_are_left_out_and_it_says_so(client: Client) -> None:
    bent = ["alchemy~~gold~1", "training~public~days~minus", "training~public~days", "", PUBLIC_30]
    html = page(client, {"item": bent})
    assert "有 4 项活动" in html
    assert len(re.findall('<li class="year-line', html)) == 1


@pytest.mark.django_db
def test_a_year_that_is_full_takes_no_more(client: Client) -> None:
    html = page(client, {**PAPER, "item": [INVENTION] * basket.MOST_ITEMS, "act": "add"}, status=422)
    assert views.FULL in html


@pytest.mark.django_db
def test_the_year_takes_as_many_queries_for_three_activities_as_for_one(client: Client) -> None:
    counts = []
    for items in ([INVENTION], [INVENTION, PUBLIC_30, INVENTION]):
        page(client, {"item": items})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, {"item": items})
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_another_policy_brings_its_own_categories_and_years(client: Client) -> None:
    words = year_of(client.get("/calculator/", {"policy": "guangdong-2025", "year": "2020"}).content.decode())
    assert "个人选修科目 0 / 至少 12 学时" in words


@pytest.mark.django_db
def test_an_unknown_policy_is_not_found(client: Client) -> None:
    assert client.get("/calculator/", {"policy": "atlantis"}).status_code == 404


@pytest.mark.parametrize("asked", ["1999", "abc", ""])
def test_a_year_that_is_not_offered_falls_back_to_the_last_one_to_be_recognised(
    rf: RequestFactory, asked: str
) -> None:
    request = rf.get("/calculator/", {"policy": "hunan-2025", "year": asked})
    assert state.read(request.GET).year == 2024
