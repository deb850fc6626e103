"""The check page shows what the reviewers will read, and leads from each warning to where it is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from applications import services
from applications.models import Application
from applications.states import State
from tests.applications.typing_in import text_of, url
from tests.world import World, plain_year

# In the frozen revision, but for machines: keys, hashes, places, and what is shown masked.
NOT_READ = {"id", "id_index", "storage_key", "sha256", "content_type", "session", "policy", "met", "size"}
NOT_READ |= {
    "category",
    "form",
    "kind",
    "basis",
    "span",
    "stamped",
    "computed",
    "facts",
    "pages",
    "region_anchor",
}


def words_of(content: Any, name: str = "") -> Iterator[str]:
    """Every text in a frozen revision that somebody reads."""
    if name in NOT_READ:
        return
    if isinstance(content, dict):
        for key, value in content.items():
            yield from words_of(value, key)
    elif isinstance(content, list):
        for value in content:
            yield from words_of(value, name)
    elif isinstance(content, str) and content:
        yield content


def test_everything_the_reviewers_read_stands_on_the_check_page(world: World) -> None:
    case = world.draft(remark="第二学历在读")
    page = unescape(text_of(world.browser("applicant").get(url("check", case))))
    world.submit(case)
    with world.acting("applicant"):
        frozen = json.loads(case.revisions.get().content)
    read = list(words_of(frozen))
    assert len(read) > 40
    assert [text for text in read if text not in page] == []


@pytest.fixture
def short(world: World) -> Application:
    case = world.draft(years=(2020,), evidence=False, phone="")
    with world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2020,
            activities=plain_year(2020, professional="55"),
        )
    return case


def test_each_warning_leads_to_where_it_is_mended(world: World, short: Application) -> None:
    page = text_of(world.browser("applicant").get(url("check", short)))
    for says, href in {
        "请填写「联系电话」": f"{url('header', short)}#id_phone",
        "还缺 2021 年的学时": f"{url('year_add', short)}?year=2021",
        "2020 年：专业科目还差 5 学时": f"{url('year', short, 2020)}#professional",
        "2020 年 · 远程教育、培训班：缺 4 样": url("evidence", short, 2020),
    }.items():
        after = page.split(says)[1]
        assert after.split('<a href="')[1].startswith(f'{href}"'), says


def test_many_gaps_in_the_basics_are_said_in_one_line(world: World) -> None:
    case = world.draft(years=(2020,), evidence=False, phone="", specialty="", title_series="", education="")
    page = text_of(world.browser("applicant").get(url("check", case)))
    assert "基本信息还有 4 项没有填好" in page
    assert page.count("填写基本信息") == 1


def test_a_file_that_waits_for_the_scanner_blocks_in_words(world: World, settings: Any) -> None:
    case = world.draft()
    settings.CLAMD = "unix:///nowhere/clamd.sock"
    with world.acting("applicant") as actor:
        world.attach(actor, case, 2020, "signin")
    page = text_of(world.browser("applicant").get(url("check", case)))
    blocking = page.split("提交前须处理")[1].split("</ul>")[0]
    assert "2020 年附件「signin.png」正在等待安全检查，通过后才能提交" in blocking
    assert url("evidence", case, 2020) in blocking


def test_the_confirmation_says_who_has_it_until_when_and_what_one_can_do(world: World) -> None:
    from applications.presenters.deadlines import in_words

    case = world.draft()
    world.submit(case)
    assert world.see("applicant", case.pk).state == State.EMPLOYER_REVIEW
    page = text_of(world.browser("applicant").get(url("submit", case)))
    for expected in (
        "现在由 <strong>省第九人民医院</strong> 审核",
        f"各级审核到 {in_words(world.session.review_until)}为止",
        f"修改后在 {in_words(world.session.closes_at)}前重新提交",
        f"自退回时起 {world.session.grace_days} 天内可以重新提交",
        "学时证书打印",
    ):
        assert expected in page
