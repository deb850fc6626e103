"""学时证书打印: 起始年度, 结束年度, 查询, and a further range when it is asked for."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import rules
from applications.states import State
from cehours.lib import clock
from certificates import services
from certificates.issuing import approved as issuing
from certificates.paper.sheet import Sheet
from certificates.views.printing import LATE
from organizations.acting.errors import NotAllowed
from tests.certificates.approving import approved, approved_for, certificates, printed, revoked
from tests.world import World

URL = reverse("certificates:query")
ISSUE = reverse("certificates:issue")


def ask(client: Client, first: object, last: object) -> Any:
    return client.get(URL, {"from_year": first, "to_year": last})


def text(response: Any) -> str:
    """The page's words after the head of the main part, without mark-up."""
    page = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.requirement("R193")
def test_before_approval_nothing_is_listed(world: World) -> None:
    world.application(at=State.BUREAU_REVIEW)
    page = world.browser("applicant").get(URL)
    assert page.status_code == 200
    assert "暂无数据" in text(page)
    assert "申报审核通过后" in text(page)
    assert "下载" not in text(page).replace("查询、下载", "")


def test_after_approval_the_certificate_is_being_made_and_asked_for_again(world: World) -> None:
    certificate = approved(world)
    page = world.browser("applicant").get(URL)
    assert certificate.number in text(page)
    assert "生成中" in text(page)
    assert "刷新看看" in text(page)
    assert f'hx-get="{URL}" hx-trigger="every 2s"' in page.content.decode()
    assert reverse("certificates:download", args=[certificate.pk]) not in page.content.decode()


def test_once_printed_it_can_be_downloaded_and_nothing_asks_any_more(world: World) -> None:
    certificate = printed(approved(world))
    page = world.browser("applicant").get(URL).content.decode()
    assert reverse("certificates:download", args=[certificate.pk]) in page
    assert "hx-trigger" not in page


def test_a_late_print_says_that_one_need_not_wait(world: World) -> None:
    certificate = approved(world)
    with clock.at(certificate.issued_at + LATE * 2):
        page = world.browser("applicant").get(URL)
    assert "可以先离开" in text(page)
    assert "every 20s" in page.content.decode()


@pytest.mark.requirement("R194", "R239")
def test_the_menus_offer_the_approved_years(world: World) -> None:
    approved(world)
    page = world.browser("applicant").get(URL).content.decode()
    start = page.split('name="from_year"', 1)[1].split("</select>", 1)[0]
    assert re.findall(r'value="(\d+)"', start) == ["2020", "2021", "2022", "2023", "2024"]


@pytest.mark.requirement("R195")
def test_the_whole_span_finds_the_certificate_of_the_approval(world: World) -> None:
    certificate = approved(world)
    page = ask(world.browser("applicant"), 2020, 2024)
    assert "查询结果：2020—2024 年" in text(page)
    assert certificate.number in text(page)
    assert "出具学时认定单" not in text(page)


@pytest.mark.requirement("R195")
def test_a_year_that_was_not_approved_gives_no_data_and_is_named(world: World) -> None:
    approved(world)
    page = ask(world.browser("applicant"), 2019, 2023)
    assert page.status_code == 200
    assert "暂无数据" in text(page)
    assert "2019 年没有审核通过的学时" in text(page)
    assert "出具学时认定单" not in text(page)


@pytest.mark.requirement("R195", "R238")
def test_another_range_is_issued_when_first_asked_for_with_the_next_number(world: World) -> None:
    first = approved(world)
    browser = world.browser("applicant")
    assert "出具学时认定单" in text(ask(browser, 2022, 2023))
    page = browser.post(ISSUE, {"from_year": 2022, "to_year": 2023}, follow=True)
    assert page.redirect_chain == [(f"{URL}?from_year=2022&to_year=2023", 302)]
    further = certificates()[1]
    assert int(further.number) == int(first.number) + 1
    assert further.number in text(page)
    assert Sheet.from_json(further.sheet).count == 2


def test_looking_at_a_range_issues_nothing(world: World) -> None:
    approved(world)
    ask(world.browser("applicant"), 2022, 2023)
    assert len(certificates()) == 1


def test_the_same_range_again_is_the_same_certificate(world: World) -> None:
    approved(world)
    browser = world.browser("applicant")
    for _ in range(2):
        browser.post(ISSUE, {"from_year": 2022, "to_year": 2023})
    assert len(certificates()) == 2


def test_two_clicks_at_once_get_the_same_number(committed_world: World) -> None:
    world = committed_world
    approved(world)
    start, numbers = Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            with world.acting("applicant") as actor:
                numbers.append(services.issue_range(actor=actor, from_year=2021, to_year=2022).number)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


def test_a_posted_range_with_a_missing_year_is_refused_by_name_and_keeps_what_was_chosen(
    world: World,
) -> None:
    approved(world)
    page = world.browser("applicant").post(ISSUE, {"from_year": 2023, "to_year": 2025})
    assert page.status_code == 422
    assert "2025 年没有审核通过的学时" in text(page)
    assert '<option value="2025" selected>' in page.content.decode()
    assert len(certificates()) == 1


