"""Nobody approves over missing papers, a year marked 不规范 or hours above the rules without saying why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.states import State
from organizations.acting.errors import NotAllowed
from review.cases.assessing import YearMark
from tests.review.batching import filed, now_of
from tests.review.desks import body, submitted
from tests.world import WHY, World, plain_year

DOUBTED = {2024: YearMark(in_order=False, remark="签到表没有盖章")}


def over_claimed(world: World) -> Application:
    """A case whose 2024 claims 72 hours for a course of eight days, for which the rules give 64."""
    case = world.draft(unit="society", years=(2024,), span_exception="late_entry")
    public, _ = plain_year(2024)
    course = filing.ActivityInput(
        "professional",
        "骨干研修班",
        Decimal(72),
        "01",
        kind="training",
        facts={"days": "8", "ended_on": "2024-09-20"},
        over_reason="晚间另有实操",
    )
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2024, activities=[public, course]
        )
    return world.submit(case, evidence_note="原件遗失")


@pytest.mark.parametrize("opinion", ["", "同意", "   \u200b  "])
def test_missing_papers_are_not_approved_over_without_a_word(world: World, opinion: str) -> None:
    case = filed(world, evidence=False)
    with pytest.raises(NotAllowed, match=r"2024 年.*材料不全") as refused:
        world.approve(case, by="society_admin", opinion=opinion)
    assert refused.value.field == "opinion"
    assert now_of(case).state == State.EMPLOYER_REVIEW


def test_a_year_marked_as_not_in_order_is_not_approved_without_a_word(world: World) -> None:
    case = filed(world)
    with pytest.raises(NotAllowed, match="2024 年标为不规范"):
        world.approve(case, by="society_admin", marks=DOUBTED)
    world.approve(case, by="society_admin", marks=DOUBTED, opinion=WHY)
    assert now_of(case).state == State.BUREAU_REVIEW


def test_hours_above_the_rules_are_not_approved_without_a_word(world: World) -> None:
    case = over_claimed(world)
    with pytest.raises(NotAllowed, match=r"2024 年 .*64"):
        world.approve(case, by="society_admin", opinion="同意")
    assert world.approve(case, by="society_admin", opinion=WHY).state == State.BUREAU_REVIEW


def test_a_case_without_open_warnings_needs_no_opinion(world: World) -> None:
    case = world.approve(filed(world), by="society_admin")
    assert case.state == State.BUREAU_REVIEW


def test_every_hop_gives_its_own_reason_and_the_next_one_reads_it(world: World) -> None:
    case = world.approve(filed(world, evidence=False), by="society_admin", opinion=WHY)
    assert WHY in body(world.browser("city_bureau").get(reverse("review:case", args=[case.pk])))
    with pytest.raises(NotAllowed, match="材料不全"):
        world.approve(case, by="city_bureau")


def test_the_second_step_names_what_is_open_and_asks_for_the_reason(world: World) -> None:
    case = submitted(world, evidence=False, note="原件遗失")
    browser, address = world.browser("employer"), reverse("review:approve", args=[case.pk])
    asked = body(browser.post(address, {"version": case.version, "opinion": ""}))
    assert "审核通过须写明理由" in asked
    assert "2020 年" in asked and "材料不全" in asked
    assert "可以不填" not in asked

    typed = {
        "version": case.version,
        "confirm": "yes",
        "kind": "department",
        "next_unit": str(world.group.pk),
    }
    refused = browser.post(address, {**typed, "opinion": "同意"})
    assert refused.status_code == 422
    assert "后面的审核单位会看到" in body(refused)
    assert browser.post(address, {**typed, "opinion": WHY}).status_code == 302


def test_the_second_step_of_a_clean_case_asks_for_nothing(world: World) -> None:
    case = submitted(world)
    address = reverse("review:approve", args=[case.pk])
    asked = body(world.browser("employer").post(address, {"version": case.version, "opinion": ""}))
    assert "可以不填" in asked
    assert "须写明理由" not in asked
