"""The check page shows what the reviewers will read, and leads from each warning to where it is mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from applications import services
from applications.models import Application
from applications.states import State
from organizations.registry import identity
from tests.applications.test_recognised import enter
from tests.applications.typing_in import add_year, text_of, url
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
        "请填写“联系电话”": f"{url('header', short)}#id_phone",
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
    assert "2020 年附件“signin.png”正在等待安全检查，通过后才能提交" in blocking
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


def row_of(page: str, year: int) -> list[str]:
    """The figures of one year in the table on top."""
    table = page.split('class="sums"')[1].split("</table>")[0]
    row = next(each for each in table.split("<tr>") if f">{year}<" in each)
    return re.sub(r"<[^>]+>", " ", row).split()


def test_the_page_begins_with_the_notices_table_and_folds_the_rest(world: World, short: Application) -> None:
    page = text_of(world.browser("applicant").get(url("check", short)))
    assert page.index('class="sums"') < page.index("提交前须处理") < page.index("申报相关信息</h2>")
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page) == ["年度", "公需", "专业", "合计"]
    assert row_of(page, 2020) == ["2020", "30", "55", "差", "5", "85", "差", "5"]
    assert row_of(page, 2021) == ["2021", "未填写"]
    assert page.count('<details class="fold"') == 2


def test_what_is_not_filed_is_said_first_with_the_reason(world: World) -> None:
    case = world.draft(years=(2022, 2024), span_exception="other", remark="平台证书丢失")
    page = text_of(world.browser("applicant").get(url("check", case)))
    says = "只申报 2022 年、2024 年，未申报 2020—2021 年、2023 年。原因：其他情形（请在备注中说明）。"
    says += "备注：平台证书丢失。"
    assert page.index(says) < page.index('class="sums"')
    assert row_of(page, 2023) == ["2023", "不申报"]


def test_a_doctor_is_told_first_which_years_to_fill_in_and_what_was_left_out(world: World) -> None:
    case = world.draft(years=(), education="11")
    browser = world.browser("applicant")
    page = text_of(browser.get(url("detail", case)))
    assert page.index("填写您需要核认的年度，至少一个") < page.index('class="task-list"')
    assert "填写需要核认的年度" in page.rsplit("button-primary", 1)[1]
    filed = world.draft(by="other_applicant", years=(2024,), education="11")
    check = text_of(world.browser("other_applicant").get(url("check", filed)))
    assert "只申报 2024 年，未申报 2020—2023 年。原因：博士参评副高。" in check


def test_who_files_all_years_reads_nothing_of_that(world: World) -> None:
    page = text_of(world.browser("applicant").get(url("check", world.draft())))
    assert "没有申报全部年度" not in page


def test_ones_own_number_can_be_checked_and_is_masked_once_it_is_submitted(world: World) -> None:
    case = world.draft()
    number = identity.unseal(case.id_cipher, table="application", pk=case.pk)
    browser = world.browser("applicant")
    assert number in text_of(browser.get(url("check", case)))
    world.submit(case)
    assert number not in text_of(browser.get(url("detail", case)))


def test_a_records_number_stands_there_once(world: World) -> None:
    row = enter(world, year=2020)
    case = world.draft(years=(), evidence=False)
    browser = world.browser("applicant")
    add_year(browser, case, year="2020", take=str(row.pk))
    page = text_of(browser.get(url("check", case)))
    assert row.number and page.split('id="year-2020"')[1].count(row.number) == 1