def test_a_range_that_runs_backwards_is_refused_at_its_field(world: World) -> None:
    approved(world)
    page = ask(world.browser("applicant"), 2023, 2022)
    assert page.status_code == 422
    assert "结束年度：不能早于起始年度" in text(page)
    assert 'href="#id_to_year"' in page.content.decode()


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("", "2023", "请选择起始年度。"),
        ("abc", "2023", "起始年度应为四位数的年份"),
        ("2020", "9" * 40, "结束年度应为四位数的年份"),
    ],
)
def test_bad_years_get_a_sentence(world: World, first: str, last: str, says: str) -> None:
    approved(world)
    page = ask(world.browser("applicant"), first, last)
    assert page.status_code == 422
    assert says in text(page)


@pytest.mark.requirement("R200")
def test_a_year_below_its_minimum_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(world)
    read = issuing._years

    def one_year_short(decision: Any) -> Any:
        years = read(decision)
        years[2022].hours["public"] = Decimal(20)
        return years

    monkeypatch.setattr(issuing, "_years", one_year_short)
    page = ask(world.browser("applicant"), 2021, 2023)
    assert "2022 年学时未达标" in text(page)
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="2022 年学时未达标"):
        services.issue_range(actor=actor, from_year=2021, to_year=2023)


def test_a_range_made_of_two_approvals_takes_the_latest_row_of_each_year(world: World) -> None:
    first = approved(world)
    second = approved_for(world, 2024, professional="70", specialty="给排水")
    with world.acting("applicant") as actor:
        mixed = services.issue_range(actor=actor, from_year=2022, to_year=2024)
        older = services.issue_range(actor=actor, from_year=2021, to_year=2022)
    assert mixed.application_id == second.application_id
    assert Sheet.from_json(mixed.sheet).specialty == "给排水"
    professional = {row.year: row.hours[1] for row in Sheet.from_json(mixed.sheet).rows}
    assert professional == {2022: Decimal(60), 2023: Decimal(60), 2024: Decimal(70)}
    assert older.application_id == first.application_id
    assert Sheet.from_json(older.sheet).specialty == "建筑学"


def test_after_a_newer_approval_the_range_can_be_had_on_its_strength(world: World) -> None:
    first = approved(world)
    approved_for(world, 2024)
    page = ask(world.browser("applicant"), 2020, 2024)
    assert first.number in text(page)
    assert "出具学时认定单" in text(page)


def test_a_revoked_certificate_is_shown_as_revoked_and_its_approval_lends_no_more(world: World) -> None:
    certificate = revoked(world, printed(approved(world)))
    browser = world.browser("applicant")
    page = ask(browser, 2020, 2024)
    assert "已撤销" in text(page)
    assert reverse("certificates:download", args=[certificate.pk]) not in page.content.decode()
    page = browser.post(ISSUE, {"from_year": 2020, "to_year": 2024})
    assert page.status_code == 422
    assert [row.state for row in certificates()] == ["revoked"]


def test_nobody_sees_or_issues_on_the_strength_of_another_persons_approval(world: World) -> None:
    certificate = approved(world)
    browser = world.browser("other_applicant")
    assert certificate.number not in browser.get(URL).content.decode()
    page = browser.post(ISSUE, {"from_year": 2020, "to_year": 2024})
    assert page.status_code == 422
    assert "还没有审核通过的申报" in text(page)
    assert len(certificates()) == 1


def test_under_a_units_hat_the_page_sends_one_to_the_personal_one(world: World) -> None:
    approved(world)
    page = world.browser("bureau").get(URL)
    assert "切换到“个人”" in text(page)


def test_without_signing_in_one_is_sent_to_the_login(world: World) -> None:
    assert Client().get(URL).status_code == 302


def test_the_list_asks_the_database_the_same_for_one_and_for_three(world: World) -> None:
    printed(approved(world))
    browser = world.browser("applicant")
    browser.get(URL)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(URL)
        return len(seen)

    one = queries()
    with world.acting("applicant") as actor:
        for last in (2022, 2023):
            printed(services.issue_range(actor=actor, from_year=2020, to_year=last))
    assert queries() == one


@pytest.mark.requirement("R238")
@pytest.mark.parametrize(
    ("to_year", "issued", "says"),
    [(2024, 2025, "近"), (2024, 2026, "近"), (2024, 2027, "共"), (2023, 2025, "共"), (2023, 2024, "共")],
)
def test_only_the_newest_years_are_called_the_last_ones(to_year: int, issued: int, says: str) -> None:
    policy = rules.load_policy("hunan-2025")
    assert policy.certificate is not None
    sentence = issuing._sentence(policy.certificate.sentence, policy, to_year, date(issued, 7, 28))
    assert f"（{says} {{count}} 年）" in sentence
