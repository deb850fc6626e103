"""受理编号 and 回执: what one has in hand after submitting, to print, to put on file, to name on the telephone."""

from __future__ import annotations

import re

from applications.filed.receipt import number_of
from applications.states import State
from organizations.messaging import notices
from tests.applications.typing_in import text_of, url
from tests.world import World

PROMISE = {"declared_true": "on"}


def test_the_confirmation_names_the_number_and_leads_to_the_receipt(world: World) -> None:
    case = world.draft()
    browser = world.browser("applicant")

    page = text_of(browser.post(url("submit", case), {"version": case.version, **PROMISE}, follow=True))

    assert number_of(case) in page
    assert url("receipt", case) in page


def test_the_number_is_the_cases_own_and_stays_the_same(world: World) -> None:
    case = world.application(at=State.RETURNED)
    other = world.draft(by="other_applicant")

    assert re.fullmatch(r"2025(-[0-9A-HJKMNP-TV-Z]{4}){3}", number_of(case))
    assert number_of(world.submit(case)) == number_of(case)
    assert number_of(other) != number_of(case)


def test_the_receipt_says_what_was_received_and_when(world: World) -> None:
    case = world.submit(world.draft())

    page = re.sub(r"\s+", " ", text_of(world.browser("applicant").get(url("receipt", case))))

    for said in (number_of(case), "省第九人民医院", "第 1 次提交", "副高级", "打印回执", "不是学时认定结果"):
        assert said in page
    assert "湘江" not in page
    assert page.count('<td class="number">90</td>') == 5
    with world.acting("applicant"):
        assert case.revisions.get().sha256 in page


def test_the_receipt_stays_that_of_the_last_submission_while_one_corrects(world: World) -> None:
    case = world.return_(world.submit(world.draft()), by="employer")
    with world.acting("applicant"):
        case.years.get(year=2024).activities.all().delete()

    page = text_of(world.browser("applicant").get(url("receipt", case)))

    assert page.count('<td class="number">90</td>') == 5
    assert "退回" in page


def test_there_is_no_receipt_of_what_was_never_submitted(world: World) -> None:
    case = world.draft(years=(), evidence=False)

    assert world.browser("applicant").get(url("receipt", case)).url == url("detail", case)


def test_the_message_names_the_number_too(world: World) -> None:
    case = world.submit(world.draft())

    with world.acting("applicant") as actor:
        told = notices.of(actor).get(kind="submitted")
    assert number_of(case) in told.title
    assert number_of(case) in told.body
