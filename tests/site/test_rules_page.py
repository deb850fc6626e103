"""The rules page says everything that the policy file says, to anybody, and nothing by itself."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

import rules
from applications.presenters.samples import DRAWN, sample_of
from cehours.site import context, rules_page, wording
from rules import Policy
from tests.site.test_pages import INLINE, OUTSIDE
from tests.world import World

KEYS = rules.available_policies()


def read(client: Client, key: str) -> str:
    response = client.get(f"/policies/{key}/")
    assert response.status_code == 200
    return response.content.decode()


def text_of(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", str(escape(words)))


@pytest.fixture
def hunan() -> Policy:
    return rules.load_policy("hunan-2025")


@pytest.mark.requirement("R003", "R001", "R002", "R004")
@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_anybody_can_read_every_rule_of_a_policy_with_its_citation(client: Client, key: str) -> None:
    policy = rules.load_policy(key)
    text = text_of(read(client, key))
    said = [policy.title, policy.document, policy.issuer, policy.legal_basis]
    said += [part for kind in policy.kinds for part in (kind.name, kind.says, kind.cite)]
    said += [row.says for kind in policy.kinds for row in kind.rows]
    said += [part for form in policy.forms for part in (form.name,)]
    said += [proof.says for proof in policy.proofs]
    said += [part for each in policy.ambiguities for part in (each.point, each.default, each.reason)]
    said += [part for each in policy.routes for part in (each.name, each.says, each.cite)]
    said += [part for base in policy.bases for part in (base.name, base.platform)]
    said += [theme for themes in policy.themes_by_year.values() for theme in themes]
    said += [each.name for each in policy.span.exceptions]
    assert [words for words in said if squeezed(words.rstrip("。")) not in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_every_link_inside_the_page_arrives_and_no_id_stands_twice(client: Client, key: str) -> None:
    page = read(client, key)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/policies/", *(f"/policies/{key}/" for key in KEYS)])
def test_the_pages_keep_the_security_policy(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert not OUTSIDE.search(page)
    assert not INLINE.search(page)
    assert "<c-" not in page


@pytest.mark.django_db
def test_sets_of_papers_read_as_a_or_b_with_the_seal_where_one_is_asked_for(client: Client) -> None:
    page = read(client, "hunan-2025")
    practice = page[page.index('id="form-02"') : page.index('id="form-03"')]
    proofs = text_of(practice[practice.index("佐证材料") :])
    assert re.search(r"A实践活动通知派出通知加盖公章或方式B实践活动通知或实践报名表实践活动日志", proofs)


@pytest.mark.django_db
def test_the_page_begins_with_annex_2_as_a_table_of_what_papers_and_hours(
    client: Client, hunan: Policy
) -> None:
    page = read(client, "hunan-2025")
    table = page[page.index('id="table"') : page.index('id="minimums"')]
    assert [form.name for form in hunan.forms if form.name not in table] == []
    words = text_of(table)
    for said in ("结业证书", "加盖公章", "每天折算8学时", "独立或排名第一者60学时", "视为完成当年90学时"):
        assert said in words, said
    assert not re.search(r"(?<!\d)0学时", words)


@pytest.mark.django_db
def test_where_the_notice_is_silent_the_table_says_so(client: Client) -> None:
    page = read(client, "hunan-2025")
    table = page[page.index('id="table"') : page.index('id="minimums"')]
    assert "部分原文没有写明" in table


@pytest.mark.django_db
def test_two_dates_that_the_notice_does_not_have_are_not_under_its_citation(client: Client) -> None:
    page = text_of(read(client, "hunan-2025"))
    session = page[page.index("2025年5月20日至2025年7月20日") :]
    assert session.index("正文二") < session.index("原文没有写明") < session.index("审核截止")


@pytest.mark.django_db
def test_places_in_the_policy_file_are_for_staff_alone(client: Client, world: World) -> None:
    key = "kinds.utility_model"
    assert key not in read(client, "hunan-2025")
    assert key not in read(world.browser("applicant"), "hunan-2025")
    assert key in read(world.browser("employer"), "hunan-2025")


@pytest.mark.django_db
def test_details_and_interpretations_are_folded(client: Client) -> None:
    page = read(client, "hunan-2025")
    for place in ("form-01", "A01"):
        before = page[: page.index(f'id="{place}"')]
        assert before.count("<details") > before.count("</details>")
    assert "<details open" not in page


@pytest.mark.django_db
def test_the_notice_is_read_and_downloaded_word_for_word(client: Client, hunan: Policy) -> None:
    page = client.get("/policies/hunan-2025/notice/").content.decode()
    file = client.get("/policies/hunan-2025/notice/?as=text")
    assert "/policies/hunan-2025/notice/" in read(client, "hunan-2025")
    assert file["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    text = file.content.decode()
    assert hunan.document in text
    for words in (
        "申报核认期限为 5 月 20 日至 7 月 20 日",
        "上传 2019-2023 年学时认定单即可",
        "4. 参加学术会议、研讨、讲座、访问、交流等的提供以下材料之一：",
        "11. 参加省级技能大赛，可折算专业科目学时，获得金奖认定 30 学时、银奖认定 10 学时、铜奖认定 5 学时。",
    ):
        assert words in text
        assert words in page
    for base in hunan.bases:
        assert base.name in text


@pytest.mark.django_db
def test_a_policy_whose_words_are_not_kept_has_no_page_for_them(client: Client) -> None:
    assert client.get("/policies/guangdong-2025/notice/").status_code == 404
    assert "/notice/" not in read(client, "guangdong-2025")


@pytest.mark.django_db
def test_the_dates_of_the_open_session_stand_beside_those_of_the_notice(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "open_sessions", lambda: [world.session])
    page = text_of(read(client, "hunan-2025"))
    assert "现在的申报期" in page
    assert world.session.name in page


@pytest.mark.parametrize("document", sorted({each for many in DRAWN.values() for each in many}))
def test_every_drawing_is_there_and_for_a_paper_that_exists(hunan: Policy, document: str) -> None:
    assert hunan.document_of(document)
    assert finders.find(sample_of(document))


@pytest.mark.django_db
def test_rules_leads_to_the_policy_of_the_session(client: Client, world: World) -> None:
    world.move_session(policy="guangdong-2025")
    assert client.get("/rules/")["Location"] == "/policies/guangdong-2025/"


@pytest.mark.django_db
def test_without_a_session_rules_leads_to_the_newest_policy(client: Client) -> None:
    newest = max((rules.load_policy(key) for key in KEYS), key=lambda each: (each.year, each.issued_on))
    assert client.get("/rules/")["Location"] == f"/policies/{newest.key}/"


@pytest.mark.django_db
def test_a_policy_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get("/policies/atlantis-2025/").status_code == 404


@pytest.mark.django_db
def test_the_list_names_every_policy_and_says_which_are_for_reading_only(client: Client) -> None:
    page = client.get("/policies/").content.decode()
    assert [key for key in KEYS if f'href="/policies/{key}/"' not in page] == []
    assert page.count("供参考") == sum(rules.load_policy(key).session is None for key in KEYS)


@pytest.mark.django_db
def test_the_text_of_a_policy_is_made_once(client: Client) -> None:
    cache.clear()
    read(client, "hunan-2025")
    before = rules_page._article.cache_info()
    read(client, "hunan-2025")
    after = rules_page._article.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


def test_steps_of_a_region_are_listed_under_its_name(hunan: Policy) -> None:
    routes = rules_page.sections(hunan, {"430200": "株洲市"})["routes"]
    places = [place for route in routes for place, _ in route.elsewhere]  # type: ignore[attr-defined]
    assert places == ["株洲市"]


def test_a_region_without_a_name_stands_under_its_code(hunan: Policy) -> None:
    routes = rules_page.sections(hunan, {})["routes"]
    assert "行政区划代码 430200" in str(routes)


def test_minimums_that_changed_are_listed_year_by_year() -> None:
    rows = rules_page.sections(rules.load_policy("guangdong-2025"), {})["minimums"]
    assert [(row.years, row.total) for row in rows] == [  # type: ignore[attr-defined]
        ("2020 年及以前", "72"),
        ("2021 年起", "90"),
    ]


def test_every_remark_on_the_text_stands_next_to_its_rule_or_above_all_of_them(hunan: Policy) -> None:
    page = rules_page.sections(hunan, {})
    placed = {note.id for notes in page["notes"].values() for note in notes}  # type: ignore[attr-defined]
    placed |= {note.id for note in page["general"]}  # type: ignore[attr-defined]
    for form in (*page["printed"], *page["special"]):  # type: ignore[misc]
        placed |= {note.id for note in form.notes}
        placed |= {note.id for kind in form.kinds for note in kind.notes}
    assert placed == {each.id for each in hunan.ambiguities}


@pytest.mark.parametrize(("kind", "open_end"), [("award", True), ("aid", False), ("paper", False)])
def test_other_cases_are_mentioned_only_where_there_are_any(hunan: Policy, kind: str, open_end: bool) -> None:
    lines = wording.lines(hunan.kind_of(kind), hunan.year)
    assert (lines[-1].says == "其他情形") is open_end


def test_a_rank_table_is_printed_line_by_line_with_what_comes_after(hunan: Policy) -> None:
    (line,) = wording.lines(hunan.kind_of("utility_model"), hunan.year)
    assert [hours for _, hours in line.steps] == ["30 学时", "10 学时", "0 学时"]
    assert line.steps[0][0] == "独立或排名第一者"
