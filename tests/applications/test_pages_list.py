"""我要申报: the list with the notice's ten columns, and what can be done in each state."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, FilingSession
from applications.states import State
from organizations.registry import identity
from tests.applications.typing_in import text_of, url
from tests.world import World

COLUMNS = [
    *("姓名", "身份证", "工作单位", "最高学历", "联系电话", "申报系列"),
    *("审核状态", "单位不通过意见", "机构不通过原因", "操作"),
]
LIST = "/applications/"
ACTS = {
    State.DRAFT: ["提交", "修改", "删除"],
    State.EMPLOYER_REVIEW: ["撤销", "审核进度"],
    State.DEPARTMENT_REVIEW: ["撤销", "审核进度"],
    State.BUREAU_REVIEW: ["撤销", "审核进度"],
    State.RETURNED: ["提交", "修改", "审核进度"],
    State.WITHDRAWN: ["提交", "修改", "审核进度"],
    State.APPROVED: ["审核进度"],
    State.REJECTED: ["审核进度"],
}


def cells(page: str) -> dict[str, str]:
    """Label → text of the first row."""
    row = page.split("<tbody>")[1].split("</tr>")[0]
    found = re.findall(r'<td data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
    return {label: re.sub(r"<[^>]+>|\s+", "", content) for label, content in found}


@pytest.mark.requirement("R147", "R180")
def test_the_list_has_the_ten_columns_of_the_notice_in_order(world: World) -> None:
    world.draft()
    page = text_of(world.browser("applicant").get(LIST))
    assert re.findall(r'<th scope="col">([^<]+)</th>', page) == COLUMNS


@pytest.mark.requirement("R183", "R184", "R185", "R186", "R237")
def test_name_number_unit_and_phone_are_masked(world: World) -> None:
    case = world.draft()
    number = identity.unseal(case.id_cipher, table="application", pk=case.pk)
    row = cells(text_of(world.browser("applicant").get(LIST)))
    assert row["姓名"] == f"{case.name[0]}*"
    assert row["身份证"] == number[0] + "*" * 16 + number[-1]
    assert row["工作单位"] == "省第*医院"
    assert row["联系电话"] == "139********"
    assert row["最高学历"] == "大学本科"
    assert row["申报系列"] == "工程技术人员"


def test_the_full_number_and_name_are_nowhere_on_the_list(world: World) -> None:
    case = world.draft()
    page = text_of(world.browser("applicant").get(LIST))
    assert case.name not in page
    read = re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main>")[0])
    assert not re.search(r"[0-9]{6}", read)


@pytest.mark.requirement("R188", "R190")
@pytest.mark.parametrize(("state", "acts"), ACTS.items())
def test_each_state_offers_its_operations(world: World, state: State, acts: list[str]) -> None:
    world.application(at=state)
    page = text_of(world.browser("applicant").get(LIST))
    operations = page.split('class="actions')[1].split("</td>")[0]
    assert re.findall(r"<a [^>]*>([^<]+)</a>", operations) == acts
    assert re.sub(r"<[^>]+>", " ", operations.split(">", 1)[1].split("<p")[0]).split() == [
        "提交",
        "修改",
        "删除",
        "撤销",
        "审核进度",
    ]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.DRAFT, "提交后才能撤销。"),
        (State.RETURNED, "提交过的不能删除；不在审核中，不用撤销。"),
        (State.BUREAU_REVIEW, "提交过的不能删除。"),
        (State.APPROVED, "提交过的不能删除；已办结，不能撤销。"),
    ],
)
def test_what_cannot_be_done_says_why(world: World, state: State, why: str) -> None:
    world.application(at=state)
    assert f'<p class="cell-note">{why}</p>' in text_of(world.browser("applicant").get(LIST))


def test_each_row_says_which_session_it_belongs_to(world: World) -> None:
    world.draft()
    page = text_of(world.browser("applicant").get(LIST))
    assert world.session.name in cells(page)["审核状态"]


@pytest.mark.requirement("R181")
def test_a_refusal_by_the_employer_stands_in_the_unit_column_with_its_name(world: World) -> None:
    world.application(at=State.RETURNED)
    row = cells(text_of(world.browser("applicant").get(LIST)))
    assert row["单位不通过意见"] == "省第九人民医院：请补充结业证书"
    assert row["机构不通过原因"] == "—"


@pytest.mark.requirement("R182")
def test_a_refusal_by_the_bureau_stands_in_the_bureau_column(world: World) -> None:
    case = world.application(at=State.BUREAU_REVIEW)
    world.reject(case, by="bureau", reason="学时折算有误")
    row = cells(text_of(world.browser("applicant").get(LIST)))
    assert (row["单位不通过意见"], row["机构不通过原因"]) == ("—", "学时折算有误")


def test_a_refusal_is_gone_from_the_columns_once_the_case_is_resubmitted(world: World) -> None:
    case = world.application(at=State.RETURNED)
    world.submit(case)
    assert cells(text_of(world.browser("applicant").get(LIST)))["单位不通过意见"] == "—"


@pytest.mark.requirement("R179")
@pytest.mark.parametrize(
    ("state", "tip"),
    [
        (State.REJECTED, "审核状态为“审核不通过”请重新“新增学时认定申报”"),
        (State.RETURNED, "审核状态为“退回”的请“修改保存”后重新提交"),
    ],
)
def test_each_tip_stands_beside_the_state_it_speaks_of(world: World, state: State, tip: str) -> None:
    world.application(at=state)
    assert tip in cells(text_of(world.browser("applicant").get(LIST)))["审核状态"]


def test_the_list_names_who_has_the_case(world: World) -> None:
    world.application(at=State.DEPARTMENT_REVIEW)
    assert "省级医疗集团审核中" in text_of(world.browser("applicant").get(LIST))


@pytest.mark.requirement("R148", "R165")
def test_an_empty_list_says_so_and_offers_to_start(world: World) -> None:
    page = text_of(world.browser("applicant").get(LIST))
    assert "暂无数据" in page
    assert "新增学时认定申报" in page


@pytest.mark.requirement("R187", "R148")
def test_starting_makes_a_draft_and_opens_its_header(world: World) -> None:
    browser = world.browser("applicant")
    answer = browser.post(reverse("applications:start"), {"session": world.session.pk})
    with world.acting("applicant"):
        case = Application.objects.get()
    assert case.state == State.DRAFT
    assert answer["Location"] == url("header", case)


def test_a_second_application_in_the_same_session_is_refused_in_words(world: World) -> None:
    world.draft()
    answer = world.browser("applicant").post(reverse("applications:start"), {"session": world.session.pk})
    assert answer.status_code == 422
    assert "您在本申报期已有一份申报" in text_of(answer)
    with world.acting("applicant"):
        assert Application.objects.count() == 1


def test_starting_in_an_unknown_session_is_refused_in_words(world: World) -> None:
    answer = world.browser("applicant").post(reverse("applications:start"), {"session": world.hospital.pk})
    assert answer.status_code == 422
    assert "没有找到该申报期" in text_of(answer)


def test_a_rejected_application_can_be_filed_again_as_a_copy(world: World) -> None:
    case = world.application(at=State.REJECTED)
    browser = world.browser("applicant")
    assert "沿用本次内容" in text_of(browser.get(url("detail", case)))
    answer = browser.post(url("copy", case))
    with world.acting("applicant"):
        copy = Application.objects.exclude(pk=case.pk).get()
        assert copy.years.count() == 5
    assert answer["Location"] == url("detail", copy)


def test_an_application_that_was_not_rejected_is_not_copied(world: World) -> None:
    case = world.application(at=State.RETURNED)
    answer = world.browser("applicant").post(url("copy", case))
    assert answer.status_code == 422
    assert "只有“审核不通过”或认定单已撤销的申报需要重新新增" in text_of(answer)


def test_a_reviewer_finds_no_applications_of_their_own_under_the_units_hat(world: World) -> None:
    world.application(at=State.EMPLOYER_REVIEW)
    page = text_of(world.browser("employer").get(LIST))
    assert "现在不是个人身份" in page
    assert "<tbody>" not in page


def queries_of(world: World) -> int:
    browser = world.browser("applicant")
    browser.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        browser.get(LIST)
    return len(queries)


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(world: World) -> None:
    first = world.session
    world.application(at=State.RETURNED)
    queries_of(world)  # whom to ring is kept from now on
    one = queries_of(world)
    for year in (2026, 2027):
        world.session = FilingSession.objects.create(
            name=f"{year}",
            policy="hunan-2025",
            year=year,
            opens_at=first.opens_at,
            closes_at=first.closes_at,
            review_until=first.review_until,
        )
        world.application(at=State.RETURNED)
    assert text_of(world.browser("applicant").get(LIST)).count('class="actions') == 3
    assert queries_of(world) == one
    assert one <= 13


def test_signing_in_comes_first(world: World, client: Any) -> None:
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert "login" in answer["Location"]
