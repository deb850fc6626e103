"""After a refusal: its reasons stand where they are answered, on the case itself or on the one that took it over."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import services
from applications.models import Application
from applications.states import State
from tests.applications.test_copying import begun_again
from tests.applications.typing_in import text_of, url
from tests.world import World, picture, plain_year

REMARK = "缺少签到表"
LIST = "/applications/"


@pytest.fixture
def returned(world: World) -> Application:
    case = world.application(at=State.EMPLOYER_REVIEW)
    return world.return_(case, by="employer", marks=marked(2022))


@pytest.fixture
def rejected(world: World) -> Application:
    case = world.application(at=State.EMPLOYER_REVIEW)
    return world.reject(case, by="employer", marks=marked(2022))


def marked(year: int) -> dict[int, Any]:
    from review.cases.assessing import YearMark

    return {year: YearMark(in_order=False, remark=REMARK)}


def page_of(world: World, name: str, case: Application, *more: Any) -> str:
    return text_of(world.browser("applicant").get(url(name, case, *more)))


def copied(world: World, rejected: Application) -> Application:
    with world.acting("applicant") as actor:
        return services.copy_rejected(actor=actor, application_id=rejected.pk)


def settle(world: World, case: Application, year: int, settled: str = "yes") -> str:
    answer = world.browser("applicant").post(url("remark_settle", case, year), {"done": settled}, follow=True)
    return text_of(answer)


def change(world: World, case: Application, year: int) -> None:
    with world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            year=year,
            activities=plain_year(year, professional="72"),
        )


def send(world: World, case: Application, **more: str) -> Any:
    seen = world.see("applicant", case.pk).version
    typed = {"version": str(seen), "declared_true": "on", "evidence_note": "", **more}
    return world.browser("applicant").post(url("submit", case), typed)


def task(page: str, label: str) -> str:
    return page.split(f">{label}<")[1].split("</li>\n")[0]


def test_the_remark_carries_both_ways_and_the_likelier_is_the_button(
    world: World, returned: Application
) -> None:
    page = page_of(world, "detail", returned)
    places = task(page, "2022 年度").split("task-places")[1]
    assert url("evidence", returned, 2022) in places and url("year", returned, 2022) in places
    first = page.split("form-actions")[1].split("button-primary")[1]
    assert url("evidence", returned, 2022) in first.split("</a>")[0]
    for name, other in {"year": "换材料", "evidence": "改学时"}.items():
        page = page_of(world, name, returned, 2022)
        assert (
            f"{other}<span" in page and page.count("（2022 年度）") == 1
        )  # the other way, not the page itself


def test_lowered_hours_lead_to_the_hours_first(world: World) -> None:
    from decimal import Decimal

    from review.cases.assessing import YearMark

    case = world.draft()
    change(world, case, 2022)
    case = world.submit(case)
    lowered = YearMark(remark="按实际参加时间核减。", recognised={"professional": Decimal(60)})
    case = world.return_(case, by="employer", marks={2022: lowered})
    page = page_of(world, "detail", case)
    assert page.index("2022 年度改学时") < page.index("2022 年度换材料")


def test_a_marked_year_keeps_the_papers_and_submitting_open(world: World, returned: Application) -> None:
    page = page_of(world, "detail", returned)
    assert "有退回意见" in task(page, "佐证材料")
    assert "2022 年的退回意见还没有处理" in task(page, "核对并提交")
    assert "可以提交" not in page


def test_a_ticked_remark_is_dealt_with_until_it_is_unticked(world: World, returned: Application) -> None:
    page = settle(world, returned, 2022)
    assert "已处理" in task(page, "2022 年度") and REMARK in task(page, "2022 年度")
    assert "可以提交" in task(page, "核对并提交")
    page = settle(world, returned, 2022, settled="")
    assert "有退回意见" in task(page, "2022 年度")


def test_a_tick_does_not_answer_the_next_refusal(world: World, returned: Application) -> None:
    settle(world, returned, 2022)
    case = world.submit(returned)
    world.return_(case, by="employer", marks=marked(2022))
    assert "有退回意见" in task(page_of(world, "detail", returned), "2022 年度")


def test_nobody_else_ticks_it_and_not_in_review(world: World, returned: Application) -> None:
    stranger = world.browser("other_applicant")
    assert stranger.post(url("remark_settle", returned, 2022), {"done": "yes"}).status_code == 404
    case = world.submit(returned)
    settle(world, case, 2022)
    with world.acting("applicant"):
        assert not case.years.filter(settled__isnull=False).exists()


def test_submitting_what_was_returned_unchanged_is_asked_first(world: World, returned: Application) -> None:
    assert "与被退回的那次提交相比，没有改动" in page_of(world, "check", returned)
    answer = send(world, returned)
    assert answer.status_code == 422
    assert "内容与上次提交的相同" in text_of(answer)
    assert world.see("applicant", returned.pk).state == State.RETURNED
    send(world, returned, as_before="on")
    assert world.see("applicant", returned.pk).state == State.EMPLOYER_REVIEW


@pytest.mark.parametrize("changed", ["year", "paper", "header"])
def test_after_a_change_nothing_is_asked(world: World, returned: Application, changed: str) -> None:
    with world.acting("applicant") as actor:
        if changed == "paper":
            world.attach(actor, returned, 2022, "signin")
        elif changed == "header":
            seen = world.see("applicant", returned.pk).version
            services.save_header(
                actor=actor, application_id=returned.pk, seen=seen, data={"specialty": "结构工程"}
            )
    if changed == "year":
        change(world, returned, 2020)
    assert "没有改动" not in page_of(world, "check", returned)
    send(world, returned)
    assert world.see("applicant", returned.pk).state == State.EMPLOYER_REVIEW


def test_what_was_only_withdrawn_is_not_asked(world: World) -> None:
    case = world.application(at=State.WITHDRAWN)
    assert "没有改动" not in page_of(world, "check", case)
    send(world, case)
    assert world.see("applicant", case.pk).state == State.EMPLOYER_REVIEW


def test_the_reasons_of_a_rejection_stand_on_the_copy_until_it_is_submitted(
    world: World, rejected: Application
) -> None:
    case = copied(world, rejected)
    page = page_of(world, "detail", case)
    assert "省第九人民医院审核不通过" in page and "材料与申报不符" in page
    assert url("detail", rejected) in page and "重新新增，沿用本次内容" not in page
    assert "有退回意见" in task(page, "2022 年度") and REMARK in task(page, "2022 年度")
    for name in ("year", "evidence"):
        assert REMARK in page_of(world, name, case, 2022)
    assert "与审核不通过的那次申报相比，没有改动" in page_of(world, "check", case)
    assert send(world, case).status_code == 422
    send(world, case, as_before="on")
    world.withdraw(case)
    assert "材料与申报不符" not in page_of(world, "detail", case)


def test_bringing_in_the_rejected_one_brings_its_reasons_too(world: World, rejected: Application) -> None:
    case = begun_again(world)
    world.browser("applicant").post(url("bring_in", case))
    assert "材料与申报不符" in page_of(world, "detail", case)


def test_the_task_list_offers_the_last_one_as_long_as_no_year_is_there(
    world: World, rejected: Application
) -> None:
    case = begun_again(world)
    assert "带入上次申报的年度" in page_of(world, "detail", case)
    world.browser("applicant").post(url("bring_in", case))
    assert "带入上次申报的年度" not in page_of(world, "detail", case)


def test_the_list_says_why_and_offers_the_copy_itself(world: World, rejected: Application) -> None:
    page = text_of(world.browser("applicant").get(LIST))
    box = page.split("下一步")[1].split("<h2>")[0]
    assert "材料与申报不符" in box
    assert url("copy", rejected) in box and "重新新增，沿用本次内容" in box
    assert "button-primary" not in page.split("新增学时认定申报</button>")[0].rsplit("<button", 1)[1]


def test_a_return_comes_before_a_newer_application_that_waits(world: World) -> None:
    older = world.application(at=State.RETURNED)
    begun_again(world)
    box = text_of(world.browser("applicant").get(LIST)).split("下一步")[1].split("<h2>")[0]
    assert url("detail", older) in box


def test_what_was_copied_already_is_not_offered_again(world: World, rejected: Application) -> None:
    case = copied(world, rejected)
    box = text_of(world.browser("applicant").get(LIST)).split("下一步")[1].split("<h2>")[0]
    assert url("detail", case) in box and "重新新增" not in box
    assert "重新新增，沿用本次内容" not in page_of(world, "detail", rejected)


def test_papers_are_not_called_complete_beside_a_remark_that_nobody_answered(
    world: World, returned: Application
) -> None:
    assert "2021 年度的材料已齐全" in page_of(world, "evidence", returned, 2021)
    page = page_of(world, "evidence", returned, 2022)
    assert "材料已齐全" not in page
    assert "2022 年度要求的材料种类都有了，但退回意见还没有处理" in page
    overview = page_of(world, "papers", returned)
    assert "2022 年的退回意见还没有处理" in overview and "材料已齐全" not in overview

    check = page_of(world, "check", returned).split("申报年度明细信息")[1].split("<h3>2022 年度</h3>")[1]
    assert "有退回意见" in check.split("<h3>")[0] and "有退回意见" not in check.split("<h3>")[1]

    settle(world, returned, 2022)

    assert "2022 年度的材料已齐全" in page_of(world, "evidence", returned, 2022)
    assert "材料已齐全" in page_of(world, "papers", returned)


def test_a_replaced_paper_answers_the_remark_and_its_seal_is_asked_for_anew(
    world: World, returned: Application
) -> None:
    with world.acting("applicant"):
        paper = returned.evidence.filter(year_entry__year=2022, stamped=True).first()
    address, browser = url("evidence_replace", returned, paper.pk), world.browser("applicant")
    assert "新文件已加盖公章" in text_of(browser.get(address))
    new = {"files": SimpleUploadedFile("补盖.png", picture("red"))}

    page = text_of(browser.post(address, new, follow=True))

    assert "补盖.png：请核对新文件上是否盖有公章" in page
    assert "退回意见还没有处理" not in page
    with world.acting("applicant"):
        stamped = [each.stamped for each in returned.evidence.filter(filename="补盖.png")]
    assert stamped == [False]
