"""Hours of the public institutions' platform count for people of public institutions only (notice 三(三), A81)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from applications import services as filing
from applications.filed import facts, records
from applications.models import Application
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Nature, Unit
from review import services as review
from tests.applications.test_recognised import enter, lines
from tests.applications.typing_in import add_year, text_of, url, year_of
from tests.world import World, plain_year


def registered_as(world: World, unit: str, nature: str) -> None:
    """The registry is corrected; what was typed stays."""
    with scope(Actor.system("organizations.registry")):
        Unit.objects.filter(pk=world.units[unit].pk).update(nature=nature)


@pytest.fixture
def at_the_firm(world: World) -> Application:
    """A draft of somebody who works at an enterprise."""
    return world.draft(unit="firm", years=(2020, 2021), evidence=False)


@pytest.mark.requirement("R070", "R173")
def test_somebody_of_an_enterprise_reads_why_not_and_what_to_do(
    world: World, at_the_firm: Application
) -> None:
    row, base = enter(world), enter(world, source="base", number="JD-1", title="基地课程")

    page = text_of(world.browser("applicant").get(url("year_add", at_the_firm), {"year": "2022"}))

    assert f'name="take" value="{base.pk}"' in page
    assert f'value="{row.pk}"' not in page
    assert "公需科目网络培训" in page
    for words in ("不能直接认定", "您的单位不是事业单位", "远程教育", "请单位联系人社部门更正"):
        assert words in page


@pytest.mark.requirement("R070")
def test_ticked_all_the_same_it_is_refused_with_the_reason(world: World, at_the_firm: Application) -> None:
    row = enter(world)

    answer = add_year(world.browser("applicant"), at_the_firm, year="2022", take=str(row.pk))
    assert answer.status_code == 422
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="不是事业单位"):
        filing.add_year(
            actor=actor,
            application_id=at_the_firm.pk,
            seen=at_the_firm.version,
            year=2022,
            activities=[],
            records=[row.pk],
        )
    assert lines(world, at_the_firm, 2022) == []


@pytest.mark.parametrize("typed", [Nature.INSTITUTION, Nature.ENTERPRISE])
def test_the_registry_decides_whatever_nature_was_typed(world: World, typed: str) -> None:
    at_hospital = world.draft(years=(2020,), evidence=False, nature=typed)

    assert records.not_for(at_hospital, "platform") == ""
    registered_as(world, "hospital", Nature.ENTERPRISE)
    at_hospital = world.see("applicant", at_hospital.pk)
    with world.acting("applicant"):
        assert "不是事业单位" in records.not_for(at_hospital, "platform")


def test_who_has_no_unit_yet_is_told_to_choose_one_first(world: World) -> None:
    with world.acting("applicant") as actor:
        case = filing.start(actor=actor, session_id=world.session.pk)
        assert records.not_for(case, "platform") == records.CHOOSE_UNIT
        case.nature = Nature.FREELANCE
        assert "不是事业单位" in records.not_for(case, "platform")
        assert records.not_for(case, "base") == ""


def test_a_record_taken_before_the_registry_changed_makes_its_year_unmet(world: World) -> None:
    case = world.draft(years=(2020,), evidence=False)
    row = enter(world, year=2020)
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2020, activities=[], records=[row.pk]
        )
    registered_as(world, "hospital", Nature.SOCIAL)

    with world.acting("applicant"):
        case = Application.objects.get(pk=case.pk)
        [found] = facts.find(case).years
    assert not found.met
    assert "不能直接认定，请移除这条记录。" in found.withdrawn[0]
    assert "单位性质登记有误的，请单位联系人社部门更正" in found.withdrawn[0]
    page = text_of(world.browser("applicant").get(url("year", case, 2020)))
    assert "请移除这条记录" in page
    world.browser("applicant").post(url("year", case, 2020), year_of(case))
    assert [line[0] for line in lines(world, case, 2020)] == ["公需课程", "专业课程"]


def test_a_case_in_review_that_rests_on_it_cannot_be_approved(world: World) -> None:
    case = world.draft()
    row = enter(world, year=2020, hours=40)
    with world.acting("applicant") as actor:
        filing.save_year(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            year=2020,
            activities=[each for each in plain_year(2020) if each.category == "professional"],
            records=[row.pk],
        )
    case = world.submit(case)
    registered_as(world, "hospital", Nature.ENTERPRISE)

    with world.acting("employer") as actor, pytest.raises(NotAllowed, match="只限事业单位人员"):
        review.approve(
            actor=actor,
            case_id=case.pk,
            seen=world.see("employer", case.pk).version,
            next_unit_id=world.units["group"].pk,
        )
    assert world.see("employer", case.pk).state == State.EMPLOYER_REVIEW
    world.return_(case, by="employer")


@pytest.mark.parametrize(("unit", "counted"), [("hospital", True), ("firm", False)])
def test_the_ledger_says_what_does_not_count_for_its_person(world: World, unit: str, counted: bool) -> None:
    world.draft(unit=unit, years=(), evidence=False)
    enter(world)

    page = text_of(world.browser("applicant").get(reverse("certificates:ledger")))

    assert ("该年度没有有效的已认定学时" not in page) is counted
    assert ("不能直接认定" not in page) is counted
    assert ("没有计入。" in page) is not counted


def test_before_anything_is_filed_the_ledger_counts_what_is_on_record(world: World) -> None:
    enter(world)

    page = text_of(world.browser("applicant").get(reverse("certificates:ledger")))

    assert "不能直接认定" not in page
    words = " ".join(re.sub("<[^>]+>", " ", page).split())
    assert re.search(r"2022 年合计 30 学时", words)
