"""The public calculator: hours with their reasons, a year put together, nothing stored, no script needed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

import rules
from cehours.site.calculator import basket, state, views
from cehours.site.calculator.basket import Entry
from organizations.acting.actor import Actor
from rules import Kind, Policy
from rules.measures import Deemed
from tests.site.test_pages import INLINE, OUTSIDE

KINDS = [(key, kind) for key in rules.available_policies() for kind in rules.load_policy(key).kinds]
PAPER = {"kind": "paper", "f-serial": "cn", "f-author": "first", "f-published_on": "2024-05"}
PUBLIC_30 = "distance~public~stated_hours~30"
INVENTION = "invention~~rank~1~granted_on~2024"
AID = "aid~~place~tibet~start~2024-01-01~end~2024-12-31~passed~true"

Query = dict[str, Any]


def page(client: Client, query: Query | None = None, status: int = 200) -> str:
    response = client.get("/calculator/", {"policy": "hunan-2025", "year": "2024", **(query or {})})
    assert response.status_code == status
    return response.content.decode()


def answer(rf: RequestFactory, **query: Any) -> HttpResponse:
    """The live answer; without a database, as these tests have none."""
    request = rf.get("/calculator/live/", {"policy": "hunan-2025", "year": "2024", **query})
    request.actor = Actor.public()  # type: ignore[attr-defined]
    return views.live(request)


def text_of(part: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).strip()


def result_of(html: str) -> str:
    """The words of the result panel."""
    return text_of(html[html.index('class="answer') :])


def year_of(html: str) -> str:
    return text_of(html[html.index('id="year"') : html.index("calc-bar")])


def says_at(html: str, field: str) -> str:
    found = re.search(rf'id="says-{field}"[^>]*>(.*?)</div>', html, re.DOTALL)
    return text_of(found[1]) if found else ""


# Choosing


@pytest.mark.django_db
def test_every_kind_is_offered_under_its_printed_form_with_what_it_can_bring(client: Client) -> None:
    words = text_of(page(client))
    policy = rules.load_policy("hunan-2025")
    assert [kind.name for kind in policy.kinds if kind.name not in words] == []
    assert [form.name for form in policy.forms if form.name not in words] == []
    assert re.search("发表论文 专业 30 / 10 学时", words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("looked_for", "found"),
    [("援藏", {"aid"}), ("慕课", {"distance"}), ("没有这种活动", set())],
)
def test_looking_for_a_word_finds_the_kinds_that_mention_it(
    client: Client, looked_for: str, found: set[str]
) -> None:
    html = page(client, {"q": looked_for})
    assert set(re.findall(r"kind=(\w+)#activity", html)) == found
    if not found:
        assert "没有找到不等于不能折算" in html
        assert "不折算学时" not in html
        assert "data-words" not in html


@pytest.mark.requirement("R143")
@pytest.mark.django_db
def test_looking_for_public_hours_offers_no_achievement(client: Client) -> None:
    offered = set(re.findall(r"kind=(\w+)#activity", page(client, {"category": "public"})))
    assert "distance" in offered
    assert offered.isdisjoint({"paper", "invention", "award", "project"})


# The facts


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "kind"), KINDS, ids=lambda value: getattr(value, "key", value))
def test_every_kind_asks_for_its_own_facts_and_says_first_what_is_still_needed(
    client: Client, key: str, kind: Kind
) -> None:
    html = client.get("/calculator/", {"policy": key, "kind": kind.key}).content.decode()
    asked = set(re.findall(r'name="f-(\w+)"', html))
    assert asked == {fact.key for fact in kind.facts if not fact.needed_when}
    declared = kind.category is None and not any(isinstance(row.measure, Deemed) for row in kind.rows)
    assert ('name="category" value=' in html) is declared
    assert 'class="field-error"' not in html


def test_a_fact_is_asked_for_only_where_it_matters(rf: RequestFactory) -> None:
    leader = answer(rf, kind="project", **{"f-level": "provincial", "f-role": "leader"}).content.decode()
    other = answer(rf, kind="project", **{"f-level": "provincial", "f-role": "participant"}).content.decode()
    assert 'name="f-rank"' not in leader
    assert re.search(r'id="slot-f-rank" hx-swap-oob="true">.*name="f-rank"', other, re.DOTALL)


def test_a_question_that_is_not_asked_any_more_goes_away_with_its_answer(rf: RequestFactory) -> None:
    facts = {"f-sponsor": "government", "f-level": "provincial", "f-role": "leader", "f-closed_on": "2024"}
    html = answer(rf, kind="project", **facts, **{"f-rank": "9"}).content.decode()
    assert re.search(r'id="slot-f-rank" hidden hx-swap-oob="true">\s*</div>', html)
    assert "60 学时" in result_of(html)


# The answer


@pytest.mark.requirement("R115", "R116", "R001")
def test_hours_come_with_the_rule_the_citation_and_the_papers_and_ask_no_database(rf: RequestFactory) -> None:
    words = result_of(answer(rf, **PAPER).content.decode())
    assert words.startswith('class="answer answer-done"> 30 学时 2024 年度 · 计入专业科目')
    assert "湘人社办函〔2025〕37号 附件2·二·3" in words
    assert "刊物封面 刊号 论文目录 （含论文标题和作者姓名）" in words


def test_the_answer_says_what_the_year_would_be_with_it(rf: RequestFactory) -> None:
    words = result_of(answer(rf, **PAPER, item=[PUBLIC_30]).content.decode())
    assert "加入后： 2024 年度公需科目 30、专业科目 30，合计 60 学时" in words


def test_alternatives_of_papers_read_as_a_or_b(rf: RequestFactory) -> None:
    html = answer(rf, kind="training", category="public", **{"f-days": "3.5"}).content.decode()
    words = result_of(html)
    assert "28 学时" in words
    assert re.search("方式 A 培训通知 培训课程表 或 培训日程安排 .* 或 方式 B 培训通知 或 .* 结业证书", words)


@pytest.mark.requirement("R129", "R130")
def test_a_deemed_year_asks_for_no_category_and_says_so(rf: RequestFactory) -> None:
    facts = {"f-place": "tibet", "f-start": "2024-01-01", "f-end": "2024-06-30", "f-passed": "true"}
    words = result_of(answer(rf, kind="aid", **facts).content.decode())
    assert "视同完成 90 学时" in words


def test_what_the_notice_gives_no_figure_for_gets_none(rf: RequestFactory) -> None:
    words = result_of(answer(rf, kind="health_front", category="public").content.decode())
    assert "不能自动折算" in words
    assert not re.search(r"\d 学时 2024", words)


def test_the_right_fact_in_another_year_earns_nothing_and_leads_to_its_year(rf: RequestFactory) -> None:
    html = answer(rf, **{**PAPER, "f-published_on": "2022-01"}).content.decode()
    assert "0 学时" in result_of(html)
    assert "发表在 2022 年，不计入 2024 年度" in result_of(html)
    link = re.search(r'href="([^"]+)">改算 2022 年度', html)
    assert link is not None
    assert ("year", "2022") in parse_qsl(urlsplit(link[1].replace("&amp;", "&")).query)


def test_no_other_year_is_offered_where_the_year_is_not_the_trouble(rf: RequestFactory) -> None:
    html = answer(rf, **{**PAPER, "f-serial": "none"}).content.decode()
    assert "0 学时" in result_of(html)
    assert "改算" not in html


@pytest.mark.parametrize(
    ("facts", "field", "says"),
    [
        ({"f-published_on": "昨天"}, "f-published_on", "刊期应为日期"),
        ({"f-author": "nobody"}, "f-author", "请从以下选项中选择"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_in_the_words_of_the_rules_and_gives_no_number(
    rf: RequestFactory, facts: Query, field: str, says: str
) -> None:
    html = answer(rf, **{**PAPER, **facts}).content.decode()
    assert says in says_at(html, field)
    assert "answer-figure" not in html


def test_nothing_is_said_about_a_field_before_it_is_left(rf: RequestFactory) -> None:
    typed = {**PAPER, "f-published_on": "202"}
    html = answer(rf, **typed, typing="f-published_on").content.decode()
    assert says_at(html, "f-published_on") == ""
    assert "填好刊期" in result_of(html)


def test_what_contradicts_another_fact_is_said_at_its_field(rf: RequestFactory) -> None:
    facts = {"f-place": "tibet", "f-start": "2024-05-01", "f-end": "2024-04-01", "f-passed": "true"}
    html = answer(rf, kind="aid", **facts).content.decode()
    assert "不能早于" in says_at(html, "f-end")
    assert "answer-figure" not in html


def test_the_address_follows_what_is_typed(rf: RequestFactory) -> None:
    address = answer(rf, **PAPER, item=[PUBLIC_30])["HX-Replace-Url"]
    assert dict(parse_qsl(urlsplit(address).query)).items() >= PAPER.items()
    assert f"item={PUBLIC_30}" in address


@pytest.mark.parametrize("query", [{"policy": ""}, {"kind": "alchemy"}, {}])
def test_a_live_question_about_nothing_is_refused(rf: RequestFactory, query: Query) -> None:
    assert answer(rf, **query).status_code == 400


@given(
    kind=st.sampled_from([kind for key, kind in KINDS if key == "hunan-2025"]),
    typed=st.lists(
        st.text(max_size=12) | st.sampled_from(["2024", "1", "0.3", "true", "leader"]), max_size=6
    ),
    item=st.text(max_size=40),
)
def test_whatever_is_typed_there_is_an_answer(kind: Kind, typed: list[str], item: str) -> None:
    facts = {f"f-{fact.key}": value for fact, value in zip(kind.facts, typed, strict=False)}
    response = answer(RequestFactory(), kind=kind.key, item=[item], category="public", **facts)
    assert response.status_code == 200


# Without a script


@pytest.mark.django_db
def test_without_a_script_a_button_counts_and_keeps_what_was_typed(client: Client) -> None:
    html = page(client, {**PAPER, "act": "count"})
    assert "30 学时" in result_of(html)
    assert 'name="f-published_on" value="2024-05"' in html
    assert re.search(r'value="cn"[^>]* checked', html)


@pytest.mark.django_db
def test_counting_too_early_names_every_missing_fact_and_gives_no_number(client: Client) -> None:
    html = page(client, {"kind": "paper", "f-author": "first", "act": "count"}, status=422)
    assert "请选择“刊物的统一刊号”。" in says_at(html, "f-serial")
    assert "请填写“刊期”。" in says_at(html, "f-published_on")
    assert says_at(html, "f-author") == ""
    assert "answer-figure" not in html
    assert 'href="#id_f-published_on"' in html


@pytest.mark.django_db
def test_the_calculator_only_reads(client: Client) -> None:
    assert client.post("/calculator/").status_code == 405
    assert client.post("/calculator/live/").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{}, {**PAPER, "item": [PUBLIC_30]}])
def test_the_page_keeps_the_security_policy(client: Client, query: Query) -> None:
    html = page(client, query)
    assert not OUTSIDE.search(html)
    assert not INLINE.search(html)
    assert "<c-" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


# The address


PARTS = st.text("~%27Eé学", max_size=8)


@given(st.builds(Entry, PARTS, PARTS, st.lists(st.tuples(PARTS, PARTS), max_size=4).map(tuple)))
def test_an_entry_survives_the_address(entry: Entry) -> None:
    assert basket.unpacked(entry.packed()) == entry


def test_the_address_is_never_longer_than_servers_take() -> None:
    long = Entry("training", "public", (("days", "3"), ("sessions", "2024-12-31半天、" * 60)))
    assert basket.fits([long])
    assert not basket.fits([long] * 4)


@pytest.fixture
def late() -> Policy:
    """A policy whose minimums begin with its last years."""
    policy = rules.load_policy("guangdong-2025")
    return replace(policy, minimums=policy.minimums[1:])


def test_years_without_minimums_are_not_offered(late: Policy) -> None:
    assert state.years(late) == (2025, 2024, 2023, 2022, 2021)
